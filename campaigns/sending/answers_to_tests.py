"""What Gupshup answered to a test, kept whole for whoever sent it.

Only the answer: what becomes of the message itself is recorded like that of any other.
"""

import logging
from collections.abc import Iterable

from django.db import DataError

from campaigns.models import TestSend
from campaigns.sending.judging import Ended
from providers.connection import verifying
from providers.gateway.results import Answer
from providers.models import Provider, VerificationSource

logger = logging.getLogger(__name__)


def note_answers(ended: Iterable[Ended]) -> None:
    """Noting the same ones again changes nothing. Raises only where the database is away."""
    for one in ended:
        answer = one.answer_to_message
        if answer is None:
            continue
        try:
            _note(one, answer)
            _learn(one, answer)
        except (DataError, ValueError) as error:
            # It must not keep the results of others from being recorded.
            name = type(error).__name__
            logger.error("Answer to test %s can't be kept: %s", one.letter.message_id, name)


def _note(one: Ended, answer: Answer) -> None:
    TestSend.objects.filter(message=one.letter.message_id).update(
        opt_in_refused=one.answer is None,
        verdict=answer.verdict.value,
        code=answer.code[:40],
        detail=answer.detail[:500],
        http_status=answer.http_status,
        milliseconds=round(answer.seconds * 1000),
        answer=answer.body,
        answered_at=one.at,
    )


def _learn(one: Ended, answer: Answer) -> None:
    """A test shows whether the account lets us in; one of credentials that were changed meanwhile
    shows nothing."""
    account = one.letter.request.account
    provider = Provider.objects.filter(project=one.letter.project_id).first()
    if provider is None or one.letter.credentials != provider.credentials(account):
        return
    finding = verifying.finding_of(answer)
    if finding.is_clear:
        verifying.remember(provider, account, finding, source=VerificationSource.TEST)
