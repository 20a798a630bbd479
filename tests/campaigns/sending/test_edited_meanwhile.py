"""A template is edited while a campaign with it goes out."""

import pytest

from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, CampaignStatus, Message, Outbox, Reason, Run, State
from campaigns.results.what_was_sent import READ_FIRST, what_was_sent
from campaigns.sending.claiming import Claim, claim_bulk
from campaigns.sending.composing import OpenProviders, compose
from campaigns.sending.finding_due import find_due
from campaigns.sending.reconciling import reconcile
from providers.models import Project
from providers.watch.actors import SYSTEM
from templates_app.keeping.editing import Edit, save_template
from templates_app.models import SendingStyle, Template
from tests.campaigns.recount import recount
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    ProviderFactory,
    RunFactory,
    TallyFactory,
    TemplateFactory,
    VariantFactory,
)
from tests.templates_app.contents import content, wording

PEOPLE = 3
OLD, NEW = "Come today, we are open.", "Come tomorrow, we are closed."

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(project: Project) -> Template:
    return TemplateFactory.create(
        project=project, content=content(OLD), sending_style=SendingStyle.BY_TEXT
    )


@pytest.fixture
def run(project: Project, template: Template) -> Run:
    """Everybody of it waits."""
    ProviderFactory.create(project=project)
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    variant = VariantFactory.create(campaign=campaign, version=template.current, values={})
    run: Run = RunFactory.create(campaign=campaign)
    for _ in range(PEOPLE):
        person = ProfileFactory.create(project=project)
        message = MessageFactory.create(run=run, profile=person, variant=variant)
        OutboxFactory.create(message=message)
    for name in ("targeted", "queued"):
        TallyFactory.create(run=run, name=name, n=PEOPLE)
    return run


def claim(limit: int) -> list[Claim]:
    return [found for due in find_due() for found in claim_bulk(due, limit=limit)]


def texts(project: Project, provider_id: int, claims: list[Claim]) -> list[str]:
    """What the gateway is asked to send."""
    provider = OpenProviders().of(provider_id)
    assert provider is not None
    letters, unsendable = compose(project.pk, provider, claims)
    assert unsendable == []
    return [letter.request.form()["msg"] for letter in letters]


def test_what_is_under_way_keeps_its_wording_and_nothing_goes_out_with_another(
    project: Project, template: Template, run: Run
) -> None:
    under_way = claim(1)

    save_template(template, Edit(wording=wording(NEW)), by=SYSTEM)

    assert texts(project, project.provider.pk, under_way) == [OLD]
    assert claim(PEOPLE) == []
    reconcile()
    assert Outbox.objects.get().message_id == under_way[0].message_id
    left_over = (State.SUPPRESSED, Reason.TEMPLATE_NOT_APPROVED)
    assert [*Message.objects.order_by("pk").values_list("state", "reason")] == [
        (State.QUEUED, ""), left_over, left_over,
    ]  # fmt: skip
    assert Campaign.objects.get().status == CampaignStatus.STOPPED
    assert dict(totals([run.pk])) == recount([run.pk])
    Message.objects.filter(pk=under_way[0].message_id).update(state=State.SENT, attempt=1)
    sent = Message.objects.select_related(*READ_FIRST).get(state=State.SENT)
    assert what_was_sent([sent])[sent.pk].preview.body == OLD


def test_a_change_that_no_message_shows_lets_everybody_get_it(
    project: Project, template: Template, run: Run
) -> None:
    template.category = "UTILITY"
    save_template(template, Edit(wording=wording(OLD)), by=SYSTEM)

    assert texts(project, project.provider.pk, claim(PEOPLE)) == [OLD] * PEOPLE
