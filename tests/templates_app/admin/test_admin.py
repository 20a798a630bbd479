from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from providers.models import AuditEntry, Project
from templates_app.keeping.readiness import kept_back
from templates_app.models import SendingStyle, Status, Template, TemplateVersion
from tests.factories import ProjectFactory, TemplateFactory
from tests.templates_app import contents
from tests.templates_app.contents import content, text_header

pytestmark = pytest.mark.django_db

ADD = "/templates_app/template/add/"
LIST = "/templates_app/template/"
PREVIEW = "/templates_app/template/preview/"


def form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "summer_sale",
        "language": "en",
        "category": "MARKETING",
        "status": "draft",
        "vendor_id": "7001",
        "sending_style": "id",
        "header_kind": "",
        "body": "Come and see us today.",
        "footer": "",
    } | changes


def page_of(template: Template) -> str:
    return reverse("admin:templates_app_template_change", args=[template.pk])


def test_a_template_is_made_from_scratch(marketer: Client, project: Project) -> None:
    answer = marketer.post(
        ADD,
        form(
            status="approved",
            header_kind="TEXT",
            header_text="For {{1}} today",
            body="Hello {{1}},\r\n\r\nyour order {{2}} leaves our shop in the next hours.",
            footer="Reply STOP",
            **{
                "sample.header.1": "Asha",
                "sample.body.1": "Asha",
                "sample.body.2": "A17",
                "sample.body.3": "of a placeholder that is gone",
                "button-kind": ["URL", "PHONE_NUMBER", "COPY_CODE", "QUICK_REPLY"],
                "button-label": ["Shop", "Call us", "", "Yes"],
                "button-value": ["https://a.b/{{1}}", "+91 90000-00001", "", ""],
                "button-sample": ["sale", "", "SAVE25", ""],
            },
        ),
    )

    template = Template.objects.get()
    version = TemplateVersion.objects.get()
    assert answer.headers["Location"] == LIST
    assert (template.project, template.status, template.kind, template.current) == (
        project,
        Status.APPROVED,
        "basic",
        version,
    )
    assert version.content == {
        "components": [
            text_header("For {{1}} today", "Asha"),
            {
                "type": "BODY",
                "text": "Hello {{1}},\n\nyour order {{2}} leaves our shop in the next hours.",
                "example": {"body_text": [["Asha", "A17"]]},
            },
            {"type": "FOOTER", "text": "Reply STOP"},
            {
                "type": "BUTTONS",
                "buttons": [
                    contents.SHOP,
                    contents.CALL,
                    {"type": "COPY_CODE", "example": ["SAVE25"]},
                    contents.YES,
                ],
            },
        ]
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"body": ""}, "every template needs a body"),
        ({"body": "{{1}}"}, "start or end with a placeholder"),
        ({"body": "For {{1}} and you and all of us"}, "Give a sample"),
        ({"vendor_id": ""}, "ID from Gupshup"),
        ({"header_kind": "IMAGE"}, "link of a sample file"),
        ({"header_kind": "TEXT", "header_text": "Sale 🎉"}, "have emoji"),
        ({"footer": "Bye {{1}}"}, "take the placeholder out"),
        (
            {
                "button-kind": ["URL"],
                "button-label": ["Shop"],
                "button-value": ["a.b"],
                "button-sample": [""],
            },
            "whole link",
        ),
    ],
)
def test_what_breaks_a_rule_is_not_marked_approved_but_kept_on_the_page(
    marketer: Client, changes: dict[str, Any], message: str
) -> None:
    answer = marketer.post(ADD, form(status="approved", **changes))

    errors = answer.context["adminform"].form.errors
    assert answer.status_code == 200
    assert message in str(errors)
    assert [p for p in answer.context["editor"].problems if message in p.message]
    assert not Template.objects.exists()


def test_what_breaks_a_rule_is_kept_as_a_draft(marketer: Client) -> None:
    marketer.post(ADD, form(body="{{1}} {{2}}"))

    assert Template.objects.get().status == Status.DRAFT


def test_a_changed_wording_is_a_new_version_and_the_old_one_stays(
    marketer: Client, project: Project
) -> None:
    template = TemplateFactory.create(project=project, content=content("Come today."))
    first = template.current

    marketer.post(
        page_of(template),
        form(name=template.name, status="approved", body="Come tomorrow.", based_on=first.pk),
    )

    template.refresh_from_db()
    assert [v.content for v in template.versions.order_by("number")] == [
        content("Come today."),
        content("Come tomorrow."),
    ]
    assert template.current.number == 2
    assert AuditEntry.objects.get().action == "template.changed"


def test_saving_without_a_change_of_the_wording_makes_no_version(
    marketer: Client, project: Project
) -> None:
    given = form(
        body=contents.BODY,
        header_kind="DOCUMENT",
        header_media="https://a.b/c.pdf",
        **{
            "sample.body.1": "Asha",
            "sample.body.2": "A17",
            "button-kind": ["URL", "QUICK_REPLY"],
            "button-label": ["Shop", "Yes"],
            "button-value": ["https://a.b/{{1}}", ""],
            "button-sample": ["sale", ""],
        },
    )
    marketer.post(ADD, given)
    template = Template.objects.get()

    marketer.post(page_of(template), given | {"vendor_id": "7002"})

    template.refresh_from_db()
    assert (template.vendor_id, template.versions.count()) == ("7002", 1)


