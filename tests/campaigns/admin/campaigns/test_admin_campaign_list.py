from django.test import Client

from campaigns.models import Campaign, CampaignStatus
from providers.models import Project
from tests.campaigns.drafts import LIST
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ProviderFactory,
    RunFactory,
    TallyFactory,
    TemplateFactory,
)


def shown(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def test_a_campaign_stands_with_its_numbers(project: Project, viewer: Client) -> None:
    loyal = CustomListFactory.create(project=project, name="Loyal")
    campaign = CampaignFactory.create(
        project=project,
        name="Diwali",
        status=CampaignStatus.RUNNING,
        to=[loyal],
    )
    run = RunFactory.create(campaign=campaign)
    for name, n in {"targeted": 5000, "queued": 1250, "sent": 3700, "delivered": 3600}.items():
        TallyFactory.create(run=run, name=name, n=n)

    text = shown(viewer.get(LIST))

    cells = ["Diwali", "Running", "Loyal", "75 %", "3,700", "3,600"]
    assert [cell for cell in cells if cell not in text] == []


def test_the_newest_campaign_stands_first(project: Project, viewer: Client) -> None:
    names = ["First", "Second", "Third"]
    for name in names:
        CampaignFactory.create(project=project, name=name)
    listed = [str(campaign) for campaign in viewer.get(LIST).context["cl"].result_list]
    assert listed == names[::-1]


def test_an_empty_list_says_what_to_do_next(project: Project, marketer: Client) -> None:
    first = shown(marketer.get(LIST))
    ProviderFactory.create(project=project)
    second = shown(marketer.get(LIST))
    TemplateFactory.create(project=project)
    third = shown(marketer.get(LIST))
    assert [
        "Connect Gupshup</a>" in first,
        "Add a template</a>" in second,
        "Make the first one</a>" in third,
    ] == [True, True, True]


def test_a_viewer_of_an_empty_list_is_not_asked_to_do_anything(
    project: Project, viewer: Client
) -> None:
    text = shown(viewer.get(LIST))
    assert "No campaigns yet" in text
    assert [word for word in ("New campaign", "Connect Gupshup</a>") if word in text] == []


def test_a_campaign_is_cloned_and_paused_from_the_list(project: Project, marketer: Client) -> None:
    campaign = CampaignFactory.create(project=project, name="Diwali", status=CampaignStatus.RUNNING)
    text = shown(marketer.get(LIST))
    assert f'hx-get="/campaigns/campaign/{campaign.pk}/pause/"' in text
    clone = f"/campaigns/campaign/{campaign.pk}/clone/"
    assert f'formaction="{clone}"' in text
    assert marketer.post(clone).status_code == 302
    assert Campaign.objects.filter(project=project).count() == 2


def test_who_may_only_look_is_offered_neither(project: Project, viewer: Client) -> None:
    CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    assert "kc-list-moves" not in shown(viewer.get(LIST))
