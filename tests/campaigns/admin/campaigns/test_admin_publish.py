"""The last page before a campaign goes out."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.test import Client
from django.utils import timezone

from campaigns.models import CampaignStatus, Profile, Reason, Run, Variant
from campaigns.planning.preflight import variants_of
from campaigns.planning.targeting import forecast
from providers.models import Project
from templates_app.models import Status
from tests.campaigns.drafts import page, ready
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ListMemberFactory,
    PhoneBlockFactory,
    ProfileFactory,
    ProviderFactory,
)


def seen(client: Client, campaign: object) -> str:
    """The fingerprint of what the page shows now."""
    found: str = client.get(page(campaign, "publish/reach")).context["seen"]  # type: ignore[arg-type]
    return found


def test_the_page_says_what_will_happen(project: Project, marketer: Client) -> None:
    campaign = ready(project, people=3)
    ProfileFactory.create(project=project, subscribed=None)

    shown = marketer.get(page(campaign, "publish"))
    reach = marketer.get(page(campaign, "publish/reach"))

    assert (shown.context["problems"], shown.context["warnings"]) == ([], [])
    assert shown.context["examples"][0].preview.body.startswith("Hello Asha")
    text = " ".join(reach.content.decode().split())
    template = campaign.variants.get().version.template.name
    assert (
        "<strong>As soon as you publish</strong>, <strong>3 people get</strong> the template "
        f"<strong>{template}</strong> from +919000000001." in text
    )
    assert "Who: <strong>everybody in the project</strong>, 4 people; below stands why some" in text
    assert "At 20 messages a second that takes less than a minute." in text
    assert "1 of 4 will not get it" in text
    assert "Not subscribed (MSG-whatsapp)" in text
    assert "Publish now" in text


def test_the_page_names_the_list(project: Project, marketer: Client) -> None:
    vips = CustomListFactory.create(project=project, name="VIPs in Pune")
    campaign = ready(project, to=[vips])

    text = marketer.get(page(campaign, "publish/reach")).content.decode()

    assert "There is nobody in its audience, the list “VIPs in Pune”." in text

    for person in ProfileFactory.create_batch(2, project=project):
        ListMemberFactory.create(custom_list=vips, profile=person)
    text = " ".join(marketer.get(page(campaign, "publish/reach")).content.decode().split())

    assert "Who: <strong>the list “VIPs in Pune”</strong>, 2 people" in text


def test_the_page_says_who_would_still_wait_at_its_end(project: Project, marketer: Client) -> None:
    campaign = ready(project, people=3, per_minute=1, ends_at=timezone.now() + timedelta(minutes=2))

    text = " ".join(marketer.get(page(campaign, "publish/reach")).content.decode().split())

    assert "<strong>2 people</strong> would still wait at that moment and not get it." in text


def test_looking_at_the_page_publishes_nothing(project: Project, marketer: Client) -> None:
    campaign = ready(project)
    for part in ("publish", "publish/reach", "publish/example"):
        marketer.get(page(campaign, part))
    campaign.refresh_from_db()
    assert (campaign.status, Run.objects.count()) == (CampaignStatus.DRAFT, 0)


def test_publishing_launches_it(project: Project, marketer: Client) -> None:
    campaign = ready(project)
    response = marketer.post(page(campaign, "publish"), {"seen": seen(marketer, campaign)})
    campaign.refresh_from_db()
    assert response["Location"] == page(campaign)
    assert (campaign.status, Run.objects.get().campaign) == (CampaignStatus.LAUNCHING, campaign)
    assert campaign.published_by is not None


def test_a_campaign_with_a_time_is_scheduled(project: Project, marketer: Client) -> None:
    at = timezone.now() + timedelta(days=1)
    campaign = ready(project, people=2, starts_at=at, per_minute=1)
    text = marketer.get(page(campaign, "publish/reach")).content.decode()
    marketer.post(page(campaign, "publish"), {"seen": seen(marketer, campaign)})
    campaign.refresh_from_db()
    last = (at + timedelta(minutes=2)).astimezone(ZoneInfo(project.time_zone))
    said = f"The last leave on {last:%A}, {last.day} {last:%B} at about {last:%H:%M}."
    assert [words in text for words in ("Schedule", "(Asia/Kolkata)", said)] == [True] * 3
    assert (campaign.status, Run.objects.count()) == (CampaignStatus.SCHEDULED, 0)


def test_a_second_click_is_told_that_it_is_published(project: Project, marketer: Client) -> None:
    campaign = ready(project)
    form = {"seen": seen(marketer, campaign)}
    marketer.post(page(campaign, "publish"), form)
    again = marketer.post(page(campaign, "publish"), form, follow=True)
    assert [str(message) for message in again.context["messages"]][-1] == (
        f"“{campaign}” has been published already. This is how it goes."
    )
    assert Run.objects.count() == 1


def test_what_was_changed_after_it_was_seen_does_not_go_out(
    project: Project, marketer: Client
) -> None:
    campaign = ready(project)
    form = {"seen": seen(marketer, campaign)}
    Variant.objects.update(values={"body.1": {"text": "Other words", "fallback": ""}})

    response = marketer.post(page(campaign, "publish"), form, follow=True)

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.DRAFT
    assert response.redirect_chain == [(page(campaign, "publish"), 302)]
    assert [str(message) for message in response.context["messages"]] == [
        "Somebody has changed this campaign since you opened this page. Please look at it again."
    ]


def test_what_is_missing_blocks_and_leads_to_its_section(
    project: Project, marketer: Client
) -> None:
    ProviderFactory.create(project=project)
    campaign = CampaignFactory.create(project=project, audience="some")
    text = marketer.get(page(campaign, "publish")).content.decode()
    assert f'<a href="{page(campaign)}#who">Choose the segments and lists to send to.</a>' in text
    assert f'<a href="{page(campaign)}#what">Choose a template.</a>' in text
    assert marketer.get(page(campaign, "publish/reach")).status_code == 404


def test_what_became_wrong_since_blocks_the_click_too(project: Project, marketer: Client) -> None:
    campaign = ready(project)
    form = {"seen": seen(marketer, campaign)}
    template = campaign.variants.get().version.template
    template.status = Status.PAUSED
    template.save()

    response = marketer.post(page(campaign, "publish"), form, follow=True)

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.DRAFT
    assert [str(message) for message in response.context["messages"]] == [
        f"The template “{template}” is paused; only an approved one can be sent."
    ]


def test_a_campaign_to_nobody_has_no_button(project: Project, marketer: Client) -> None:
    campaign = ready(project, people=0)
    text = marketer.get(page(campaign, "publish/reach")).content.decode()
    assert ("Nobody would get this campaign." in text, "Publish now" in text) == (True, False)


def test_the_example_walks_through_the_audience(project: Project, marketer: Client) -> None:
    campaign = ready(project, people=2)
    first = marketer.get(page(campaign, "publish/example")).context["examples"][0].person
    asked = {"example": first.pk, "step": "next"}
    second = marketer.get(page(campaign, "publish/example"), asked).context["examples"][0].person
    assert second.pk > first.pk


def test_the_example_is_somebody_who_gets_it(project: Project, marketer: Client) -> None:
    campaign = ready(project, people=9, control_percent=40)
    first, *others = Profile.objects.order_by("pk")
    PhoneBlockFactory.create(
        project=project, match_key=first.match_key, blocked=False, marketing_stopped=True
    )
    shown, step = list[int](), {}
    for _ in range(len(others) + 1):
        person = marketer.get(page(campaign, "publish/example"), step).context["examples"][0].person
        shown.append(person.pk)
        step = {"example": person.pk, "step": "next"}
    reach = forecast(campaign, variants_of(campaign))
    assert set(reach.dropped) == {Reason.MARKETING_STOPPED, Reason.CONTROL_GROUP}
    assert (len({*shown}), first.pk in shown) == (reach.to_send, False)


def test_a_viewer_may_not_publish(project: Project, viewer: Client) -> None:
    campaign = ready(project)
    answers = [
        viewer.get(page(campaign, "publish")).status_code,
        viewer.post(page(campaign, "publish"), {"seen": "x"}).status_code,
    ]
    campaign.refresh_from_db()
    assert (answers, campaign.status) == ([403, 403], CampaignStatus.DRAFT)
