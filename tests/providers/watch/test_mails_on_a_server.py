"""Mails with hostile names, handed to a real mail server: who gets them, and what they say."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from aiosmtpd.smtp import Envelope
from django.db import connection
from django.test import Client
from pytest_django import Settings

from providers.models import IncidentKind, Membership, Project, Role, User
from providers.watch import incident_mails, incidents
from tests.factories import MembershipFactory
from tests.ports import free_port

NAMES = [
    "Tea\r\nBcc: everybody@evil.example\r\n\r\nRead this",
    "Tea\nSubject: other",
    "Tea\x0b\x0c\x1c\x85Bcc: x@evil.example",
    "Tea\u2028To: x@evil.example\u2029",
    "=?utf-8?q?Tea=0D=0ABcc=3A_x=40evil=2Eexample?=",
    ".\r\n.\r\nMAIL FROM:<x@evil.example>",
    '"><script>alert(1)</script>',
    "चाय की दुकान ☕ \u202eeht",
    "x" * 100,
]
ADD = "/providers/membership/add/"


class Kept(Handler):
    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802  the library's
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append((envelope.rcpt_tos, letter))
        return "250 OK"

    def handle_message(self, message: object) -> None:
        """Never called: the letter is taken with its envelope."""


@pytest.fixture
def server(settings: Settings) -> Iterator[Kept]:
    kept = Kept()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    try:
        yield kept
    finally:
        controller.stop()


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_chooses_nobody_and_no_header(
    name: str, project: Project, server: Kept
) -> None:
    boss: User = MembershipFactory.create(project=project, role=Role.ADMIN).user
    User.objects.update(email="boss@example.com", first_name=name[:100])
    Project.objects.update(name=name[:100])
    incidents.report(project.pk, IncidentKind.BALANCE, detail=f"{name} {name}")
    client = Client()
    client.force_login(boss)
    client.post(ADD, {"email": "meera@example.com", "role": "viewer"})
    incident_mails.mail_new()

    assert [people for people, _letter in server.taken] == [
        ["meera@example.com"],
        ["boss@example.com"],
    ]
    for (to,), letter in server.taken:
        assert (letter.get_all("To"), letter.get_all("Bcc"), letter.get_all("Cc")) == (
            [to], None, None)  # fmt: skip
        assert len(letter.get_all("Subject", [])) == 1
        assert letter.get_content_type() == "text/plain"
        assert "Kabootar" in letter.get_content()


@pytest.mark.parametrize(
    "address",
    [
        "meera@example.com\r\nBcc: x@evil.example",
        "meera@example.com, x@evil.example",
        "meera@example.com x@evil.example",
        "<x@evil.example> meera@example.com",
        "x@evil.example;meera@example.com",
    ],
)
def test_an_address_is_one_address(address: str, project: Project, server: Kept) -> None:
    boss = MembershipFactory.create(project=project, role=Role.ADMIN).user
    client = Client()
    client.force_login(boss)
    client.post(ADD, {"email": address, "role": "viewer"})
    assert (server.taken, Membership.objects.count(), connection.is_usable()) == ([], 1, True)
