"""Where somebody writes: in the editor of a template, or of a new one of some type."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse

from providers.models import Project, User
from templates_app.keeping.edit_place import Place
from templates_app.models import Kind, Template


def kind_asked(request: HttpRequest, obj: Any) -> Kind:
    """A template's own type; of a new one what the address or the form says."""
    if isinstance(obj, Template):
        return Kind(obj.kind)
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    return Kind(asked) if asked in Kind.values else Kind.BASIC


def place_asked(
    request: HttpRequest, project: Project, template: Template | None, kind: Kind
) -> Place:
    by = cast("User", request.user)
    return Place(project=project, kind=kind, by=by, template=template)


def editor_of(place: Place) -> str:
    if place.template is not None:
        return reverse("admin:templates_app_template_change", args=[place.template.pk])
    return f"{reverse('admin:templates_app_template_add')}?kind={place.kind}"
