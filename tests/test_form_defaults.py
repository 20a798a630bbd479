"""A page that adds something begins with the model's own defaults. A field that a form spells out
anew forgets them: whoever saves the page as it is gets the first of a list, or nothing.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from django.contrib import admin
from django.db.models import Field
from django.forms import BaseModelForm, ModelForm
from django.test import Client
from django.urls import reverse

from providers.admin.membership import RoleForm
from providers.admin.user import PersonForm
from providers.models import Project
from providers.views.plain_errors import PlainForm, PlainModelForm
from templates_app.models import Kind, Template
from tests.factories import ProviderFactory, TemplateFactory

OURS = ("providers.", "templates_app.", "campaigns.", "callbacks.", "config.")
NEVER_ADDS = {RoleForm, PersonForm}
AnyForm: TypeAlias = "BaseModelForm[Any]"


def test_a_page_that_adds_begins_with_the_models_defaults(
    project: Project, operator: Client
) -> None:
    forgotten = {
        f"{address} {field.name}": (shown, default)
        for address, form in forms_that_add(project, operator)
        for field, shown, default in defaults_of(form)
        if shown != default and not is_blank(shown, default)
    }
    assert forgotten == {}


def is_blank(shown: object, default: object) -> bool:
    """A field of text without anything to show is a blank one."""
    return shown is None and default == ""


def test_every_form_of_a_model_is_walked(project: Project, operator: Client) -> None:
    walked = [form for _address, form in forms_that_add(project, operator)]
    missed = [
        each
        for each in forms_of_ours(ModelForm)
        if each not in NEVER_ADDS and not any(isinstance(form, each) for form in walked)
    ]
    assert missed == []


def forms_that_add(project: Project, operator: Client) -> Iterator[tuple[str, AnyForm]]:
    """Of every admin page that somebody can add with; each without what was there before."""
    TemplateFactory.create(project=project)
    for address in [*addresses(), *(f"{add(Template)}?kind={kind}" for kind in Kind)]:
        if "/campaign/" in address:  # it wants a connection first
            ProviderFactory.create(project=project)
        context = operator.get(address).context or {}
        form = context["adminform"].form if "adminform" in context else context.get("form")
        if isinstance(form, BaseModelForm):
            yield address, form


def addresses() -> list[str]:
    """The campaign last."""
    every = [add(model) for model in admin.site._registry]
    return sorted(every, key=lambda address: "/campaign/" in address)


def add(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def defaults_of(form: AnyForm) -> Iterator[tuple["Field[Any, Any]", object, object]]:
    """The model's fields that have a default, what the page shows in them, and what it should."""
    for field in form._meta.model._meta.fields:
        if field.has_default() and field.name in form.fields:
            default = form.fields[field.name].prepare_value(field.get_default())
            yield field, form[field.name].value(), default


def forms_of_ours(kind: type[Any]) -> Iterator[type[AnyForm]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith(OURS) and each not in (PlainForm, PlainModelForm):
            yield each
        else:
            yield from forms_of_ours(each)
