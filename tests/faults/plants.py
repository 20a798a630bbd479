"""What is planted in a worker's own process, to break it at a place that no signal finds.

Each takes the seed of the run, and wraps one function of the product. An unknown name is an
error: whoever renames that function finds out here.
"""

import os
import random
import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from callbacks.receipts import processing, unparking
from campaigns.models import Campaign
from campaigns.running import (
    crediting,
    deciding,
    entering_segments,
    launching,
    standing,
    turning_triggers,
    writing_chunks,
)
from campaigns.sending import claiming, judging, loop, reconciling

MOST_CALLS_BEFORE = 12
LAUNCHED_AT_ONCE = 9  # people: even the fewest take more chunks than the calls above
READ_AT_ONCE = (3, 30)  # receipts
CREDITED_AT_ONCE = 7  # events: there are many more than three times as many

Act = Callable[..., Any]


def die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit  # the signal comes first


def shorten_the_backoff() -> None:
    """In every worker: after an outage of seconds nobody should wait for a minute."""
    _replace(judging, "LONGEST_DELAY", 3.0)


def kill_before_the_claim(seed: int) -> None:
    _wrap(claiming, "_claim", _dying_before, seed)


def kill_in_the_claim(seed: int) -> None:
    """Somewhere within the statement, or right after its commit."""
    _wrap(claiming, "_claim", _dying_within, seed)


def kill_after_the_claim(seed: int) -> None:
    """Committed, and none of its calls has begun."""
    _wrap(claiming, "_claim", _dying_after, seed)


def kill_before_recording(seed: int) -> None:
    """The answers are there, and nobody wrote them down."""
    _wrap(loop, "record_halving", _dying_before, seed)


def kill_after_recording(seed: int) -> None:
    _wrap(loop, "record_halving", _dying_after, seed)


def kill_before_a_chunk_is_launched(seed: int) -> None:
    _replace(writing_chunks, "CHUNK", LAUNCHED_AT_ONCE)
    _wrap(launching, "_launch_chunk", _dying_before, seed)


def kill_while_a_chunk_is_launched(seed: int) -> None:
    """Somewhere within its transaction, or right after its commit."""
    _replace(writing_chunks, "CHUNK", LAUNCHED_AT_ONCE)
    _wrap(launching, "_launch_chunk", _dying_within, seed)


def kill_after_a_chunk_was_launched(seed: int) -> None:
    _replace(writing_chunks, "CHUNK", LAUNCHED_AT_ONCE)
    _wrap(launching, "_launch_chunk", _dying_after, seed)


def kill_before_the_winner(seed: int) -> None:
    _wrap(deciding, "_crown", _dying_before, seed, most=1)


def kill_while_the_winner_is_picked(seed: int) -> None:
    """Somewhere within its transaction, or before the one around it is committed."""
    _wrap(deciding, "_crown", _dying_within, seed, most=1)


def kill_after_the_winner(seed: int) -> None:
    """Committed, and nobody has asked a worker to launch the rest."""
    _wrap(reconciling, "_alone", _dying_after_the_winner, seed, most=1)


def kill_before_a_run_is_opened(seed: int) -> None:
    _wrap(standing, "decide_dates", _dying_before, seed, most=1)


def kill_while_a_run_is_opened(seed: int) -> None:
    """Somewhere within its transaction, or before that commits."""
    _wrap(standing, "decide_dates", _dying_within, seed, most=1)


def kill_once_a_run_is_opened(seed: int) -> None:
    """Committed, and nobody has begun to launch it."""
    _wrap(launching, "gather", _dying_before, seed, most=1)


def kill_before_it_is_gathered(seed: int) -> None:
    _wrap(launching, "gather", _dying_before, seed, most=1)


def kill_while_it_is_gathered(seed: int) -> None:
    """Somewhere within its transaction, or right after its commit."""
    _replace(writing_chunks, "CHUNK", LAUNCHED_AT_ONCE)
    _wrap(launching, "gather", _dying_within, seed, most=1)


def kill_once_it_is_gathered(seed: int) -> None:
    """Committed, with the first rows; the others' are still to be written."""
    _replace(writing_chunks, "CHUNK", LAUNCHED_AT_ONCE)
    _wrap(launching, "gather", _dying_after, seed, most=1)


def kill_before_triggers_turn(seed: int) -> None:
    _replace(turning_triggers, "AT_ONCE", LAUNCHED_AT_ONCE)
    _wrap(turning_triggers, "_turn_some", _dying_before, seed, most=3)


def kill_while_triggers_turn(seed: int) -> None:
    """Somewhere within its transaction, or right after its commit."""
    _replace(turning_triggers, "AT_ONCE", LAUNCHED_AT_ONCE)
    _wrap(turning_triggers, "_turn_some", _dying_within, seed, most=3)


