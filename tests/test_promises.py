"""What is promised of every page and every task, tested over all of them: a new one is covered
the moment it is registered.
"""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from config.celery import app as celery_app
from providers.connection.callback_urls import current_key
from providers.models import Project, Role, User
from tests.conftest import client_in
from tests.console_pages import PAGES, changelist, plain_pages, row_of, row_pages, rows_of
from tests.factories import ProjectFactory, ProviderFactory

REFUSED = {403, 404, 405}
ROLES = [Role.VIEWER, Role.MARKETER, Role.ADMIN]
ADMINS: list[Any] = list(admin.site._registry.values())
every_page = pytest.mark.parametrize("model_admin", PAGES.values(), ids=PAGES)
every_role = pytest.mark.parametrize("role", ROLES)


def state_of(row: Model) -> dict[str, Any] | None:
    return type(row)._base_manager.filter(pk=row.pk).values().first()


# Tenants ------------------------------------------------------------------------------------------


@every_role
@every_page
def test_a_list_shows_the_active_projects_rows_alone(
    model_admin: "ModelAdmin[Any]", role: Role, project: Project
) -> None:
    client = client_in(project, role)
    mine, theirs = (
        row_of(model_admin.model, project),
        row_of(model_admin.model, ProjectFactory.create()),
    )
    response = client.get(changelist(model_admin.model))
    if response.status_code != 200 or "cl" not in (response.context or {}):
        assert response.status_code in {200, 302, 403}  # a page without a list
        return
    shown = set(response.context["cl"].queryset.values_list("pk", flat=True))
    assert (mine.pk in shown, theirs.pk in shown) == (True, False)


@every_page
def test_the_lists_filters_name_nothing_of_another_project(
    model_admin: "ModelAdmin[Any]", project: Project, project_admin: Client
) -> None:
    other = ProjectFactory.create(name="Zanzibar spices")
    theirs = row_of(model_admin.model, other)
    response = project_admin.get(changelist(model_admin.model))
    if "cl" not in (response.context or {}):
        return
    choices = [
        str(choice["display"])
        for spec in response.context["cl"].filter_specs
        for choice in spec.choices(response.context["cl"])
        if "display" in choice
    ]
    names = {str(theirs), str(other)} | {
        str(getattr(theirs, field.name))
        for field in model_admin.model._meta.fields
        if field.is_relation and getattr(theirs, field.name) is not None
    }
    assert [choice for choice in choices if choice in names] == []


def test_every_top_level_address_is_known_here() -> None:
    """A new one must say who may see what; then it is added to this list, with a test."""
    patterns = [str(pattern.pattern) for pattern in get_resolver().url_patterns]
    assert patterns == [
        "healthz",
        "readyz",
        "metrics",
        "signed-in",
        "gupshup/",
        "media/",
        "api/v1/",
        "api/v1/",
        "api/v1/",
        "api/v1/",
        "1/",
        "",
    ]


# Roles --------------------------------------------------------------------------------------------


@every_page
def test_a_viewers_post_changes_nothing(
    model_admin: "ModelAdmin[Any]", project: Project, viewer: Client
) -> None:
    mine = row_of(model_admin.model, project)
    before, count = state_of(mine), model_admin.model._base_manager.count()
    answers = {
        address: viewer.post(address, {"_form_submitted": "1", "post": "yes"}).status_code
        for address in (row_page.url(mine) for row_page in row_pages(model_admin))
    }
    assert [address for address, code in answers.items() if code in range(300, 400)] == []
    assert (state_of(mine), model_admin.model._base_manager.count()) == (before, count)


@every_page
def test_a_viewer_sees_no_button_that_changes_anything(
    model_admin: "ModelAdmin[Any]", project: Project, viewer: Client
) -> None:
    mine = row_of(model_admin.model, project)
    opts = model_admin.model._meta
    change = viewer.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[mine.pk]))
    add = viewer.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_add"))
    buttons = [
        name for name in ("_save", "_continue", "_addanother") if name in str(change.content)
    ]
    assert buttons == []
    assert add.status_code in {302, 403}


def test_an_account_cant_be_read_or_changed_by_a_project_admin(
    project_admin: Client, operator: Client
) -> None:
    person = User.objects.exclude(is_superuser=True).get()
    address = reverse("admin:providers_user_change", args=[person.pk])
    assert (project_admin.get(address).status_code, operator.get(address).status_code) == (403, 200)


# Speed --------------------------------------------------------------------------------------------


