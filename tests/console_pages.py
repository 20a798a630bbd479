"""Every page of the console that shows rows, and rows of a given project to show on it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.urls import URLPattern, reverse
from django.utils import timezone
from factory.django import DjangoModelFactory

from campaigns.models import GatewayId, Message, Outbox
from providers.admin.belonging import project_path_of
from providers.models import Incident, Membership, Project, User
from tests import factories
from tests.factories import IncidentFactory, MembershipFactory

# Accounts are the operators' own page; nobody else gets in, which has a test of its own.
PAGES = {
    model._meta.label: model_admin
    for model, model_admin in admin.site._registry.items()
    if model is not User
}
# Where the way that a factory makes its rows is not the shortest way to the project.
OWNER = {
    Message: "run__campaign__project",
    Outbox: "message__run__campaign__project",
    GatewayId: "message__run__campaign__project",
}


@dataclass(frozen=True)
class RowPage:
    """A page of one row: its URL name, like "campaigns_campaign_change"."""

    name: str

    def url(self, row: Model) -> str:
        return reverse(f"admin:{self.name}", args=[row.pk])


def factory_of(model: type[Model]) -> type[DjangoModelFactory[Any]]:
    every = (getattr(factories, name) for name in factories.__all__)
    return next(each for each in every if each._meta.model is model)


def row_of(model: type[Model], project: Project) -> Any:
    """A new row of this project; a page without a factory fails here, and so asks for one."""
    if model is Project:
        return project
    owner = OWNER.get(model) or project_path_of(model)
    return factory_of(model).create(**{str(owner): project})


def rows_of(model: type[Model], project: Project, *, count: int) -> None:
    for _ in range(count):
        if model is Membership:
            MembershipFactory.create(project=project)
        elif model is Incident:  # one at most is open
            IncidentFactory.create(project=project, closed_at=timezone.now())
        else:
            row_of(model, project)


def row_pages(model_admin: "ModelAdmin[Any]") -> list[RowPage]:
    """Every named address of the page with one thing to fill in: the row."""
    return [
        RowPage(pattern.name)
        for pattern in model_admin.get_urls()
        if isinstance(pattern, URLPattern) and pattern.name
        if len(pattern.pattern.regex.groupindex) == 1
    ]


def plain_pages(model_admin: "ModelAdmin[Any]") -> list[str]:
    """Every named address of the page with nothing to fill in."""
    return [
        reverse(f"admin:{pattern.name}")
        for pattern in model_admin.get_urls()
        if isinstance(pattern, URLPattern) and pattern.name
        if not pattern.pattern.regex.groupindex
    ]


def changelist(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