def kill_once_triggers_turned(seed: int) -> None:
    """Committed, and perhaps nobody has woken the sender."""
    _replace(turning_triggers, "AT_ONCE", LAUNCHED_AT_ONCE)
    _wrap(turning_triggers, "_turn_some", _dying_after, seed, most=3)


def kill_before_a_look(seed: int) -> None:
    _wrap(entering_segments, "_compare", _dying_before, seed, most=1)


def kill_while_it_looks(seed: int) -> None:
    """Somewhere within its transaction, or right after its commit."""
    _wrap(entering_segments, "_compare", _dying_within, seed, most=1)


def kill_after_a_look(seed: int) -> None:
    """Committed, and perhaps nobody has woken who turns triggers."""
    _wrap(entering_segments, "_compare", _dying_after, seed, most=1)


def kill_before_crediting(seed: int) -> None:
    _replace(crediting, "AT_ONCE", CREDITED_AT_ONCE)
    _wrap(crediting, "credit_batch", _dying_before, seed, most=3)


def kill_while_credited(seed: int) -> None:
    """Somewhere within its transaction, or right after its commit."""
    _replace(crediting, "AT_ONCE", CREDITED_AT_ONCE)
    _wrap(crediting, "credit_batch", _dying_within, seed, most=3)


def kill_after_crediting(seed: int) -> None:
    _replace(crediting, "AT_ONCE", CREDITED_AT_ONCE)
    _wrap(crediting, "credit_batch", _dying_after, seed, most=3)


def kill_before_the_drain_commits(seed: int) -> None:
    """It reads so little at once that the batch that kills it is the first, or a later one."""
    dice = random.Random(seed)
    _replace(processing, "BATCH", dice.randint(*READ_AT_ONCE))
    _wrap(processing, "_finish", _dying_before, seed, most=2)


def kill_after_the_drain_committed(seed: int) -> None:
    dice = random.Random(seed)
    _replace(processing, "BATCH", dice.randint(*READ_AT_ONCE))
    _die_once_committed(batch=dice.randint(1, 2))


def kill_after_all_was_drained(_seed: int) -> None:
    _die_once_committed(batch=1)


def kill_at_a_deadly_receipt(_seed: int) -> None:
    act: Act = processing.read  # type: ignore[attr-defined]
    _replace(processing, "read", lambda held: die() if b"deadly" in held.body else act(held))


def kill_while_parked_are_tried(seed: int) -> None:
    """Once they are claimed, before they are applied, within, or before that is committed."""
    dice = random.Random(seed)
    _replace(unparking, "BATCH", dice.randint(*READ_AT_ONCE))
    name, dying = dice.choice(
        [
            ("_claim", _dying_after),
            ("_apply", _dying_before),
            ("_apply", _dying_within),
            ("_apply", _dying_after),
        ]
    )
    _wrap(unparking, name, dying, seed, most=2)


def _replace(module: Any, name: str, by: Any) -> None:
    assert hasattr(module, name), name
    setattr(module, name, by)


def _die_once_committed(*, batch: int) -> None:
    """After that batch."""
    act: Act = processing.work_through  # type: ignore[attr-defined]
    left = batch

    def acting(claims: Sequence[Any], *arguments: Any, **named: Any) -> None:
        nonlocal left
        act(claims, *arguments, **named)
        left -= bool(claims)
        if not left:
            die()

    _replace(processing, "work_through", acting)


def _wrap(
    module: Any,
    name: str,
    dying: Callable[[Act], Act],
    seed: int,
    *,
    most: int = MOST_CALLS_BEFORE,
) -> None:
    """The n-th call dies; n is drawn."""
    act: Act = getattr(module, name)
    deadly = dying(act)
    left = random.Random(seed).randint(1, most)

    def counting(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        return (act if left else deadly)(*arguments, **named)

    setattr(module, name, counting)


def _dying_before(_act: Act) -> Act:
    return die


def _dying_after(act: Act) -> Act:
    def acting(*arguments: Any, **named: Any) -> None:
        act(*arguments, **named)
        die()

    return acting


def _dying_after_the_winner(act: Act) -> Act:
    """Each call passes, until one of them has picked it."""

    def acting(step: Act) -> Any:
        more = act(step)
        if Campaign.objects.filter(winner__isnull=False).exists():
            die()
        _replace(reconciling, "_alone", acting)
        return more

    return acting


def _dying_within(act: Act) -> Act:
    def acting(*arguments: Any, **named: Any) -> None:
        threading.Timer(random.uniform(0.0, 0.004), die).start()
        act(*arguments, **named)
        threading.Event().wait()

    return acting
