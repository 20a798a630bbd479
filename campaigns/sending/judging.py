"""What the gateway's answers mean for a message: its result, and what is learnt about its phone."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from campaigns.models import Reason
from campaigns.pace.storms import Outcome
from campaigns.sending.claiming import Claim
from campaigns.sending.composing import Letter
from campaigns.sending.recording import Consent, Ending, Result
from providers.gateway.codes import send_code
from providers.gateway.named_parts import with_part
from providers.gateway.results import Answer, Scope, Verdict
from providers.gateway.troubles import Trouble

LONGEST_DELAY = 300.0  # seconds
NOT_STARTED = "not_started"
OUR_FAULT = "internal"


@dataclass(frozen=True, slots=True)
class Ended:
    """One letter with all answers it got: of the opt-in, if there was one, and of the message.

    Both None: its worker was too late to start it.
    """

    letter: Letter
    at: datetime
    opt_in: Answer | None = None
    answer: Answer | None = None

    @property
    def last_answer(self) -> Answer | None:
        return self.answer or self.opt_in

    @property
    def answer_to_message(self) -> Answer | None:
        """Or the refused opt-in that kept it from being sent. After an accepted opt-in alone it is
        None: nothing is known of the message yet."""
        return None if self.answer is None and self.is_opted_in else self.last_answer

    @property
    def is_opted_in(self) -> bool:
        return self.opt_in is not None and opted_in(self.opt_in)


def opted_in(answer: Answer) -> bool:
    return answer.verdict is Verdict.ACCEPTED


def consent_of(ended: Ended) -> Consent | None:
    """None where the answer is not clear, or is about the account: the next attempt asks again."""
    answer = ended.opt_in
    if answer is None or answer.verdict not in (Verdict.ACCEPTED, Verdict.REFUSED):
        return None
    if answer.scope is Scope.ACCOUNT:
        return None
    return Consent(
        project_id=ended.letter.project_id,
        match_key=ended.letter.match_key,
        opted_in=opted_in(answer),
        code=answer.code[:20],
        at=ended.at,
    )


def result_of(ended: Ended) -> Result:
    if ended.answer is not None:
        return _of_message(ended, ended.answer)
    if ended.opt_in is not None and not opted_in(ended.opt_in):
        return _of_refused_opt_in(ended, ended.opt_in)
    return _retry(ended, code=NOT_STARTED, detail="", delay=0.0, counts=False)


def outcome_of(ended: Ended, result: Result) -> Outcome | None:
    """What a result says about those who follow; None where it says nothing."""
    if result.reason == Reason.OPT_IN_REFUSED or _lies_with_one_person(result, ended.answer):
        return None
    return _outcome(result, ended.letter.project_id, ended.letter.campaign_id)


def outcomes_of_unsendable(
    project_id: int, claims: Iterable[Claim], results: Iterable[Result]
) -> list[Outcome]:
    """The same of those that could not be put together."""
    campaigns = {claim.message_id: claim.campaign_id for claim in claims}
    outcomes = [_outcome(r, project_id, campaigns[r.message_id]) for r in results]
    return [outcome for outcome in outcomes if outcome is not None]


def _lies_with_one_person(result: Result, answer: Answer | None) -> bool:
    return (
        result.reason == Reason.REFUSED and answer is not None and answer.scope is Scope.RECIPIENT
    )


def _outcome(result: Result, project_id: int, campaign_id: int | None) -> Outcome | None:
    if campaign_id is None or result.ending in (Ending.RETRY, Ending.SUPPRESSED):
        return None
    return Outcome(
        project_id=project_id,
        campaign_id=campaign_id,
        failed=result.ending is not Ending.ACCEPTED,
        reason=str(result.reason),
        code=result.code,
        detail=result.detail,
    )


def _of_message(ended: Ended, answer: Answer) -> Result:
    match answer.verdict:
        case Verdict.ACCEPTED:
            return _result(ended, Ending.ACCEPTED, answer, external_id=answer.external_id or "")
        case Verdict.IN_DOUBT:
            return _result(ended, Ending.IN_DOUBT, answer)
        case Verdict.RETRY:
            return _retry_or_give_up(ended, answer)
        case Verdict.REFUSED:
            return _of_refusal(ended, answer, Reason.REFUSED)


def _of_refused_opt_in(ended: Ended, answer: Answer) -> Result:
    """Nothing was sent yet and an opt-in may be repeated: nothing is in doubt."""
    if answer.verdict is Verdict.REFUSED:
        return _of_refusal(ended, answer, Reason.OPT_IN_REFUSED)
    return _retry_or_give_up(ended, answer)


def _of_refusal(ended: Ended, answer: Answer, reason: Reason) -> Result:
    if answer.scope is Scope.ACCOUNT and ended.letter.campaign_id is not None:
        # Everybody would be refused; the campaigns are paused, and this one waits like the rest.
        return _retry(ended, code=answer.code, detail=answer.detail, delay=0.0, counts=False)
    return _result(ended, Ending.FAILED, answer, reason=reason)


def _retry_or_give_up(ended: Ended, answer: Answer) -> Result:
    letter = ended.letter
    if letter.campaign_id is not None and is_outage(answer):
        # Nobody's try: the project waits until Gupshup can be reached again, however long.
        return _retry(ended, code=answer.code, detail=answer.detail, delay=backoff(1), counts=False)
    tries = letter.tries + 1
    if letter.test or tries >= settings.SEND_MAX_ATTEMPTS:
        return _result(ended, Ending.FAILED, answer, reason=Reason.RETRIES_EXHAUSTED)
    return _retry(ended, code=answer.code, detail=answer.detail, delay=backoff(tries), counts=True)


def is_outage(answer: Answer) -> bool:
    """Was nobody there to answer? Then the next person would meet the same."""
    return send_code(answer.code).trouble is Trouble.UNREACHABLE


def backoff(tries: int) -> float:
    """Seconds until the next attempt: doubled each time, and spread, so that many don't come back
    at once."""
    return min(LONGEST_DELAY, 2.0**tries) * random.uniform(0.5, 1.5)  # noqa: S311  no secret


def _retry(ended: Ended, *, code: str, detail: str, delay: float, counts: bool) -> Result:
    return Result(
        message_id=ended.letter.message_id,
        attempt=ended.letter.attempt,
        ending=Ending.RETRY,
        at=ended.at,
        code=code[:40],
        detail=detail[:300],
        delay=delay,
        counts=counts,
    )


def _result(
    ended: Ended,
    ending: Ending,
    answer: Answer,
    *,
    reason: Reason | str = "",
    external_id: str = "",
) -> Result:
    accepted = ending is Ending.ACCEPTED
    return Result(
        message_id=ended.letter.message_id,
        attempt=ended.letter.attempt,
        ending=ending,
        at=ended.at,
        external_id=external_id[:100],
        reason=reason,
        code="" if accepted else with_part(answer.code, answer.detail)[:40],
        detail="" if accepted else answer.detail[:300],
        own=ended.letter.own,
    )
