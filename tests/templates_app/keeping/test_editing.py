import pytest

from campaigns.models import CampaignStatus
from providers.models import Project
from providers.watch.actors import SYSTEM, Actor
from templates_app.keeping.editing import Edit, NotReadyError, StaleEditError, save_template
from templates_app.models import SendingStyle, Status, Template
from templates_app.wording.components import Text, Wording
from templates_app.wording.reading import read_wording
from tests.factories import CampaignFactory, TemplateFactory, UserFactory, VariantFactory
from tests.templates_app.contents import content, wording

pytestmark = pytest.mark.django_db


def draft(project: Project, **fields: object) -> Template:
    return Template(project=project, name="summer_sale", **fields)


def test_a_new_template_gets_its_first_version(project: Project) -> None:
    by = UserFactory.create()

    version = save_template(draft(project), Edit(wording=wording("Come today")), by=Actor(by))

    template = Template.objects.get()
    assert (template.status, template.current, version.number, version.created_by) == (
        Status.DRAFT,
        version,
        1,
        by,
    )
    assert version.content == content("Come today")


def test_the_same_wording_makes_no_new_version(project: Project) -> None:
    template = draft(project)
    first = save_template(template, Edit(wording=wording("Come today")), by=SYSTEM)
    template.vendor_id = "7001"

    assert save_template(template, Edit(wording=wording("Come today")), by=SYSTEM) == first
    assert Template.objects.get().vendor_id == "7001"


def test_another_wording_is_a_version_of_its_own_and_campaigns_keep_theirs(
    project: Project,
) -> None:
    template = draft(project, vendor_id="7001", status=Status.APPROVED)
    first = save_template(template, Edit(wording=wording("Come today")), by=SYSTEM)
    variant = VariantFactory.create(campaign=CampaignFactory.create(project=project), version=first)

    second = save_template(template, Edit(wording=wording("Come tomorrow")), by=SYSTEM)

    variant.refresh_from_db()
    template.refresh_from_db()
    assert (second.number, template.current) == (2, second)
    assert (variant.version, variant.version.content) == (first, content("Come today"))


def test_an_edit_of_what_somebody_else_has_changed_is_refused(project: Project) -> None:
    template = draft(project)
    first = save_template(template, Edit(wording=wording("Come today")), by=SYSTEM)
    mine, theirs = Template.objects.get(), Template.objects.get()
    save_template(theirs, Edit(wording=wording("Theirs"), based_on=first.pk), by=SYSTEM)

    with pytest.raises(StaleEditError):
        save_template(mine, Edit(wording=wording("Mine"), based_on=first.pk), by=SYSTEM)

    assert [v.content for v in template.versions.order_by("number")] == [
        content("Come today"),
        content("Theirs"),
    ]


@pytest.mark.parametrize(
    ("fields", "text", "codes"),
    [
        ({"vendor_id": "7001"}, "{{1}}", ["VAR_EXAMPLE", "VAR_EDGE"]),
        ({"vendor_id": ""}, "Come today", ["VENDOR_ID_REQUIRED"]),
        ({"vendor_id": "7001", "language": "xx"}, "Come today", ["LANG_UNKNOWN"]),
    ],
)
def test_what_breaks_a_rule_cannot_be_approved(
    project: Project, fields: dict[str, str], text: str, codes: list[str]
) -> None:
    with pytest.raises(NotReadyError) as raised:
        save_template(
            draft(project, status=Status.APPROVED, **fields), Edit(wording=wording(text)), by=SYSTEM
        )

    assert [problem.code for problem in raised.value.problems] == codes
    assert not Template.objects.exists()


def test_a_draft_may_break_every_rule(project: Project) -> None:
    save_template(draft(project), Edit(wording=wording("{{1}}")), by=SYSTEM)

    assert Template.objects.get().status == Status.DRAFT


def test_a_template_sent_by_its_text_needs_no_id(project: Project) -> None:
    template = draft(project, status=Status.APPROVED, sending_style=SendingStyle.BY_TEXT)
    save_template(template, Edit(wording=wording("Come today")), by=SYSTEM)

    assert Template.objects.sendable().get() == template


def test_an_edit_of_an_approved_template_stops_its_campaigns_and_keeps_their_version(
    project: Project,
) -> None:
    template = TemplateFactory.create(project=project)
    variant = VariantFactory.create(
        campaign__status=CampaignStatus.RUNNING, version=template.current
    )

    save_template(template, Edit(wording=wording("Come today")), by=SYSTEM)

    variant.refresh_from_db()
    assert (variant.campaign.status, variant.campaign.status_reason) == (
        CampaignStatus.STOPPED,
        f"The template “{template}” was changed.",
    )
    assert variant.version.number == 1


def test_what_is_no_part_of_a_message_stops_nothing(project: Project) -> None:
    template = TemplateFactory.create(project=project)
    stored = read_wording(template.current.content)
    variant = VariantFactory.create(
        campaign__status=CampaignStatus.RUNNING, version=template.current
    )
    template.category = "UTILITY"

    save_template(template, Edit(wording=stored), by=SYSTEM)

    variant.campaign.refresh_from_db()
    assert variant.campaign.status == CampaignStatus.RUNNING


def test_the_history_says_who_did_what(project: Project) -> None:
    asha = UserFactory.create()
    template = draft(project)
    save_template(template, Edit(wording=wording("Come today")), by=Actor(asha))
    save_template(template, Edit(wording=wording("Come today")), by=Actor(asha))
    save_template(template, Edit(wording=wording("Come tomorrow")), by=SYSTEM)
    template.status, template.status_reason = Status.REJECTED, "INVALID_FORMAT"
    save_template(template, Edit(wording=wording("Come tomorrow")), by=Actor(asha))

    told = template.changes.order_by("pk").values_list("act", "by", "version__number", "why")
    assert [*told] == [
        ("created", asha.pk, 1, ""),
        ("edited", None, 2, ""),
        ("status", asha.pk, 2, "INVALID_FORMAT"),
    ]


def test_a_rule_set_aside_holds_for_that_wording_alone(project: Project) -> None:
    template = draft(project, status=Status.APPROVED, vendor_id="7001")
    sampled = Wording(body=Text(text="Your code, {{1}}", samples=("17",)))
    save_template(template, Edit(wording=sampled, set_aside=["VAR_EDGE", "BODY_LEN"]), by=SYSTEM)

    assert template.current is not None
    assert template.current.set_aside == ["VAR_EDGE"]
    assert [*template.changes.order_by("pk").values_list("act", "why")] == [
        ("set_aside", "VAR_EDGE. Approved at the vendor exactly like this."),
        ("created", ""),
    ]
    other = Wording(body=Text(text="Your new code, {{1}}", samples=("17",)))
    with pytest.raises(NotReadyError, match="start or end"):
        save_template(template, Edit(wording=other), by=SYSTEM)
