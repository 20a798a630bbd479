"""Entries say who changed what, hold nothing of a person, and can't be changed."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from providers.models import AuditEntry, Membership, Project, Role, User
from providers.watch import auditing
from providers.watch.actors import SYSTEM, Actor
from tests.factories import (
    ApiKeyFactory,
    AuditEntryFactory,
    MembershipFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
)

PAGE = "admin:providers_auditentry_changelist"


def entries() -> list[tuple[Any, ...]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "by_id", "target_id"))


def test_an_entry_names_the_act_the_person_the_project_and_the_row(project: Project) -> None:
    person = MembershipFactory.create(project=project).user
    provider = ProviderFactory.create(project=project)
    auditing.record(
        "provider.rotated_key",
        by=Actor(person),
        project=project,
        target=provider,
        note="On request",
    )
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.project, entry.action, entry.target_kind, entry.target_id) == (
        person,
        project,
        "provider.rotated_key",
        "providers.provider",
        str(provider.pk),
    )
    assert (str(entry), entry.details) == ("provider: Rotated key", "On request")


def test_addresses_and_phones_are_blotted_out_of_a_note(project: Project) -> None:
    note = "asked by someone@example.com, +91 90000 00001, for 12 people"
    auditing.record("list.exported", by=SYSTEM, project=project, note=note)
    assert AuditEntry.objects.get().note == "asked by •••, •••, for 12 people"


@pytest.mark.parametrize("action", ["published", "Campaign.published", "a.b c", ""])
def test_an_action_that_no_reader_could_filter_by_is_refused(action: str) -> None:
    with pytest.raises(ValueError, match="An action reads like"):
        auditing.record(action, by=SYSTEM, project=None)


def test_an_entry_goes_with_its_transaction(project: Project) -> None:
    with transaction.atomic():
        auditing.record("campaign.published", by=SYSTEM, project=project)
        transaction.set_rollback(True)
    assert entries() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE providers_auditentry SET action = 'x.y'",
        "DELETE FROM providers_auditentry",
        "SET LOCAL kabootar.is_test = 'off'; TRUNCATE providers_auditentry",
    ],
)
def test_the_database_refuses_to_change_an_entry(project: Project, statement: str) -> None:
    AuditEntryFactory.create(project=project)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_an_entry_outlives_its_person_and_its_project(project: Project) -> None:
    membership = MembershipFactory.create(project=project)
    auditing.record("campaign.stopped", by=Actor(membership.user), project=membership.project)
    ids = membership.user_id, membership.project_id
    membership.user.delete()
    membership.project.delete()
    entry = AuditEntry.objects.get()
    assert (entry.by_id, entry.project_id) == ids


def test_a_changed_role_is_told_with_both_values(project: Project, project_admin: Client) -> None:
    member = MembershipFactory.create(project=project, role=Role.VIEWER)
    page = reverse("admin:providers_membership_change", args=[member.pk])
    project_admin.post(page, {"role": "marketer"})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id) == ("membership.changed", str(member.pk))
    [change] = entry.changes
    assert (change["old"][:6], change["new"][:8]) == ("Viewer", "Marketer")


def test_what_is_typed_of_a_person_is_told_as_changed(project: Project, marketer: Client) -> None:
    profile = ProfileFactory.create(project=project, name="Old name")
    page = reverse("admin:campaigns_profile_change", args=[profile.pk])
    form = marketer.get(page).context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields}
    hidden = [name for name, field in form.fields.items() if field.show_hidden_initial]
    values |= {form[name].html_initial_name: form[name].value() or "" for name in hidden}
    marketer.post(page, {**values, "name": "New name", "email": "new@example.com", "is_test": "on"})
    entry = AuditEntry.objects.get(action="profile.changed")
    assert entry.changes == [
        {"field": "Name", "old": None, "new": None},
        {"field": "E-mail", "old": None, "new": None},
        {"field": "Test profile", "old": None, "new": None},
    ]


def test_a_row_that_is_saved_unchanged_makes_no_entry(
    project: Project, project_admin: Client
) -> None:
    member = MembershipFactory.create(project=project, role=Role.VIEWER)
    page = reverse("admin:providers_membership_change", args=[member.pk])
    project_admin.post(page, {"role": "viewer"})
    assert entries() == []


# The page -----------------------------------------------------------------------------------------


def shown(client: Client, **query: str) -> list[str]:
    return [entry.action for entry in client.get(reverse(PAGE), query).context["cl"].result_list]


def member_of(project: Project) -> User:
    membership: Membership = MembershipFactory.create(project=project)
    return membership.user


def test_the_log_holds_the_project_and_the_sign_ins_of_its_members(
    project: Project, project_admin: Client
) -> None:
    mine, stranger = member_of(project), member_of(ProjectFactory.create())
    auditing.record("person.signed_in", by=Actor(mine), project=None)
    auditing.record("person.signed_in", by=Actor(stranger), project=None)
    auditing.record("project.added", by=Actor(mine), project=None)
    auditing.record("campaign.published", by=Actor(mine), project=project)
    auditing.record("campaign.stopped", by=Actor(stranger), project=ProjectFactory.create())
    assert shown(project_admin) == ["campaign.published", "person.signed_in"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"what": "campaign"}, ["campaign.paused"]),
        ({"by": "none"}, ["provider.rotated_key"]),
        ({"time": "day"}, ["provider.rotated_key", "campaign.paused"]),
        ({"q": "Rotated key"}, ["provider.rotated_key"]),
        ({"q": "ravi"}, ["campaign.paused"]),
        ({"q": "grace"}, ["provider.rotated_key"]),
        ({"q": "main acc"}, ["provider.rotated_key"]),
        ({"q": "nowhere"}, []),
        (
            {"by": "nobody", "what": "", "time": "never"},
            ["provider.rotated_key", "campaign.paused"],
        ),
    ],
)
def test_the_log_is_filtered_by_who_what_and_when(
    project: Project, project_admin: Client, query: dict[str, str], found: list[str]
) -> None:
    provider = ProviderFactory.create(project=project, nickname="Main account")
    MembershipFactory.create(project=project, user__username="ravi")
    ravi = Actor(User.objects.get(username="ravi"))
    auditing.record("campaign.paused", by=ravi, project=project)
    auditing.record(
        "provider.rotated_key", by=SYSTEM, project=project, target=provider, note="Grace: a day"
    )
    assert shown(project_admin, **query) == found


def test_what_a_program_did_is_found_by_the_name_of_its_key(
    project: Project, project_admin: Client
) -> None:
    key = ApiKeyFactory.create(project=project, name="Shop backend")
    theirs = ApiKeyFactory.create(name="Shop of others")
    for each in (key, theirs):
        auditing.record("campaign.stopped", by=Actor(None, key=each), project=project)
    auditing.record("campaign.paused", by=SYSTEM, project=project)
    assert shown(project_admin, q="shop") == ["campaign.stopped"]


def test_an_entry_names_what_it_is_about_as_it_is_called_now(
    project: Project, project_admin: Client
) -> None:
    provider = ProviderFactory.create(project=project, nickname="Main account")
    auditing.record("provider.changed", by=SYSTEM, project=project, target=provider)
    text = project_admin.get(reverse(PAGE)).content.decode()
    page = reverse("admin:providers_provider_change", args=[provider.pk])
    assert f'Provider <a href="{page}">Main account</a>' in text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MARKETER])
def test_only_project_admins_read_the_log(project: Project, role: Role) -> None:
    client = Client()
    client.force_login(MembershipFactory.create(project=project, role=role).user)
    assert client.get(reverse(PAGE)).status_code == 403


# What belongs to no project -------------------------------------------------------------------


INSTALLATION = "admin:providers_auditentry_installation"


def test_an_operator_reads_what_belongs_to_no_project(project: Project, operator: Client) -> None:
    mine = member_of(project)
    auditing.record("installation.took_over", by=Actor(mine), project=None)
    auditing.record("campaign.published", by=Actor(mine), project=project)

    page = operator.get(reverse(INSTALLATION))
    by_kind = operator.get(reverse(INSTALLATION), {"what": "campaign"})

    actions = [entry.action for entry in page.context["cl"].result_list]
    assert (page.context["title"], actions) == (
        "Audit log of the installation",
        ["installation.took_over"],
    )
    assert list(by_kind.context["cl"].result_list) == []


def test_it_is_there_before_the_first_project(operator: Client) -> None:
    auditing.record("installation.took_over", by=SYSTEM, project=None)

    assert "Took over" in operator.get(reverse(INSTALLATION)).text


def test_nobody_else_reads_it(project_admin: Client) -> None:
    assert project_admin.get(reverse(INSTALLATION)).status_code == 403


def test_a_password_that_an_operator_sets_is_told_as_changed(
    project: Project, operator: Client
) -> None:
    person = member_of(project)
    page = reverse("admin:auth_user_password_change", args=[person.pk])
    password = "seven quiet lives"

    answer = operator.post(
        page, {"usable_password": "true", "password1": password, "password2": password}
    )

    person.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (answer.status_code, person.check_password(password)) == (302, True)
    assert (entry.action, entry.target_id, entry.changes) == (
        "person.changed",
        str(person.pk),
        [{"field": "Password", "old": None, "new": None}],
    )
