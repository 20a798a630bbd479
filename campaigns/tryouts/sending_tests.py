"""Sending a test by hand: one message, at once, ahead of every campaign, tried once.

It takes the way of every message: a row, a place in the outbox, the sending worker. Only a test of
credentials that are stored nowhere is called from here, since no worker could know them; its rows
and its recording are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.audience.subscriptions import is_blocked
from campaigns.ledger.correlation import extra_of, msg_id_of
from campaigns.models import (
    Lane,
    Message,
    MessageKind,
    Outbox,
    OutboxState,
    TestSend,
)
from campaigns.outbox.enqueueing import enqueue, enqueue_template
from campaigns.sending.answers_to_tests import note_answers
from campaigns.sending.composing import Letter
from campaigns.sending.judging import Ended, result_of
from campaigns.sending.recording import record
from providers.connection.connecting import CONNECT_FIRST, is_connected
from providers.gateway.calling import call_now
from providers.gateway.requests import LONGEST_TEXT, Credentials, SessionText
from providers.models import Project, SendingAccount
from providers.phones.numbers import Phone
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from templates_app.models import TemplateVersion
from templates_app.rendering.variants import NOBODY


class RefusedTestError(Refusal):
    """Why this test is not sent, in words for whoever wanted to."""

    code = "test.refused"

    __test__ = False


@dataclass(frozen=True, slots=True)
class _Sender:
    project: Project
    by: Actor


@transaction.atomic
def send_text(project: Project, *, by: Actor, phone: Phone, text: str) -> TestSend:
    """A free text through the two-way account. Raises RefusedTestError."""
    _check_connected(project)
    _check(project, phone)
    _check_text(text)
    message = enqueue(
        project, kind=MessageKind.TEST, phone=phone.e164, match_key=phone.match_key, text=text
    )
    return _log(message, _Sender(project, by), SendingAccount.TWO_WAY)


@transaction.atomic
def send_template(
    project: Project,
    *,
    by: Actor,
    phone: Phone,
    version: TemplateVersion,
    values: Mapping[str, object],
    person: Mapping[str, object] = NOBODY,
) -> TestSend:
    """A template through the HSM account, with a variant's `values` and the data of `person`
    ({"profile": {…}}). Raises RefusedTestError."""
    _check_connected(project)
    _check(project, phone)
    message = enqueue_template(
        project,
        kind=MessageKind.TEST,
        phone=phone.e164,
        match_key=phone.match_key,
        version=version,
        values=values,
        person=person,
    )
    return _log(message, _Sender(project, by), SendingAccount.HSM)


def send_text_with(
    credentials: Credentials, project: Project, *, by: Actor, phone: Phone, text: str
) -> TestSend:
    """A free text with credentials of a two-way account that are stored nowhere. Blocks up to the
    gateway's time-out. Raises RefusedTestError. Not inside a transaction: the rows are there
    before the call, so that a report finds its message and a dying process leaves a trace."""
    _check(project, phone)
    _check_text(text)
    test = _claim_at_once(_Sender(project, by), phone=phone, text=text)
    letter = _letter(test.message, credentials, match_key=phone.match_key)
    ended = Ended(letter, timezone.now(), answer=call_now(letter.request, credentials))
    note_answers([ended])
    record([result_of(ended)], [])
    test.refresh_from_db()
    return test


def _check_connected(project: Project) -> None:
    if not is_connected(project.pk):
        raise RefusedTestError(CONNECT_FIRST)


def _check(project: Project, phone: Phone) -> None:
    if is_blocked(project, phone.match_key):
        raise RefusedTestError(
            "This number has asked to get no messages (STOP). Write START from its phone to your "
            "business number, then test again."
        )


def _check_text(text: str) -> None:
    if not text.strip():
        raise RefusedTestError("Write a message.")
    if len(text) > LONGEST_TEXT:
        raise RefusedTestError(f"A message has at most {LONGEST_TEXT:,} characters.")


@transaction.atomic
def _claim_at_once(sender: _Sender, *, phone: Phone, text: str) -> TestSend:
    """Its row is born claimed, so no worker takes it. If this process dies, its lease runs out."""
    message = Message.objects.create(
        project=sender.project,
        kind=MessageKind.TEST,
        phone=phone.e164,
        send_key=phone.match_key,
        content={"text": text},
    )
    outbox = Outbox.objects.create(
        message=message,
        project=sender.project,
        lane=Lane.URGENT,
        state=OutboxState.CLAIMED,
        attempt=1,
    )
    lease = timedelta(seconds=settings.SEND_LEASE)
    Outbox.objects.filter(pk=outbox.pk).update(due_at=Now() + lease)
    return _log(message, sender, SendingAccount.TWO_WAY, with_stored_credentials=False)


def _letter(message: Message, credentials: Credentials, *, match_key: int) -> Letter:
    phone = message.phone.removeprefix("+")
    request = SessionText(
        phone=phone,
        text=(message.content or {})["text"],
        msg_id=msg_id_of(message.pk, 1),
        extra=extra_of(message_id=message.pk, campaign_id=None, variant=0, at=message.created_at),
    )
    return Letter(
        project_id=message.project_id,
        message_id=message.pk,
        attempt=1,
        match_key=match_key,
        phone=phone,
        campaign_id=None,
        request=request,
        credentials=credentials,
        opt_in=None,
        test=True,
    )


def _log(
    message: Message,
    sender: _Sender,
    account: SendingAccount,
    *,
    with_stored_credentials: bool = True,
) -> TestSend:
    test = TestSend.objects.create(
        project=sender.project,
        message=message,
        by=sender.by.person,
        account=account,
        with_stored_credentials=with_stored_credentials,
    )
    auditing.record("test.sent", by=sender.by, project=sender.project, target=test)
    return test
