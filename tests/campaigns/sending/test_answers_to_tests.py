"""What whoever sent a test is shown of Gupshup's answers to it."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.models import State, TestSend
from campaigns.sending.answers_to_tests import note_answers
from campaigns.sending.composing import Letter
from campaigns.sending.judging import Ended
from campaigns.tryouts.outcomes import outcome_of
from providers.gateway.requests import Credentials, SessionText
from providers.gateway.results import Answer, Verdict
from providers.models import Project
from tests.factories import TestSendFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 2, tzinfo=UTC)
CREDENTIALS = Credentials(user_id="2000000001", password="secret")
ACCEPTED = Answer(verdict=Verdict.ACCEPTED)


def noted(project: Project, *, opt_in: Answer, answer: Answer | None = None) -> TestSend:
    test = TestSendFactory.create(project=project, message__state=State.QUEUED, verdict="")
    letter = Letter(
        project_id=project.pk,
        message_id=test.message.pk,
        attempt=1,
        match_key=919000011122,
        phone="919000011122",
        campaign_id=None,
        request=SessionText(phone="919000011122", text="Hi", msg_id="12-1", extra="x"),
        credentials=CREDENTIALS,
        opt_in=CREDENTIALS,
        tries=0,
    )
    note_answers([Ended(letter, AT, opt_in, answer)])
    test.refresh_from_db()
    return test


def shown(test: TestSend) -> str:
    return outcome_of(test, at=test.created_at + timedelta(seconds=1)).title


def test_an_accepted_opt_in_is_no_answer_to_the_message(project: Project) -> None:
    """Its worker was too late for the message itself: another attempt follows."""
    test = noted(project, opt_in=ACCEPTED)

    assert (test.verdict, test.opt_in_refused, shown(test)) == ("", False, "Sending…")


@pytest.mark.parametrize("verdict", [Verdict.IN_DOUBT, Verdict.RETRY])
def test_without_a_clear_answer_to_the_opt_in_nothing_was_sent(
    project: Project, verdict: Verdict
) -> None:
    test = noted(project, opt_in=Answer(verdict=verdict, code="timed_out"))

    assert (test.verdict, shown(test)) == (verdict, "Nothing was sent")


def test_the_answer_to_the_message_counts_where_there_is_one(project: Project) -> None:
    test = noted(project, opt_in=ACCEPTED, answer=Answer(verdict=Verdict.IN_DOUBT))

    assert (test.verdict, shown(test)) == ("in_doubt", "It may have left: no clear answer came")
