import pytest

from providers.models import Project
from templates_app.editing import NotReadyError, StaleEditError, save_template
from templates_app.models import SendingStyle, Status, Template
from tests.factories import CampaignFactory, UserFactory, VariantFactory
from tests.templates_app.contents import content, wording

pytestmark = pytest.mark.django_db


def draft(project: Project, **fields: object) -> Template:
    return Template(project=project, name="summer_sale", **fields)


def test_a_new_template_gets_its_first_version(project: Project) -> None:
    by = UserFactory.create()

    version = save_template(draft(project), wording=wording("Come today"), by=by)

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
    first = save_template(template, wording=wording("Come today"), by=None)
    template.vendor_id = "7001"

    assert save_template(template, wording=wording("Come today"), by=None) == first
    assert Template.objects.get().vendor_id == "7001"


def test_another_wording_is_a_version_of_its_own_and_campaigns_keep_theirs(
    project: Project,
) -> None:
    template = draft(project, vendor_id="7001", status=Status.APPROVED)
    first = save_template(template, wording=wording("Come today"), by=None)
    variant = VariantFactory.create(campaign=CampaignFactory.create(project=project), version=first)

    second = save_template(template, wording=wording("Come tomorrow"), by=None)

    variant.refresh_from_db()
    template.refresh_from_db()
    assert (second.number, template.current) == (2, second)
    assert (variant.version, variant.version.content) == (first, content("Come today"))


def test_an_edit_of_what_somebody_else_has_changed_is_refused(project: Project) -> None:
    template = draft(project)
    first = save_template(template, wording=wording("Come today"), by=None)
    mine, theirs = Template.objects.get(), Template.objects.get()
    save_template(theirs, wording=wording("Theirs"), by=None, based_on=first.pk)

    with pytest.raises(StaleEditError):
        save_template(mine, wording=wording("Mine"), by=None, based_on=first.pk)

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
            draft(project, status=Status.APPROVED, **fields), wording=wording(text), by=None
        )

    assert [problem.code for problem in raised.value.problems] == codes
    assert not Template.objects.exists()


def test_a_draft_may_break_every_rule(project: Project) -> None:
    save_template(draft(project), wording=wording("{{1}}"), by=None)

    assert Template.objects.get().status == Status.DRAFT


def test_a_template_sent_by_its_text_needs_no_id(project: Project) -> None:
    template = draft(project, status=Status.APPROVED, sending_style=SendingStyle.BY_TEXT)
    save_template(template, wording=wording("Come today"), by=None)

    assert Template.objects.sendable().get() == template
