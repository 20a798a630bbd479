from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from providers.models import (
    CallbackSource,
    ObservedIP,
    Project,
    RefusedCallback,
    Role,
    SendingIP,
)
from tests.conftest import client_in
from tests.factories import CallbackSourceFactory, IncidentFactory, SendingIPFactory

pytestmark = pytest.mark.django_db
PAGE = "/providers/sendingip/"


def add(client: Client, model: str = "sendingip", **fields: Any) -> HttpResponse:
    response: HttpResponse = client.post(reverse(f"admin:providers_{model}_add"), fields)
    return response


def errors_of(response: HttpResponse) -> list[str]:
    form = response.context["adminform"].form  # type: ignore[attr-defined]
    return [error for errors in form.errors.values() for error in errors]


def networks() -> list[tuple[int | None, str]]:
    return list(SendingIP.objects.order_by("pk").values_list("project_id", "network"))


def test_a_project_admin_adds_an_address(project: Project, project_admin: Client) -> None:
    response = add(project_admin, network=" 2001:DB8::7/128 ", label="Mumbai", note="rack 4")

    assert (response.status_code, response["Location"]) == (302, PAGE)
    row = SendingIP.objects.get()
    assert (row.project, row.network, row.label, row.note) == (
        project,
        "2001:db8::7",
        "Mumbai",
        "rack 4",
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MARKETER])
def test_marketers_and_viewers_read(project: Project, role: Role) -> None:
    client = client_in(project, role)
    row = SendingIPFactory.create(project=project, network="203.0.113.7", label="Mumbai")
    source = CallbackSourceFactory.create(project=project)

    page = client.get(PAGE).content.decode()

    assert ("203.0.113.7" in page, "Mumbai" in page, "Copy all" in page) == (True, True, True)
    assert ("Add an address" in page, "Add a network" in page) == (False, False)
    assert add(client, network="203.0.113.8").status_code == 403
    assert add(client, "callbacksource", network="203.0.113.8").status_code == 403
    for place in (f"sendingip/{row.pk}/delete/", f"callbacksource/{source.pk}/delete/"):
        assert client.post(f"/providers/{place}", {"post": "yes"}).status_code == 403
    assert (SendingIP.objects.count(), CallbackSource.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("listed", "typed", "told"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.7 is on the list already."),
        ("203.0.113.7", "::ffff:203.0.113.7", "203.0.113.7 is on the list already."),
        (
            "203.0.113.0/28",
            "203.0.113.7",
            "203.0.113.7 is on the list already, as a part of 203.0.113.0/28.",
        ),
        ("2001:db8::/32", "2001:db8::/48", None),
        ("203.0.113.7", "10.0.0.1", "This is a private address"),
        ("203.0.113.7", "203.0.113.7/24", "This names an address and a range at once."),
        ("203.0.113.7", "x" * 5_000, "5000 characters, and 43 fit"),
    ],
)
def test_a_wrong_or_double_address_is_told(
    project: Project, project_admin: Client, listed: str, typed: str, told: str | None
) -> None:
    SendingIPFactory.create(project=project, network=listed)

    response = add(project_admin, network=typed)

    told = told or "2001:db8::/48 is on the list already, as a part of 2001:db8::/32."
    (error,) = errors_of(response)
    assert told in error
    assert networks() == [(project.pk, listed)]


def test_what_the_installation_lists_need_not_be_listed_again(project_admin: Client) -> None:
    SendingIPFactory.create(project=None, network="203.0.113.0/24")

    assert errors_of(add(project_admin, network="203.0.113.7")) == [
        "203.0.113.7 is on the list already, as a part of 203.0.113.0/24."
    ]


def test_the_installations_addresses_are_the_operators(
    project: Project, project_admin: Client, operator: Client
) -> None:
    add(operator, network="203.0.113.7", everywhere="on")
    add(operator, network="203.0.113.8")
    shared, own = SendingIP.objects.order_by("pk")
    assert networks() == [(None, "203.0.113.7"), (project.pk, "203.0.113.8")]

    change = reverse("admin:providers_sendingip_change", args=[shared.pk])
    delete = reverse("admin:providers_sendingip_delete", args=[shared.pk])
    assert "203.0.113.7" in project_admin.get(PAGE).content.decode()
    assert project_admin.post(change, {"network": "203.0.113.9"}).status_code == 403
    assert project_admin.post(delete, {"post": "yes"}).status_code == 403
    operator.post(change, {"network": "203.0.113.9", "everywhere": "on"})
    operator.post(reverse("admin:providers_sendingip_delete", args=[own.pk]), {"post": "yes"})
    assert networks() == [(None, "203.0.113.9")]


def test_an_operator_can_make_a_projects_address_the_installations(
    project: Project, operator: Client
) -> None:
    row = SendingIPFactory.create(project=project, network="203.0.113.7")
    change = reverse("admin:providers_sendingip_change", args=[row.pk])

    operator.post(change, {"network": "203.0.113.7", "everywhere": "on"})
    assert networks() == [(None, "203.0.113.7")]
    operator.post(change, {"network": "203.0.113.7"})
    assert networks() == [(project.pk, "203.0.113.7")]


def test_an_admin_cannot_list_an_address_for_everybody(
    project: Project, project_admin: Client
) -> None:
    add(project_admin, network="203.0.113.7", everywhere="on")
    assert networks() == [(project.pk, "203.0.113.7")]


def test_the_page_warns_of_an_address_that_is_not_listed(project_admin: Client) -> None:
    ObservedIP.objects.create(address="203.0.113.9")
    page = project_admin.get(PAGE).content.decode()
    assert "This installation sends from 203.0.113.9, which is not on the list." in page
    assert f"{reverse('admin:providers_sendingip_add')}?network=203.0.113.9" in page

    add(project_admin, network="203.0.113.9")
    assert "is not on the list" not in project_admin.get(PAGE).content.decode()


def test_an_address_that_gupshup_refuses_is_shown(project: Project, viewer: Client) -> None:
    IncidentFactory.create(project=project, kind="ip_refused", detail="Code 901.")
    page = viewer.get(PAGE).content.decode()
    home = viewer.get("/").content.decode()
    for shown in (page, home):
        assert "Gupshup refused this server&#x27;s IP address" in shown


def test_a_network_that_was_refused_can_be_accepted(
    project: Project, project_admin: Client
) -> None:
    minute = timezone.now().replace(second=0, microsecond=0)
    for reason, network in (("source", "198.51.100.0/24"), ("key", "192.0.2.0/24")):
        RefusedCallback.objects.create(
            project=project, network=network, reason=reason, minute=minute, count=3
        )
    page = project_admin.get(PAGE).content.decode()
    accept = f"{reverse('admin:providers_callbacksource_add')}?network=198.51.100.0/24"
    assert (accept in page, "?network=192.0.2.0" in page) == (True, False)

    add(project_admin, "callbacksource", network="198.51.100.0/24", label="Gupshup")
    assert list(CallbackSource.objects.values_list("network", "label")) == [
        ("198.51.100.0/24", "Gupshup")
    ]
    assert errors_of(add(project_admin, "callbacksource", network="0.0.0.0/0")) == [
        "This is every address. Leave the list empty to accept all of them."
    ]
