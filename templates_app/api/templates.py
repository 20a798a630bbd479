"""Templates, read by programs: what can be sent, and what has to be filled in."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from providers.api import schemas
from providers.api.base import ApiView
from providers.api.listing import QUERY, Asked, Listing, Page, page_by_number, page_schema
from providers.api.operations import Operation
from providers.api.queries import Reader, a_text, one_among
from providers.api.rows import row_of
from providers.models import Project, Scope
from templates_app.models import Category, Kind, Status, Template
from templates_app.rendering.variants import slots_of
from templates_app.values.slots import SlotKind

TEMPLATE = schemas.record(
    {
        "id": schemas.whole(),
        "name": schemas.text(),
        "language": schemas.text(),
        "kind": schemas.one_of(Kind.values),
        "category": schemas.one_of(Category.values),
        "status": schemas.one_of(Status.values, "Only approved ones are sent."),
        "status_reason": schemas.text(),
        "quality": schemas.text("As Meta last told; empty before it did."),
        "version": schemas.or_null(schemas.whole("Counts its wordings, from 1.")),
        "created_at": schemas.moment(),
    },
    name="Template",
)
ONE_TEMPLATE = schemas.record(
    {
        **TEMPLATE["properties"],
        "content": schemas.or_null(schemas.OBJECT | {"description": "In Meta's form."}),
        "slots": schemas.list_of(
            schemas.record(
                {
                    "key": schemas.text("What names it in “values” of a message."),
                    "kind": schemas.one_of(list(SlotKind)),
                    "label": schemas.text(),
                    "sample": schemas.text(),
                    "most_characters": schemas.whole(),
                    "is_needed": schemas.BOOLEAN,
                }
            )
        ),
    },
    name="TemplateInFull",
)


class ReadTemplates(Listing):
    of = "templates"
    operations = {
        "GET": Operation(
            name="list_templates",
            summary="Read templates",
            query={
                **QUERY,
                "name": schemas.text(),
                "status": schemas.one_of(Status.values),
            },
            answer=page_schema(TEMPLATE),
        )
    }

    def filters(self) -> Mapping[str, Reader]:
        return {"name": a_text, "status": one_among({one: one for one in Status.values})}

    def page(self, asked: Asked, **_place: Any) -> Page:
        templates = Template.objects.filter(project=self.project, **asked.filters)
        return page_by_number(templates.select_related("current"), asked, told)


class OneTemplate(ApiView):
    scopes = {"GET": Scope.READ}
    operations = {
        "GET": Operation(
            name="get_template",
            summary="Read one template",
            said="With its wording, and what has to be filled in to send it.",
            answer=ONE_TEMPLATE,
        )
    }

    def get(self, _request: Request, number: int) -> Response:
        template = template_of(self.project, number)
        return Response(told(template) | _in_full(template))


def template_of(project: Project, number: int) -> Template:
    """Raises Http404."""
    rows = Template.objects.select_related("current__template__project")
    return row_of(rows, project, number)


def told(template: Template) -> dict[str, Any]:
    return {
        "id": template.pk,
        "name": template.name,
        "language": template.language,
        "kind": template.kind,
        "category": template.category,
        "status": template.status,
        "status_reason": template.status_reason,
        "quality": template.quality,
        "version": template.current.number if template.current else None,
        "created_at": template.created_at,
    }


def _in_full(template: Template) -> dict[str, Any]:
    if template.current is None:
        return {"content": None, "slots": []}
    slots = [
        {
            "key": slot.key,
            "kind": slot.kind.value,
            "label": slot.label,
            "sample": slot.sample,
            "most_characters": slot.max_length,
            "is_needed": slot.required,
        }
        for slot in slots_of(template.current)
    ]
    return {"content": template.current.content, "slots": slots}
