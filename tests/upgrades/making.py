"""An installation in the middle of its work, made by the same acts as a real one.

What is made here is what the next releases must not lose: when something new can be under way,
let it be under way here. People are made in audience.py, campaigns in going_out.py, callbacks in
coming_back.py.
"""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp

from config.demo.templates import OFFER, make_templates
from providers.models import (
    Diagnosis,
    Health,
    Incident,
    IncidentKind,
    ObservedIP,
    Project,
    Role,
    SendingAccount,
    TwoFactor,
    User,
    Verification,
    VerificationResult,
)
from providers.people import two_factor
from providers.people.inviting import invite
from providers.people.passwords import reset_link
from providers.people.signing_in import KNOWN_BROWSER
from providers.watch import heartbeats
from providers.watch.actors import Actor
from templates_app.incoming.found import Found, Haul
from templates_app.incoming.importing import keep
from templates_app.keeping.editing import Edit, save_template
from templates_app.media.hosting import take_in
from templates_app.models import Category, Source, Template, UnsavedEdit
from templates_app.wording.components import HeaderKind
from templates_app.wording.reading import read_wording
from tests.factories import (
    CallbackSourceFactory,
    MembershipFactory,
    ProjectFactory,
    ProviderFactory,
    SendingIPFactory,
    UserFactory,
)
from tests.factories.providers import PASSWORD
from tests.factories.templates import basic_content
from tests.gateway_simulator import CREDENTIALS
from tests.templates_app.media.test_judging_media import picture
from tests.upgrades.audience import import_half, import_people, what_they_did
from tests.upgrades.going_out import campaigns

STRANGERS_PLACE = "203.0.113.9"


def make() -> dict[str, Any]:
    """What somebody has in hand who used it."""
    project = ProjectFactory.create(name="Chai & Co.")
    ProviderFactory.create(
        project=project,
        rate=80,
        auto_reply_enabled=True,
        auto_reply_text="Thanks for writing! We will answer you soon.",
        **CREDENTIALS,
    )
    people = {role: _member(project, role) for role in Role}
    admin = people[Role.ADMIN]
    regulars = import_people(project, by=admin)
    what_they_did(project, by=admin)
    make_templates(project)
    known = _signing_in(project, people) | _templates(project, by=admin)
    _surroundings(project)
    known |= campaigns(project, regulars=regulars, by=admin)
    return known | import_half(project) | {"made_at": timezone.now().isoformat()}


def _member(project: Project, role: Role) -> User:
    user: User = UserFactory.create(username=f"{role}", email=f"{role}@example.com")
    MembershipFactory.create(project=project, user=user, role=role)
    return user


def _signing_in(project: Project, people: dict[Role, User]) -> dict[str, Any]:
    browser = Client()
    browser.post("/login/", {"username": Role.ADMIN, "password": PASSWORD})
    wrong = {"username": Role.VIEWER, "password": "wrong"}
    Client().post("/login/", wrong, REMOTE_ADDR=STRANGERS_PLACE)
    codes = _second_factor(people[Role.MARKETER])
    sent = invite(project, email="new@example.com", role=Role.VIEWER, by=Actor(people[Role.ADMIN]))
    return {
        "password": PASSWORD,
        "session": browser.cookies["sessionid"].value,
        "known_browser": browser.cookies[KNOWN_BROWSER].value,
        "recovery_code": codes[0],
        "invitation": _path(sent.link),
        "reset_link": _path(reset_link(people[Role.VIEWER])),
    }


def _second_factor(user: User) -> list[str]:
    row = two_factor.being_set_up(user)
    key = bytes.fromhex(TwoFactor.objects.get(user=user).key)
    return two_factor.confirm(row, f"{totp(key):06d}", by=Actor(user))


def _path(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def _templates(project: Project, *, by: User) -> dict[str, Any]:
    offer = Template.objects.get(project=project, name=OFFER.name)
    wording = read_wording({"components": [*OFFER.components[:-1], _other_buttons()]})
    save_template(offer, Edit(wording=wording, based_on=offer.current_id), by=Actor(by))
    UnsavedEdit.objects.create(
        project=project,
        template=offer,
        kind=offer.kind,
        by=by,
        form="body=Hello",
        kept_at=timezone.now(),
    )
    found = Found(
        name="from_elsewhere", language="en", category=Category.MARKETING, content=basic_content()
    )
    keep(project, Haul(found=(found,)), source=Source.PASTE, by=Actor(by))
    upload = SimpleUploadedFile("me.png", picture())
    media, _judged = take_in(project, upload, name="me.png", header=HeaderKind.IMAGE, by=Actor(by))
    return {"media": f"/media/{media}"}


def _other_buttons() -> dict[str, object]:
    buttons = next(c for c in OFFER.components if c["type"] == "BUTTONS")
    return {**buttons, "buttons": list(buttons["buttons"])[:2]}  # type: ignore[call-overload]


def _surroundings(project: Project) -> None:
    """What is known of the connection."""
    SendingIPFactory.create(project=project)
    CallbackSourceFactory.create(project=project, network="127.0.0.0/8")
    ObservedIP.objects.create(address="203.0.113.1")
    heartbeats.note("send")
    Diagnosis.objects.create(project=project, name="credentials", health=Health.PASS)
    long_ago = timezone.now() - timedelta(hours=5)
    Incident.objects.create(
        project=project, kind=IncidentKind.OUTAGE, opened_at=long_ago, closed_at=long_ago
    )
    Verification.objects.create(
        provider=project.provider, account=SendingAccount.HSM, result=VerificationResult.WORKS
    )
