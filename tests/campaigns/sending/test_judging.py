"""Judging: what each answer of the gateway makes of a message."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from campaigns.models import Reason
from campaigns.sending.composing import Letter
from campaigns.sending.judging import Ended, consent_of, result_of
from campaigns.sending.recording import Ending, Result
from providers.gateway.requests import Credentials, SessionText
from providers.gateway.results import Answer, Scope, Verdict

AT = datetime(2026, 1, 2, tzinfo=UTC)
CREDENTIALS = Credentials(user_id="2000000001", password="secret")


def letter(*, attempt: int = 1, tries: int = 0, campaign: bool = True) -> Letter:
    return Letter(
        project_id=7,
        message_id=12,
        attempt=attempt,
        match_key=919000011122,
        phone="919000011122",
        campaign_id=5 if campaign else None,
        request=SessionText(phone="919000011122", text="Hi", msg_id="12-1", extra="x"),
        credentials=CREDENTIALS,
        opt_in=CREDENTIALS,
        tries=tries,
    )


def ended(
    answer: Answer | None = None,
    *,
    opt_in: Answer | None = None,
    attempt: int = 1,
    tries: int = 0,
    campaign: bool = True,
) -> Ended:
    return Ended(letter(attempt=attempt, tries=tries, campaign=campaign), AT, opt_in, answer)


def answer(verdict: Verdict, code: str = "", scope: Scope | None = None) -> Answer:
    return Answer(verdict=verdict, code=code, detail="why", scope=scope, external_id="1-12-1")


def outcome(result: Result) -> tuple[Ending, str, str]:
    return result.ending, str(result.reason), result.code


ACCEPTED = answer(Verdict.ACCEPTED)
UNREACHABLE = answer(Verdict.RETRY, "unreachable")
THROTTLED = answer(Verdict.RETRY, "429")
WRONG_PASSWORD = answer(Verdict.REFUSED, "102", Scope.ACCOUNT)
WRONG_NUMBER = answer(Verdict.REFUSED, "105", Scope.RECIPIENT)
UNREADABLE = answer(Verdict.IN_DOUBT, "unreadable")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (ended(ACCEPTED), (Ending.ACCEPTED, "", "")),
        (ended(UNREADABLE), (Ending.IN_DOUBT, "", "unreadable")),
        (ended(WRONG_NUMBER), (Ending.FAILED, Reason.REFUSED, "105")),
        (ended(THROTTLED), (Ending.RETRY, "", "429")),
        (ended(THROTTLED, attempt=9, tries=5), (Ending.FAILED, Reason.RETRIES_EXHAUSTED, "429")),
        # Nobody was there: that is no try of a campaign's, however often.
        (ended(UNREACHABLE, attempt=99, tries=5), (Ending.RETRY, "", "unreachable")),
        (
            ended(UNREACHABLE, tries=5, campaign=False),
            (Ending.FAILED, Reason.RETRIES_EXHAUSTED, "unreachable"),
        ),
        # Everybody would be refused: a campaign waits, a single message says so at once.
        (ended(WRONG_PASSWORD), (Ending.RETRY, "", "102")),
        (ended(WRONG_PASSWORD, campaign=False), (Ending.FAILED, Reason.REFUSED, "102")),
        # The opt-in comes first, and may always be repeated.
        (ended(opt_in=WRONG_NUMBER), (Ending.FAILED, Reason.OPT_IN_REFUSED, "105")),
        (ended(opt_in=UNREADABLE), (Ending.RETRY, "", "unreadable")),
        (ended(opt_in=THROTTLED), (Ending.RETRY, "", "429")),
        (ended(ACCEPTED, opt_in=ACCEPTED), (Ending.ACCEPTED, "", "")),
        # The worker came too late to start anything.
        (ended(), (Ending.RETRY, "", "not_started")),
        (ended(opt_in=ACCEPTED), (Ending.RETRY, "", "not_started")),
    ],
)
def test_an_answer_makes_a_result(one: Ended, expected: tuple[Ending, str, str]) -> None:
    assert outcome(result_of(one)) == expected


@pytest.mark.parametrize(
    ("opt_in", "remembered"),
    [
        (None, None),
        (ACCEPTED, True),
        (WRONG_NUMBER, False),
        (WRONG_PASSWORD, None),
        (UNREADABLE, None),
        (THROTTLED, None),
    ],
)
def test_only_a_clear_answer_about_the_phone_is_remembered(
    opt_in: Answer | None, remembered: bool | None
) -> None:
    consent = consent_of(ended(opt_in=opt_in))

    assert (consent.opted_in if consent else None) is remembered


def test_a_retry_waits_longer_each_time() -> None:
    delays = [result_of(ended(THROTTLED, tries=tries)).delay for tries in (0, 2, 4)]

    assert 1 <= delays[0] <= 3
    assert 4 <= delays[1] <= 12
    assert 16 <= delays[2] <= 48


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (ended(THROTTLED), True),
        (ended(opt_in=UNREADABLE), True),
        (ended(UNREACHABLE), False),
        (ended(WRONG_PASSWORD), False),
        (ended(), False),
    ],
)
def test_what_would_meet_everybody_is_nobodys_failed_try(one: Ended, counts: bool) -> None:
    assert result_of(one).counts is counts


def test_an_accepted_message_keeps_gupshups_id_and_no_words() -> None:
    assert result_of(ended(ACCEPTED)) == Result(
        message_id=12, attempt=1, ending=Ending.ACCEPTED, at=AT, external_id="1-12-1"
    )


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.RETRY, Verdict.IN_DOUBT])
def test_words_of_any_length_fit_their_columns(verdict: Verdict) -> None:
    """Cut, since one result that PostgreSQL refuses would leave its message in doubt."""
    long = Answer(verdict=verdict, code="c" * 99, detail="d" * 999, external_id="9" * 999)
    found = result_of(ended(long))
    assert (found.code, found.detail) == ("c" * 40, "d" * 300)


def test_an_id_of_any_length_fits_its_column() -> None:
    long = Answer(verdict=Verdict.ACCEPTED, external_id="9" * 999)
    assert result_of(ended(long)).external_id == "9" * 100


def test_a_test_is_tried_once_whatever_the_answer_is_worth() -> None:
    once = replace(letter(campaign=False), test=True)
    for answered in (THROTTLED, UNREACHABLE):
        found = result_of(Ended(once, AT, None, answered))
        assert outcome(found) == (Ending.FAILED, Reason.RETRIES_EXHAUSTED, answered.code)


def test_no_pause_before_a_retry_grows_beyond_minutes(settings: Settings) -> None:
    settings.SEND_MAX_ATTEMPTS = 100
    delay = result_of(ended(THROTTLED, tries=50)).delay
    assert 150 <= delay <= 450