@every_page
def test_a_list_takes_as_many_queries_for_twenty_rows_as_for_one(
    model_admin: "ModelAdmin[Any]", project: Project, project_admin: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            project_admin.get(changelist(model_admin.model), follow=True)
        return len(captured)

    if model_admin.model is Project:
        pytest.skip("a project admin sees one project")
    row_of(model_admin.model, project)
    project_admin.get(changelist(model_admin.model), follow=True)
    with_one = queries()
    if model_admin.model._meta.label != "providers.Provider":  # one per project
        rows_of(model_admin.model, project, count=19)
    assert queries() == with_one


# Pages --------------------------------------------------------------------------------------------

OURS = ("config.", "callbacks.", "campaigns.", "templates_app.", "providers.")
MOST_BASES = 2


def is_ours(kind: type) -> bool:
    return kind.__module__.startswith(OURS)


def test_an_admin_is_made_of_two_classes_of_ours_at_most() -> None:
    """What it has more is a page of its list: of many bases nobody knows whose view wins."""
    classes = {kind for page in ADMINS for kind in type(page).__mro__ if is_ours(kind)}
    many = [kind.__name__ for kind in classes if sum(map(is_ours, kind.__bases__)) > MOST_BASES]
    assert many == []


def test_no_two_pages_of_an_admin_have_one_name_or_one_address() -> None:
    placed = [(page, [each.place() for each in page.placed_pages]) for page in ADMINS]
    twice = [
        (type(page).__name__, kind)
        for page, patterns in placed
        for kind, seen in (
            ("name", [pattern.name for pattern in patterns]),
            ("address", [str(pattern.pattern) for pattern in patterns]),
        )
        if len(seen) > len(set(seen))
    ]
    assert twice == []


# Secrets ------------------------------------------------------------------------------------------


def test_no_page_and_no_log_line_tells_a_secret(
    project: Project, project_admin: Client, caplog: pytest.LogCaptureFixture
) -> None:
    provider = ProviderFactory.create(project=project)
    key = current_key(project)
    caplog.set_level(logging.DEBUG)
    answers = [
        project_admin.get(address, follow=True)
        for model_admin in PAGES.values()
        for address in [
            *plain_pages(model_admin),
            *row_addresses(model_admin, provider, project),
        ]
    ]
    # By the page that is shown in the end: some only lead on.
    pages = {answer.request["PATH_INFO"]: answer.content.decode() for answer in answers}
    passwords = (provider.hsm_password, provider.two_way_password)
    told = [page for page, text in pages.items() if any(word in text for word in passwords)]
    keyed = {page for page, text in pages.items() if key.secret in text}
    logged = [line for line in caplog.messages if any(s in line for s in (*passwords, key.secret))]
    assert (told, logged) == ([], [])
    assert {page for page in keyed if not page.startswith("/providers/provider/")} == set()


def row_addresses(model_admin: "ModelAdmin[Any]", provider: Model, project: Project) -> list[str]:
    """Of one row: of some kinds a project has one only."""
    row = provider if model_admin.model is type(provider) else row_of(model_admin.model, project)
    return [row_page.url(row) for row_page in row_pages(model_admin)]


# Tasks --------------------------------------------------------------------------------------------


def our_tasks() -> list[str]:
    celery_app.loader.import_default_modules()
    apps = ("providers.", "templates_app.", "campaigns.", "callbacks.", "config.")
    return sorted(name for name in celery_app.tasks if name.startswith(apps))


def test_every_task_goes_to_a_queue_that_workers_listen_to() -> None:
    queues = {name: celery_app.amqp.router.route({}, name)["queue"].name for name in our_tasks()}
    assert len(queues) > 1
    assert {name: queue for name, queue in queues.items() if queue not in settings.QUEUES} == {}


def test_every_beat_entry_names_a_task_that_exists() -> None:
    entries = settings.CELERY_BEAT_SCHEDULE.items()
    assert {name for name, entry in entries if entry["task"] not in our_tasks()} == set()


def test_every_beat_entry_expires_before_its_next_tick() -> None:
    entries = settings.CELERY_BEAT_SCHEDULE.items()
    late = {
        name
        for name, entry in entries
        if entry["options"]["expires"] > entry["schedule"].total_seconds()
    }
    assert late == set()


def test_the_console_has_no_page_of_djangos_own() -> None:
    foreign = [
        label
        for label, page in PAGES.items()
        if not type(page).__module__.startswith(
            ("providers.", "templates_app.", "campaigns.", "callbacks.")
        )
    ]
    assert foreign == []
    assert admin.site.is_registered(User)
