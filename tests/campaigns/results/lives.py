"""Messages with lives by chance: sent or refused, reported in any order, clicked and answered."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count as numbers
from random import Random

from campaigns.audience.subscriptions import set_block
from campaigns.feedback.clicks import Click, apply_clicks
from campaigns.feedback.delivery import Report, apply_reports
from campaigns.feedback.replies import Reply, credit
from campaigns.models import Message, OutboxState, Reason, Run, Source, State, Variant
from campaigns.sending.recording import Ending, Result, record
from tests.campaigns.states import count
from tests.factories import MessageFactory, OutboxFactory

inbound_ids = numbers(1)
LINKS = ("https://example.com/", "https://shop.example/sale", "https://shop.example/p/7")
ANSWERS: tuple[dict[str, object], ...] = (
    {},
    {"Incoming Message Type": "button", "Incoming text": "Not now"},
)
STATES = (State.SENT, State.DELIVERED, State.READ, State.FAILED)


def live(
    run: Run,
    *,
    people: int,
    since: datetime,
    lasts: timedelta,
    chance: Random,
    variants: Sequence[Variant] = (),
) -> None:
    """By the acts that change messages in earnest, each moment somewhere in this time."""

    def moment() -> datetime:
        return since + lasts * chance.random()

    messages = [claimed(run, *chance.sample(variants, 1 if variants else 0)) for _ in range(people)]
    count(run)
    for message in messages:
        begin(message, at=moment(), chance=chance)
        for _ in range(chance.randrange(6)):
            chance.choice(HAPPENINGS)(message, moment(), chance)


def claimed(run: Run, variant: Variant | None = None) -> Message:
    message: Message = MessageFactory.create(run=run, variant=variant)
    OutboxFactory.create(message=message, state=OutboxState.CLAIMED, attempt=1)
    return message


def begin(message: Message, *, at: datetime, chance: Random) -> None:
    ending = chance.choice((Ending.ACCEPTED, Ending.ACCEPTED, Ending.FAILED))
    why = {"reason": Reason.REFUSED, "code": "101"} if ending is Ending.FAILED else {}
    record([Result(message_id=message.pk, attempt=1, ending=ending, at=at, **why)], [])


def report(message: Message, at: datetime, chance: Random) -> None:
    status = chance.choice(STATES)
    one = Report(
        project_id=message.project_id,
        message_id=message.pk,
        attempt=1,
        status=status,  # type: ignore[arg-type]
        at=at,
        code="101" if status == State.FAILED else "",
    )
    apply_reports([one])


def click(message: Message, at: datetime, chance: Random) -> None:
    one = Click(
        project_id=message.project_id,
        message_id=message.pk,
        url=chance.choice(LINKS),
        short_url="",
        user_agent="",
        at=at,
        printed_at=at,
    )
    apply_clicks([one])


def answer(message: Message, at: datetime, chance: Random) -> None:
    one = Reply(
        project_id=message.project_id,
        inbound_id=next(inbound_ids),
        match_key=message.send_key or 0,
        at=at,
        named=message.pk,
        properties=chance.choice(ANSWERS),
    )
    credit([one])


def leave(message: Message, at: datetime, _: Random) -> None:
    set_block(
        message.project,
        message.send_key or 0,
        blocked=True,
        source=Source.KEYWORD,
        own_word=True,
        at=at,
    )


HAPPENINGS: tuple[Callable[[Message, datetime, Random], None], ...] = (
    *(report, report, report),
    *(click, answer, leave),
)
