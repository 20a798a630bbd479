"""All gates in their order, and the SQL that statements are made of.

Of several reasons a person gets the first. Sets are looked at after persons, whatever the order:
who is not reachable is nobody's duplicate.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import wraps

from campaigns.gates.base import (
    CampaignGate,
    ClockGate,
    Dropping,
    Explanation,
    Foreseen,
    Gate,
    PersonGate,
    SetGate,
    TurnGate,
    first_reason,
)
from campaigns.gates.condition import CONDITION
from campaigns.gates.control_group import CONTROL_GROUP
from campaigns.gates.duplicate_phone import DUPLICATE_PHONE
from campaigns.gates.ending import ENDING
from campaigns.gates.frequency_cap import FREQUENCY_CAP
from campaigns.gates.had_before import HAD_BEFORE
from campaigns.gates.marketing import IS_MARKETING
from campaigns.gates.marketing_stopped import MARKETING_STOPPED
from campaigns.gates.own_time import OWN_TIME
from campaigns.gates.project_control_group import PROJECT_CONTROL_GROUP
from campaigns.gates.quiet_hours import QUIET_HOURS
from campaigns.gates.reachability import REACHABILITY
from campaigns.gates.targeting_cap import TARGETING_CAP
from campaigns.gates.trial_mode import TRIAL_MODE, WAITING_FOR_TRIAL
from campaigns.models import Campaign, Reason

GATES: list[Gate] = [
    *REACHABILITY,
    MARKETING_STOPPED,
    CONDITION,
    HAD_BEFORE,
    TRIAL_MODE,
    OWN_TIME,
    DUPLICATE_PHONE,
    PROJECT_CONTROL_GROUP,
    CONTROL_GROUP,
    TARGETING_CAP,
    WAITING_FOR_TRIAL,
    ENDING,
    QUIET_HOURS,
    FREQUENCY_CAP,
]


def composed(write: Callable[[], str]) -> Callable[[], str]:
    """SQL that is made of gates: written once, and anew only where there are others."""
    kept: dict[tuple[Gate, ...], str] = {}

    @wraps(write)
    def current() -> str:
        gates = tuple(GATES)
        if gates not in kept:
            kept[gates] = write()
        return kept[gates]

    return current


def reason_at_launch() -> str:
    """SQL of p and b: why p gets no message; NULL: nothing is against it."""
    return first_reason((gate.reason, gate.at_launch) for gate in _persons())


def reason_at_claim() -> str:
    own = [(drops.reason, drops.of_one) for drops in _droppings() if drops.of_one is not None]
    return first_reason([*own, *((gate.reason, gate.at_claim) for gate in _persons())])


def takes_turns(project: str) -> str:
    """SQL of SQL for a project's id: its claims must not overlook each other's messages."""
    return " OR ".join(gate.is_on(project) for gate in _turns()) or "false"


def may_take_turns() -> bool:
    """Is there a gate that could ask for it?"""
    return bool(_turns())


def reason_in_turn() -> str:
    """SQL of alone, a message of a claim that is the only one of its project."""
    return first_reason((gate.reason, gate.at_claim) for gate in _turns())


def foreseen(people: str, campaign: Campaign) -> str:
    """SQL: as `among`, with what would be said at the claim if it were now."""
    for gate in _turns():
        if gate.applies(campaign):
            people = f"""SELECT id, phone, match_key, variant_id, of_source, COALESCE(reason,
            CASE WHEN held.key IS NOT NULL AND {IS_MARKETING} THEN '{gate.reason}' END) AS reason
        FROM ({people}) AS judged LEFT JOIN ({gate.phones}) AS held (key)
            ON held.key = judged.match_key"""
    return people


def among(people: str, gates: Iterable[SetGate]) -> str:
    """SQL of an audience and what each gets (planning/targeting.py), with what the gates say of
    all its people together. Each looks at those whom the one before lets pass."""
    for gate in gates:
        people = f"""SELECT id, phone, match_key, variant_id, of_source,
            COALESCE(reason, CASE WHEN {gate.among} THEN '{gate.reason}' END) AS reason
        FROM ({people}) AS judged"""
    return people


def sets_for(campaign: Campaign) -> list[SetGate]:
    return [gate for gate in _sets() if gate.applies is None or gate.applies(campaign)]


def sets_to_decide(campaign: Campaign) -> list[SetGate]:
    """Those to be asked when it is decided who belongs to a run; none if a launch finds out."""
    gates = sets_for(campaign)
    return gates if any(not (gate.on_conflict or gate.by_lot) for gate in gates) else []


def reasons_by_lot() -> list[Reason]:
    """Of whom chance gives nothing: there is no message that anybody would look for."""
    return [gate.reason for gate in _sets() if gate.by_lot]


def reason_by_lot() -> str:
    """SQL of rows with match_key, id and variant_id, whom nothing else keeps from getting one."""
    return first_reason((gate.reason, gate.among) for gate in _sets() if gate.by_lot)


def set_by_key() -> SetGate:
    """One: an INSERT can pass by the conflicts of one key."""
    (gate,) = [gate for gate in _sets() if gate.on_conflict]
    return gate


def parameters_at_launch(campaign: Campaign) -> dict[str, object]:
    gates: list[PersonGate | SetGate] = [*_persons(), *sets_for(campaign)]
    asked = [gate.parameters for gate in gates if gate.parameters is not None]
    return {name: value for ask in asked for name, value in ask(campaign).items()}


def may_send() -> str:
    """SQL of c: no gate keeps the campaign as a whole from sending."""
    return " AND ".join(f"NOT ({gate.closed})" for gate in _campaigns())


def reason_for_waiting() -> str:
    """SQL of c: why those who wait get nothing any more, NULL where they may."""
    return first_reason((drops.reason, drops.when) for drops in _droppings())


def foresee(campaign: Campaign, *, starts_at: datetime) -> Iterator[Foreseen]:
    for gate in GATES:
        if isinstance(gate, CampaignGate | ClockGate) and gate.foresee is not None:
            yield from gate.foresee(campaign, starts_at)


def explanation_of(reason: str) -> Explanation | None:
    """None where no gate gives this reason."""
    sources = [gate for gate in GATES if not isinstance(gate, CampaignGate)] + _droppings()
    return next((source.explanation for source in sources if source.reason == reason), None)


def _persons() -> list[PersonGate]:
    return [gate for gate in GATES if isinstance(gate, PersonGate)]


def _sets() -> list[SetGate]:
    return [gate for gate in GATES if isinstance(gate, SetGate)]


def _campaigns() -> list[CampaignGate]:
    return [gate for gate in GATES if isinstance(gate, CampaignGate)]


def _turns() -> list[TurnGate]:
    return [gate for gate in GATES if isinstance(gate, TurnGate)]


def _droppings() -> list[Dropping]:
    return [gate.drops for gate in _campaigns() if gate.drops is not None]
