"""A template written by a program: judged by Meta's rules, kept as a draft, shown with values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from providers.api import schemas
from providers.api.base import ApiView
from providers.api.bodies import read_object
from providers.api.fields import (
    Field,
    a_choice,
    a_list,
    a_text,
    an_object,
    read_all,
    refuse,
    schema_of,
)
from providers.api.operations import Operation
from providers.api.problems import Problem, WrongPart, wrong_value
from providers.api.repeats import once
from providers.models import Project, Scope
from templates_app.api.templates import TEMPLATE, ReadTemplates, template_of, told
from templates_app.keeping.editing import Edit, save_template
from templates_app.keeping.readiness import problems_before_approval
from templates_app.kinds.preview import ButtonPreview, CardPreview, HeaderPreview, Preview
from templates_app.models import Act, Category, Kind, SendingStyle, Template
from templates_app.rendering.variants import preview_as_written
from templates_app.rules import problems as rules
from templates_app.rules.identity import language_problems, name_problems
from templates_app.rules.problems import Severity, errors_in
from templates_app.rules.shape import kind_of
from templates_app.wording.components import Wording
from templates_app.wording.reading import read_wording

MOST_COMPONENTS, LONGEST_ID = 10, 40
EXISTS = "There is a template of this name and language already."

FIELDS: Mapping[str, Field] = {
    "name": a_text("Small letters, digits and _, as at Meta.", most=512),
    "language": a_text("Its code, like en or pt_BR.", most=10),
    "category": a_choice(Category.values),
    "vendor_id": a_text("Gupshup's id of it, where there is one.", most=LONGEST_ID),
    "components": a_list(
        schemas.OBJECT | {"description": "As Meta writes them."}, most=MOST_COMPONENTS
    ),
}
NEEDED = ("name", "language", "category", "components")
BODY = schema_of(FIELDS, needed=NEEDED, name="TemplateToWrite")
PROBLEMS = schemas.list_of(
    schemas.record(
        {
            "code": schemas.text("The rule's."),
            "place": schemas.text(),
            "message": schemas.text(),
            "is_error": schemas.BOOLEAN | {"description": "It keeps it from being approved."},
        }
    )
)
_BUTTONS = schemas.list_of(
    schemas.record({"kind": schemas.text(), "label": schemas.text(), "target": schemas.text()})
)
_HEADER = schemas.or_null(
    schemas.record({"kind": schemas.text(), "text": schemas.text(), "media_url": schemas.text()})
)
_CARD = schemas.record({"header": _HEADER, "body": schemas.text(), "buttons": _BUTTONS})
PREVIEW = schemas.record(
    {
        **_CARD["properties"],
        "footer": schemas.text(),
        "cards": schemas.list_of(_CARD),
        "notes": schemas.list_of(schemas.text("Why it could not be sent so.")),
    },
    name="Preview",
)
VALUES: Mapping[str, Field] = {
    "values": an_object(
        {
            "type": "object",
            "additionalProperties": schemas.text(),
            "description": "A text for each slot, by its key.",
        }
    )
}


@dataclass(frozen=True, slots=True)
class Written:
    template: Template
    wording: Wording
    content: dict[str, Any]

    @property
    def problems(self) -> list[rules.Problem]:
        return problems_before_approval(self.template, self.wording, samples=Severity.ERROR)


class Templates(ReadTemplates):
    """GET reads them, POST writes one."""

    scopes = {"GET": Scope.READ, "POST": Scope.WRITE}
    operations = {
        **ReadTemplates.operations,
        "POST": Operation(
            name="create_template",
            summary="Write a template",
            said="A draft. That Gupshup approved it is said in the console, or by its callback.",
            status=HTTPStatus.CREATED,
            body=BODY,
            answer=TEMPLATE,
        ),
    }

    @once
    def post(self, request: Request) -> Response:
        written = _read(self.project, read_object(request))
        edit = Edit(wording=written.wording, content=written.content, act=Act.EDITED)
        template = written.template
        if Template.objects.filter(**_name_of(template)).exists():
            raise _exists()
        try:
            with transaction.atomic():
                save_template(template, edit, by=self.actor)
        except IntegrityError:  # made at the same moment
            raise _exists() from None
        return Response(told(template), HTTPStatus.CREATED)


class Validate(ApiView):
    scopes = {"POST": Scope.READ}
    operations = {
        "POST": Operation(
            name="validate_template",
            summary="Judge a template by Meta's rules",
            said="Nothing is kept.",
            body=BODY,
            answer=schemas.record({"is_ready": schemas.BOOLEAN, "problems": PROBLEMS}),
            is_reading=True,
        )
    }

    def post(self, request: Request) -> Response:
        found = _read(self.project, read_object(request), strict=False).problems
        return Response({"is_ready": not errors_in(found), "problems": _told_problems(found)})


class PreviewTemplate(ApiView):
    scopes = {"POST": Scope.READ}
    operations = {
        "POST": Operation(
            name="preview_template",
            summary="See a template with values",
            said="As a phone shows it. What is not filled in stays as its placeholder.",
            body=schema_of(VALUES, needed=[]),
            answer=PREVIEW,
            is_reading=True,
        )
    }

    def post(self, request: Request, number: int) -> Response:
        template = template_of(self.project, number)
        given = read_all(read_object(request), VALUES).get("values", {})
        if not all(isinstance(text, str) for text in given.values()):
            refuse([wrong_value("values", "They are not all texts.")])
        if template.current is None:
            return Response(_told_preview(Preview(body="")))
        values = {key: {"text": text} for key, text in given.items()}
        return Response(_told_preview(preview_as_written(template.current, values)))


def _read(project: Project, body: Mapping[str, Any], *, strict: bool = True) -> Written:
    """`strict`: a name or a language that no template can have is refused. Raises Problem."""
    given = read_all(body, FIELDS)
    refuse(WrongPart(name, "missing", "It is needed.") for name in NEEDED if name not in given)
    if strict:
        wrong = [*name_problems(given["name"]), *language_problems(given["language"])]
        refuse(wrong_value(one.place, one.message) for one in errors_in(wrong))
    content = {"components": given["components"]}
    wording, vendor_id = read_wording(content), given.get("vendor_id", "")
    template = Template(
        project=project,
        name=given["name"],
        language=given["language"],
        category=given["category"],
        kind=kind_of(wording) or Kind.BASIC,
        vendor_id=vendor_id,
        sending_style=SendingStyle.BY_ID if vendor_id else SendingStyle.BY_TEXT,
    )
    return Written(template, wording, content)


def _name_of(template: Template) -> dict[str, Any]:
    return {
        "project": template.project,
        "name": template.name,
        "language": template.language,
    }


def _exists() -> Problem:
    part = wrong_value("name", EXISTS)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "template.exists", EXISTS, errors=[part])


def _told_problems(found: Iterable[rules.Problem]) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "place": one.place,
            "message": one.message,
            "is_error": one.severity is Severity.ERROR,
        }
        for one in found
    ]


def _told_preview(preview: Preview) -> dict[str, Any]:
    return {
        **_told_card(preview),
        "footer": preview.footer,
        "cards": [_told_card(card) for card in preview.cards],
        "notes": list(preview.notes),
    }


def _told_card(card: Preview | CardPreview) -> dict[str, Any]:
    return {
        "header": _told_header(card.header),
        "body": card.body,
        "buttons": [_told_button(button) for button in card.buttons],
    }


def _told_header(header: HeaderPreview | None) -> dict[str, Any] | None:
    if header is None:
        return None
    return {"kind": header.kind.value, "text": header.text, "media_url": header.media_url}


def _told_button(button: ButtonPreview) -> dict[str, Any]:
    return {"kind": button.kind.value, "label": button.label, "target": button.target}
