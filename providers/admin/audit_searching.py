"""The audit log by a word: of what happened, of whoever did it, of what it is about as that is
called now. Entries hold no names, so those are looked up first; people's own are not looked for.
"""

from collections.abc import Iterator

from django.apps import apps
from django.contrib.admin import AdminSite
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet

from providers.admin.audited import AuditedAdmin
from providers.admin.belonging import within_project
from providers.admin.read_only import ReadOnlyAdmin
from providers.models import ApiKey, AuditEntry, Project, User

MOST_NAMED = 200  # rows of a kind
_NAMES = ("name", "nickname", "file_name")


def entries_with(
    text: str, entries: QuerySet[AuditEntry], *, site: AdminSite, project: Project | None
) -> QuerySet[AuditEntry]:
    """`project` is that of the entries; None where they belong to the installation."""
    wanted = text.strip()
    if not wanted:
        return entries
    happened = Q(action__icontains=wanted.replace(" ", "_")) | Q(note__icontains=wanted)
    found = happened | Q(by__in=_people(wanted))
    if project is not None:
        found |= Q(key__in=_keys(project, wanted))
        for condition in _about(site, project, wanted):
            found |= condition
    return entries.filter(found)


def _people(wanted: str) -> list[int]:
    called = Q(username__icontains=wanted)
    for word in wanted.split():
        called |= Q(first_name__iexact=word) | Q(last_name__iexact=word)
    return list(User.objects.filter(called).values_list("pk", flat=True)[:MOST_NAMED])


def _keys(project: Project, wanted: str) -> list[int]:
    called = ApiKey.objects.filter(project=project, name__icontains=wanted)
    return list(called.order_by("-pk").values_list("pk", flat=True)[:MOST_NAMED])


def _about(site: AdminSite, project: Project, wanted: str) -> Iterator[Q]:
    for model, name in _named(site):
        called = model._base_manager.filter(**{f"{name}__icontains": wanted})
        rows = within_project(called, project)
        ids = [str(pk) for pk in rows.order_by("-pk").values_list("pk", flat=True)[:MOST_NAMED]]
        if ids:
            yield Q(target_kind=model._meta.label_lower, target_id__in=ids)


def _named(site: AdminSite) -> Iterator[tuple[type[Model], str]]:
    """What people of a project make and give a name to."""
    for model in filter(site.is_registered, apps.get_models()):
        model_admin = site.get_model_admin(model)
        if not isinstance(model_admin, AuditedAdmin) or isinstance(model_admin, ReadOnlyAdmin):
            continue
        name = _name_of(model)
        if name and model is not Project and not model_admin.is_about_people:
            yield model, name


def _name_of(model: type[Model]) -> str:
    for name in _NAMES:
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        return name
    return ""