def test_two_editors_do_not_overwrite_each_other_unawares(
    marketer: Client, project: Project
) -> None:
    template = TemplateFactory.create(project=project, content=content("Come today."))
    first = template.current
    mine = form(name=template.name, body="Mine.", based_on=first.pk)
    marketer.post(page_of(template), mine | {"body": "Theirs."})

    answer = marketer.post(page_of(template), mine)

    template.refresh_from_db()
    shown = answer.context["adminform"].form
    assert "Somebody else saved this template" in answer.text
    assert shown["body"].value() == "Mine."
    assert template.current.content == content("Theirs.")

    marketer.post(page_of(template), mine | {"based_on": shown["based_on"].value()})

    template.refresh_from_db()
    assert template.current.content == content("Mine.")


def test_a_name_and_language_stand_once_in_a_project(marketer: Client, project: Project) -> None:
    TemplateFactory.create(project=project, name="summer_sale", language="en")
    TemplateFactory.create(name="summer_sale", language="hi")

    again = marketer.post(ADD, form())
    marketer.post(ADD, form(language="hi"))

    assert "already a template with this name and language" in again.text
    assert [*project.templates.order_by("language").values_list("language", flat=True)] == [
        "en",
        "hi",
    ]


def test_a_language_that_is_not_on_the_list_is_kept(marketer: Client, project: Project) -> None:
    template = TemplateFactory.create(project=project, language="tlh", status=Status.DRAFT)

    marketer.post(page_of(template), form(name="in_klingon", language="tlh"))

    template.refresh_from_db()
    assert (template.name, template.language) == ("in_klingon", "tlh")


def test_the_editor_shows_what_is_stored(marketer: Client, project: Project) -> None:
    template = TemplateFactory.create(
        project=project,
        content=content("Hello {{1}}, *welcome*", samples=["Asha"], buttons=[contents.SHOP]),
    )

    page = marketer.get(page_of(template))

    assert page.context["editor"].preview.body == "Hello Asha, *welcome*"
    assert "Hello Asha, <strong>welcome</strong>" in page.text
    assert 'value="https://a.b/{{1}}"' in page.text
    assert 'name="sample.body.1" value="Asha"' in page.text


def test_the_preview_follows_what_is_typed_and_saves_nothing(marketer: Client) -> None:
    answer = marketer.post(
        PREVIEW,
        {
            "name": "Bad Name",
            "language": "ar",
            "category": "MARKETING",
            "sending_style": "id",
            "vendor_id": "7001",
            "header_kind": "IMAGE",
            "header_media": "https://a.b/c.jpg",
            "body": "<script>alert(1)</script> {{1}} and *more*",
            "sample.body.1": "<b>Asha</b>",
        },
    )

    editor = answer.context["editor"]
    assert editor.preview.body == "<script>alert(1)</script> <b>Asha</b> and *more*"
    assert editor.preview.right_to_left
    assert {(problem.code, problem.tone) for problem in editor.problems} == {
        ("NAME_CHARS", "error"),
    }
    assert "&lt;b&gt;Asha&lt;/b&gt; and <strong>more</strong>" in answer.text
    assert not Template.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"header_kind": "GIF", "language": "klingon", "sending_style": "pigeon"},
        {"body": "\x00{{1}}{{", "sample.": "x", "sample.body.1": "\x00"},
        {"button-kind": ["URL", "NONSENSE"], "button-label": ["x"]},
        {"button-kind": ["URL"] * 30, **{f"button-{f}": ["{{"] * 30 for f in ("label", "value")}},
    ],
)
def test_the_preview_survives_anything(marketer: Client, data: dict[str, Any]) -> None:
    assert marketer.post(PREVIEW, data).status_code == 200


def test_the_preview_is_a_post(marketer: Client) -> None:
    assert marketer.get(PREVIEW).status_code == 405


