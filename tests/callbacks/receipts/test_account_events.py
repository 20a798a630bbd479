from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from callbacks.models import AccountNews, Receipt
from callbacks.parsers import AccountEvent, Arrived
from callbacks.receipts import processing
from callbacks.receipts.account_events import NO_TEMPLATE, OVERTAKEN, obey
from callbacks.receipts.replaying import replay
from campaigns.models import CampaignStatus, Event
from providers.models import Project
from providers.watch.actors import SYSTEM
from templates_app.models import Category, Status, Template
from tests.factories import (
    CampaignFactory,
    ProjectFactory,
    ProviderFactory,
    ReceiptFactory,
    TemplateFactory,
    VariantFactory,
)

STATUS = "message_template_status_update"
QUALITY = "message_template_quality_update"
CATEGORY = "template_category_update"

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(project: Project) -> Template:
    return TemplateFactory.create(project=project, name="diwali", vendor_id="778899")


def told(project: Project, *rows: dict[str, object]) -> Receipt:
    receipt = ReceiptFactory.create(project=project, payload=list(rows))
    processing.drain()
    return receipt


def outcomes() -> list[str]:
    return list(AccountNews.objects.order_by("id").values_list("outcome", flat=True))


def test_a_paused_template_is_paused_and_its_campaigns_stop(template: Template) -> None:
    campaign = CampaignFactory.create(project=template.project, status=CampaignStatus.RUNNING)
    VariantFactory.create(campaign=campaign, version=template.current)

    told(
        template.project,
        {"field": STATUS, "event": "PAUSED", "message_template_id": 778899, "reason": "LOW"},
    )

    template.refresh_from_db()
    campaign.refresh_from_db()
    assert (template.status, template.status_reason) == (Status.PAUSED, "LOW")
    assert campaign.status == CampaignStatus.STOPPED
    assert outcomes() == [f"“diwali (en)” is paused. Stopped: {campaign.name} (running)."]
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("APPROVED", Status.APPROVED),
        ("Reinstated", Status.APPROVED),
        ("REJECTED", Status.REJECTED),
        ("DISABLED", Status.DISABLED),
        ("PENDING_DELETION", Status.DISABLED),
        ("IN_APPEAL", Status.PENDING),
        ("FLAGGED", Status.APPROVED),
        (["?"], Status.APPROVED),
    ],
)
def test_metas_words_for_a_status(template: Template, word: object, status: Status) -> None:
    told(template.project, {"field": STATUS, "event": word, "message_template_name": "diwali"})

    template.refresh_from_db()
    assert template.status == status


def test_quality_and_category_are_noted_on_the_template(template: Template) -> None:
    told(
        template.project,
        {"field": QUALITY, "new_quality_score": "YELLOW", "message_template_name": "diwali"},
        {"field": CATEGORY, "new_category": "UTILITY", "message_template_id": "778899"},
    )

    template.refresh_from_db()
    assert (template.quality, template.category) == ("yellow", Category.UTILITY)
    assert outcomes() == [
        "The quality of “diwali (en)” is yellow.",
        "“diwali (en)” is in the category UTILITY.",
    ]


def test_a_proposed_category_changes_nothing_yet(template: Template) -> None:
    told(
        template.project,
        {"field": CATEGORY, "meta_proposed_category": "UTILITY", "message_template_id": "778899"},
    )

    template.refresh_from_db()
    assert template.category == Category.MARKETING
    assert template.changes.get().why == "Meta proposes the category UTILITY."


def test_a_new_limit_stands_on_the_provider(project: Project) -> None:
    provider = ProviderFactory.create(project=project)
    receipt = told(
        project,
        {
            "field": "phone_number_messaging_limit_update",
            "current_limit": "TIER_10K",
            "waba_number": "919000000001",
        },
    )

    provider.refresh_from_db()
    assert (provider.messaging_limit, provider.messaging_limit_at) == (
        "TIER_10K",
        receipt.received_at,
    )


def test_a_replayed_callback_never_brings_an_old_status_back(template: Template) -> None:
    row = {"field": STATUS, "message_template_id": "778899"}
    first = told(template.project, {**row, "event": "PAUSED"})
    second = told(template.project, {**row, "event": "APPROVED"})
    Template.objects.filter(pk=template.pk).update(status=Status.DISABLED)  # by a person

    for receipt in (first, second):
        replay(Receipt.objects.filter(pk=receipt.pk), by=SYSTEM)
        processing.drain()

    template.refresh_from_db()
    assert template.status == Status.DISABLED
    assert outcomes() == ["“diwali (en)” is paused.", "“diwali (en)” is approved.", OVERTAKEN]


def test_a_callback_about_a_template_that_came_later_is_applied_by_a_replay(
    project: Project,
) -> None:
    receipt = told(project, {"field": STATUS, "event": "PAUSED", "message_template_id": "778899"})
    assert outcomes() == [NO_TEMPLATE]
    template = TemplateFactory.create(project=project, vendor_id="778899")

    replay(Receipt.objects.filter(pk=receipt.pk), by=SYSTEM)
    processing.drain()

    template.refresh_from_db()
    assert template.status == Status.PAUSED


def test_another_projects_template_is_not_touched(template: Template) -> None:
    row = {"field": STATUS, "event": "DISABLED"}
    told(
        ProjectFactory.create(),
        {**row, "message_template_id": "778899"},
        {**row, "message_template_name": "diwali"},
    )

    template.refresh_from_db()
    assert template.status == Status.APPROVED
    assert outcomes() == [NO_TEMPLATE, NO_TEMPLATE]


def test_a_name_in_two_languages_needs_the_language(template: Template) -> None:
    hindi = TemplateFactory.create(project=template.project, name="diwali", language="hi")
    row = {"field": STATUS, "event": "PAUSED", "message_template_name": "diwali"}

    told(template.project, row)
    told(template.project, {**row, "message_template_language": "hi"})

    template.refresh_from_db()
    hindi.refresh_from_db()
    assert (template.status, hindi.status) == (Status.APPROVED, Status.PAUSED)


def test_thousands_of_events_in_one_callback_cost_a_few_statements(
    template: Template, django_assert_max_num_queries: object
) -> None:
    rows = [
        {"field": STATUS, "event": "PAUSED", "message_template_id": str(n)} for n in range(5_000)
    ]
    ReceiptFactory.create(project=template.project, payload=rows)

    with django_assert_max_num_queries(40):  # type: ignore[operator]
        processing.drain()

    assert AccountNews.objects.count() == 5_000


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_the_one_with_the_later_callback_has_the_last_word(
    template: Template,
) -> None:
    fact = AccountEvent(field=STATUS, event="PAUSED", subject="778899")
    earlier, later = (
        Arrived(
            fact=replace(fact, event=event),
            project_id=template.project_id,
            receipt_id=ReceiptFactory.create(project=template.project).pk,
            received_at=timezone.now(),
        )
        for event in ("PAUSED", "APPROVED")
    )
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            obey([later])
            beside = other.submit(_obey_apart, earlier)
            wait([beside], timeout=0.5)  # it reads what is committed, and goes no further
        beside.result()

    template.refresh_from_db()
    assert template.status == Status.APPROVED
    assert outcomes() == ["“diwali (en)” is approved.", OVERTAKEN]


def _obey_apart(told: Arrived[AccountEvent]) -> None:
    try:
        with transaction.atomic():
            obey([told])
    finally:
        connection.close()
