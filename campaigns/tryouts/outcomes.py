"""What came of a test, in words for whoever sent it: taken or not, why, and the way out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from campaigns.gates.explaining import Again, explain
from campaigns.models import Message, State, TestSend
from providers.gateway.codes import SendCode, send_code
from providers.gateway.named_parts import with_part
from providers.gateway.results import Verdict
from providers.gateway.settings import gateway_settings
from providers.gateway.troubles import Trouble

LATEST = 20  # tests that are looked at for an error that meets one after the other
LOOKS_FOR = timedelta(minutes=15)
SLOW_AFTER = timedelta(seconds=10)
NOBODY_SENDS = timedelta(seconds=20)
SETTLED = (State.READ, State.FAILED, State.UNKNOWN, State.SUPPRESSED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`tone` is good, bad, doubt or waiting. `about_ip`: the IP whitelist page is the way out."""

    tone: str
    title: str
    meaning: str = ""
    way_out: str = ""
    about_ip: bool = False


def outcome_of(test: TestSend, *, at: datetime) -> Outcome:
    state = State(test.message.state)
    if state in (State.DELIVERED, State.READ):
        words = "It was delivered" if state is State.DELIVERED else "It was delivered and viewed"
        return Outcome("good", words)
    if test.verdict == Verdict.ACCEPTED:
        return _after_taking(test.message)
    if test.verdict:
        return _of_answer(test)
    if state is State.QUEUED:
        return _waiting(at - test.created_at)
    return _without_answer(test.message)


def with_its_neighbours(outcome: Outcome, test: TestSend) -> Outcome:
    """An error that nobody explains says more when it meets several numbers in a row."""
    phones = {earlier.message.send_key for earlier in _unexplained_up_to(test)}
    if len(phones) < 2:
        return outcome
    often = "Several numbers in a row got an error that nobody explains."
    way_out = "Often: IP not whitelisted. Otherwise Gupshup's support knows what it means."
    return replace(outcome, meaning=f"{outcome.meaning}. {often}", way_out=way_out, about_ip=True)


def is_settled(test: TestSend, *, at: datetime) -> bool:
    """Whether looking again is in vain: reports come within seconds, or never."""
    return test.message.state in SETTLED or at - test.created_at > LOOKS_FOR


def seconds_to_next_look(test: TestSend, *, at: datetime) -> int:
    return 1 if at - test.created_at < timedelta(minutes=1) else 5


def _after_taking(message: Message) -> Outcome:
    if message.state == State.FAILED:
        why = explain(message.reason, message.code, again=Again.BY_HAND)
        return Outcome("bad", "Gupshup took it, but it did not arrive", why.meaning, why.way_out)
    return Outcome(
        "good",
        "Gupshup took the message",
        way_out="Whether it arrives is told by delivery reports. They appear below as they come.",
    )


def _of_answer(test: TestSend) -> Outcome:
    known = send_code(with_part(test.code, test.detail), gateway_settings().extra_codes)
    if test.message.state == State.SENT:
        return Outcome("good", "A delivery report says that it was sent", known.meaning)
    about_ip = known.trouble in (Trouble.IP_REFUSED, Trouble.TURNED_AWAY)
    return replace(_by_verdict(test, known), about_ip=about_ip)


def _by_verdict(test: TestSend, known: SendCode) -> Outcome:
    if test.verdict == Verdict.IN_DOUBT and not test.opt_in_refused:
        return Outcome(
            "doubt",
            "It may have left: no clear answer came",
            known.meaning,
            "A delivery report would settle it. Look at the phone before you test again.",
        )
    if test.verdict in (Verdict.IN_DOUBT, Verdict.RETRY):
        again = "A test is tried once only. Wait a moment, then test again."
        return Outcome("bad", "Nothing was sent", known.meaning, again)
    refused = "the opt-in" if test.opt_in_refused else "the message"
    return Outcome("bad", f"Gupshup refused {refused}", known.meaning, known.way_out)


def _waiting(waited: timedelta) -> Outcome:
    if waited < SLOW_AFTER:
        return Outcome("waiting", "Sending…")
    if waited < NOBODY_SENDS:
        return Outcome("waiting", "Sending… it takes longer than usual")
    return Outcome(
        "waiting",
        "Still waiting for its turn",
        "No sending worker has taken it yet.",
        "If this lasts, ask your operator whether the workers and Redis are running.",
    )


def _without_answer(message: Message) -> Outcome:
    if message.state == State.IN_DOUBT:
        return Outcome(
            "doubt",
            "It may have left: no answer was recorded",
            way_out="A delivery report would settle it. Look at the phone before you test again.",
        )
    if not message.reason:
        return Outcome("good", "A delivery report says that it was sent")
    why = explain(message.reason, message.code, again=Again.BY_HAND)
    return Outcome("bad", "It was not sent", why.meaning, why.way_out)


def _unexplained_up_to(test: TestSend) -> Iterator[TestSend]:
    """This test and those just before it, as long as each ended with an unknown error."""
    latest = TestSend.objects.filter(
        project=test.project_id, pk__lte=test.pk, account=test.account
    ).exclude(verdict="")
    rows = latest.select_related("message").order_by("-pk")[:LATEST]
    return takewhile(_is_unexplained, rows)


def _is_unexplained(test: TestSend) -> bool:
    known = send_code(with_part(test.code, test.detail), gateway_settings().extra_codes)
    return test.verdict == Verdict.REFUSED and known.trouble is Trouble.UNKNOWN
