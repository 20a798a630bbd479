"""The demo's project, connected to the simulator. Every step may be repeated."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from config.demo.surroundings import Surroundings
from providers.api_keys.making import make_key, revoke
from providers.connection.callback_urls import current_key, whole_key
from providers.models import ApiKey, Membership, Project, Provider, Role, Scope, User
from providers.simulator.client import (
    HSM_PASSWORD,
    HSM_USER,
    TWO_WAY_PASSWORD,
    TWO_WAY_USER,
    SimulatorClient,
)
from providers.watch.actors import Actor
from templates_app.models import Template

NAME = "Chai & Co."
SHOP = "The simulator's shop"
BUSINESS_NUMBER = "+919000000001"


@transaction.atomic
def make_user(surroundings: Surroundings) -> User:
    """With the password that `make demo` prints, whatever it was before."""
    user, _ = User.objects.get_or_create(
        username=surroundings.user, defaults={"email": "demo@example.com", "first_name": "Demo"}
    )
    user.is_superuser = True
    user.set_password(surroundings.password)
    user.save()
    return user


@transaction.atomic
def make_project(user: User) -> Project:
    project, _ = Project.objects.get_or_create(name=NAME)
    Membership.objects.get_or_create(project=project, user=user, defaults={"role": Role.ADMIN})
    Provider.objects.get_or_create(
        project=project,
        defaults={
            "nickname": "Gupshup simulator",
            "hsm_user_id": HSM_USER,
            "hsm_password": HSM_PASSWORD,
            "two_way_user_id": TWO_WAY_USER,
            "two_way_password": TWO_WAY_PASSWORD,
            "number": BUSINESS_NUMBER,
            "auto_reply_enabled": True,
            "auto_reply_text": "Thanks for writing to Chai & Co.! We will answer you soon.",
            "rate": 80,
        },
    )
    return project


def register_with_simulator(
    project: Project, surroundings: Surroundings, *, shop: Mapping[str, str] | None = None
) -> SimulatorClient:
    """The simulator keeps nothing when it ends, so this belongs to every start. With a `shop`,
    whoever reads a message may buy there, or leave a cart."""
    simulator = SimulatorClient(surroundings.simulator_url)
    addresses = {**_addresses(project, surroundings), **(shop or {})}
    simulator.register(number=BUSINESS_NUMBER.removeprefix("+"), **addresses)
    # Those that are made later at the console are taken too, and shown with their values alone.
    simulator.teach(*map(_as_approved, _templates_of(project)), only=False)
    return simulator


@transaction.atomic
def open_shop(project: Project, surroundings: Surroundings, *, by: Actor) -> Mapping[str, str]:
    """Where the simulator's people shop. Of a key nothing but its hash is kept, so each start has
    one of its own."""
    for key in ApiKey.objects.filter(project=project, name=SHOP, revoked_at=None):
        revoke(key, by=by)
    made = make_key(project, name=SHOP, scopes=[Scope.WRITE], by=by)
    return {"shop_url": f"{surroundings.web_url}/api/v1/events", "shop_key": made.text}


def register_others(demo: Project, surroundings: Surroundings) -> None:
    """What else this working copy has connected; of two with one account the first is served."""
    simulator = SimulatorClient(surroundings.simulator_url)
    for provider in Provider.objects.exclude(project=demo).select_related("project").order_by("pk"):
        with suppress(ValueError):
            simulator.register(
                name=str(provider.project),
                number=provider.number.removeprefix("+"),
                **{name: getattr(provider, field) for name, field in _LOGINS.items()},
                **_addresses(provider.project, surroundings),
            )


_LOGINS = {
    "hsm_user": "hsm_user_id",
    "hsm_password": "hsm_password",
    "two_way_user": "two_way_user_id",
    "two_way_password": "two_way_password",
}


def _addresses(project: Project, surroundings: Surroundings) -> dict[str, str]:
    """To which callbacks go."""
    key = whole_key(current_key(project))
    return {
        f"{kind}_url": f"{surroundings.callback_url}/gupshup/{kind}?a={key}"
        for kind in ("status", "response")
    }


def _templates_of(project: Project) -> QuerySet[Template]:
    known = Template.objects.sendable().filter(project=project, current__isnull=False)
    return known.exclude(vendor_id="").select_related("current")


def _as_approved(template: Template) -> dict[str, Any]:
    described = {"id": template.vendor_id, "name": template.name, "language": template.language}
    return {**described, **(template.current.content if template.current else {})}