def test_somebody_who_is_not_signed_in_sees_no_preview(client: Client) -> None:
    answer = client.post(PREVIEW, {"body": "Hi"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login/")


def test_a_viewer_sees_the_template_and_its_phone_but_no_editor(
    viewer: Client, project: Project
) -> None:
    template = TemplateFactory.create(project=project, content=content("Come today."))

    page = viewer.get(page_of(template))
    refused = viewer.post(page_of(template), form(name=template.name, body="Changed."))

    template.refresh_from_db()
    assert page.context["editor"].preview.body == "Come today."
    assert 'name="body"' not in page.text
    assert "hx-post" not in page.text.partition('id="template-side"')[2].partition(">")[0]
    assert (refused.status_code, template.current.content) == (403, content("Come today."))


def test_another_projects_template_does_not_exist(marketer: Client) -> None:
    theirs = TemplateFactory.create(project=ProjectFactory.create())

    assert marketer.get(page_of(theirs)).status_code == 404
    assert marketer.post(page_of(theirs), form()).status_code == 404


@pytest.mark.parametrize("words", ["winter", "70001", "soup for", "दुकान"])
def test_the_list_finds_by_name_id_and_text(marketer: Client, project: Project, words: str) -> None:
    TemplateFactory.create(project=project, name="summer", vendor_id="60000")
    found = TemplateFactory.create(
        project=project,
        name="winter",
        vendor_id="7000177",
        content=content("Hot soup for you, नई दुकान"),
    )

    page = marketer.get(LIST, {"q": words})

    assert [*page.context["cl"].result_list] == [found]


def test_the_list_shows_language_type_and_status_in_words(
    marketer: Client, project: Project
) -> None:
    TemplateFactory.create(project=project, language="pt_BR", status=Status.PAUSED)

    page = marketer.get(LIST, {"status__exact": "paused"})

    assert "Portuguese (Brazil)" in page.text
    assert '<span class="kb-pill kb-amber">Paused</span>' in page.text


def test_a_whole_link_as_a_sample_is_cut_to_its_end(marketer: Client) -> None:
    row = {"button-kind": "URL", "button-label": "Shop", "button-value": "https://a.b/{{1}}"}

    marketer.post(ADD, form(**row, **{"button-sample": "https://a.b/sale"}))

    assert Template.objects.get().current.content == content(
        "Come and see us today.", buttons=[contents.SHOP]
    )


def test_a_template_sent_by_text_is_approved_without_an_id(marketer: Client) -> None:
    marketer.post(ADD, form(status="approved", vendor_id="", sending_style="text"))

    assert Template.objects.get().sending_style == SendingStyle.BY_TEXT


def test_an_empty_list_says_what_to_do(marketer: Client, viewer: Client) -> None:
    assert "Add the first one" in marketer.get(LIST).text
    assert "Add the first one" not in viewer.get(LIST).text
    assert "No templates yet" not in marketer.get(LIST, {"q": "nothing"}).text


@pytest.mark.parametrize(
    ("quality", "words"),
    [("green", "High quality"), ("red", "Low quality"), ("blue", "Quality: blue"), ("", "")],
)
def test_metas_rating_stands_in_the_list_and_on_the_page(
    viewer: Client, project: Project, quality: str, words: str
) -> None:
    template = TemplateFactory.create(project=project, quality=quality)

    for page in (LIST, page_of(template)):
        shown = viewer.get(page).content.decode()
        assert (words in shown, "Meta's rating" in shown or "Meta&#x27;s rating" in shown) == (
            True,
            bool(words),
        )


# Under review -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "changes", "is_saved"),
    [
        ("", {"body": "Come and see us tomorrow."}, False),
        ("", {"name": "winter_sale"}, False),
        ("", {"vendor_id": "7002", "sending_style": "text"}, True),
        ("", {"body": "Come and see us tomorrow.", "status": "draft"}, True),
        ("", {"body": "Come and see us tomorrow.", "status": "approved"}, True),
        (kept_back([]), {"body": "Come and see us tomorrow."}, True),
    ],
)
def test_what_meta_looks_at_stays_as_it_is(
    marketer: Client, project: Project, reason: str, changes: dict[str, Any], is_saved: bool
) -> None:
    template = TemplateFactory.create(
        project=project,
        name="summer_sale",
        status=Status.PENDING,
        status_reason=reason,
        content=content("Come and see us today."),
    )

    posted = marketer.post(
        page_of(template), form(status="pending", status_reason=reason) | changes
    )

    assert posted.status_code == (302 if is_saved else 200)
    assert ("Meta is looking at this text" in posted.text) == (not is_saved)
    assert template.versions.count() == (2 if is_saved and "body" in changes else 1)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"body": "*a* " * 250_000}, id="text"),
        pytest.param({"header_kind": "TEXT", "header_text": "`" * 1_000_000}, id="header"),
        pytest.param({"footer": "😀" * 300_000}, id="footer"),
        pytest.param({"body": "{{1}}", "sample.body.1": "*" * 1_000_000}, id="sample"),
        pytest.param(
            {
                "button-kind": ["QUICK_REPLY"] * 100,
                "button-label": ["*a" * 5_000] * 100,
                "button-value": [""] * 100,
                "button-sample": [""] * 100,
            },
            id="buttons",
        ),
    ],
)
def test_megabytes_are_neither_judged_nor_drawn(
    viewer: Client, marketer: Client, changes: dict[str, Any]
) -> None:
    """Rules and preview took a dozen seconds for what one request may hold."""
    drawn = viewer.post(PREVIEW, form(**changes))
    assert (drawn.status_code, len(drawn.content) < 10_000) == (200, True)
    refused = marketer.post(ADD, form(**changes))
    assert "This is many times longer than a template may be." in refused.content.decode()
    assert not Template.objects.exists()
