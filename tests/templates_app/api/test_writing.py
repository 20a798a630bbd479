"""A program writes a template, has it judged, and looks at it."""

from typing import Any

import pytest
from django.test import Client

from providers.models import AuditEntry, Project, Scope
from templates_app.models import Kind, Status, Template
from tests.campaigns.api.test_reading import get
from tests.factories import ProjectFactory, TemplateFactory
from tests.factories.templates import basic_content
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db

AT = "/api/v1/templates"


@pytest.fixture
def shop(project: Project) -> Client:
    return client_with_key(project)


def post(caller: Client, address: str, body: object) -> Any:
    answer = caller.post(f"{AT}{address}", body, content_type="application/json")
    check(answer)
    return answer


def document(**changed: Any) -> dict[str, Any]:
    usual = {"name": "diwali", "language": "en", "category": "MARKETING", **basic_content()}
    return {name: value for name, value in (usual | changed).items() if value is not ...}


def test_a_template_is_judged_and_kept_as_a_draft(project: Project, shop: Client) -> None:
    judged = post(shop, "/validate", document()).json()
    assert (judged["is_ready"], Template.objects.exists()) == (True, False)
    made = post(shop, "", document())
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    template = Template.objects.get()
    assert (template.project, template.kind) == (project, Kind.BASIC)
    assert template.current is not None
    assert template.current.content == basic_content()
    (slot,) = get(shop, f"templates/{template.pk}")["slots"]
    shown = post(shop, f"/{template.pk}/preview", {"values": {slot["key"]: "Asha"}}).json()
    assert shown["body"] == "Hello Asha, our summer sale starts today."
    assert "{{1}}" in post(shop, f"/{template.pk}/preview", {}).json()["body"]
    entry = AuditEntry.objects.get(target_kind="templates_app.template")
    assert entry.key is not None
    assert code_of(post(shop, "", document())) == (422, "template.exists")
    assert post(shop, "", document(language="hi")).status_code == 201
    assert Template.objects.filter(status=Status.DRAFT).count() == 2


def test_what_is_wrong_by_metas_rules_is_named(shop: Client) -> None:
    text = {"type": "BODY", "text": "{{1}}", "example": {"body_text": [["Asha"]]}}
    judged = post(shop, "/validate", document(components=[text])).json()
    assert not judged["is_ready"]
    assert {one["place"] for one in judged["problems"] if one["is_error"]} == {"body"}
    assert not post(shop, "/validate", document(name="Diwali!")).json()["is_ready"]


@pytest.mark.parametrize("address", ["", "/validate"])
@pytest.mark.parametrize(
    "changed",
    [
        {"name": ...},
        {"name": 5},
        {"name": "a\0"},
        {"language": ...},
        {"language": "x" * 11},
        {"category": "AUTHENTICATION"},
        {"category": []},
        {"components": "BODY"},
        {"components": [{}] * 11},
        {"components": ...},
        {"components": [{"type": "BODY", "text": "\ud800"}]},
        {"vendor_id": "1" * 41},
        {"status": "approved"},
    ],
)
def test_a_body_that_is_none_is_refused(
    address: str, changed: dict[str, Any], shop: Client
) -> None:
    assert code_of(post(shop, address, document(**changed))) == (422, "body.wrong")
    assert not Template.objects.exists()


@pytest.mark.parametrize("changed", [{"name": "Diwali!"}, {"language": "klingon"}])
def test_a_name_that_meta_does_not_take_is_not_kept(changed: dict[str, Any], shop: Client) -> None:
    assert code_of(post(shop, "", document(**changed))) == (422, "body.wrong")


@pytest.mark.parametrize("components", [[], [5], [{"type": 5}], [{"type": "BODY", "text": {}}]])
def test_components_that_are_none_are_judged_not_broken(components: object, shop: Client) -> None:
    assert not post(shop, "/validate", document(components=components)).json()["is_ready"]


def test_values_that_are_none(project: Project, shop: Client) -> None:
    template = TemplateFactory.create(project=project)
    for values in ({"body.1": 5}, [], "x", {"body.1": "\0"}):
        answer = post(shop, f"/{template.pk}/preview", {"values": values})
        assert code_of(answer) == (422, "body.wrong")
    theirs = TemplateFactory.create(project=ProjectFactory.create())
    assert code_of(post(shop, f"/{theirs.pk}/preview", {})) == (404, "not_found")


def test_writing_needs_write_and_looking_read(project: Project) -> None:
    reader = client_with_key(project, Scope.READ)
    assert post(reader, "/validate", document()).status_code == 200
    assert code_of(post(reader, "", document())) == (403, "key.scope")
