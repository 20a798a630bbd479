"""Who reached a campaign's goal, what that adds up to, and whether the campaign brought it about:
from the tallies of its runs.

Those who were to get it are compared with those whom chance kept from it, whatever became of their
messages: whoever was never sent theirs belongs to the first, too. Leaving them out would compare
people who can be reached with people of whom nobody knows.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from campaigns.models import Reason
from campaigns.planning.chances import Counted, difference
from campaigns.results.numbers import Numbers, ResultsByRun, percent, together

VALUE = "value:"
THOUSANDTHS = 1_000
# Control groups, with the tally of their people who reached the goal, and what they are called.
GROUPS = (
    (Reason.CONTROL_GROUP, "control_converted", "the control group"),
    (Reason.PROJECT_CONTROL_GROUP, "project_control_converted", "the project's control group"),
)
TOO_FEW = (
    "Too few to say what the campaign did: it takes ten who reached the goal, and ten who did not,"
    " on both sides."
)


@dataclass(frozen=True, slots=True)
class Amount:
    """`currency` is empty where nobody has named one."""

    currency: str
    total: Decimal

    @property
    def words(self) -> str:
        """Like 1,204.50 INR; thousandths only where there are some."""
        digits = 2 if self.total == round(self.total, 2) else 3
        return f"{self.total:,.{digits}f} {self.currency}".rstrip()


@dataclass(frozen=True, slots=True)
class Uplift:
    """`name` is what the control group is called, `slice` finds its people who reached the goal."""

    name: str
    slice: str
    treated: Counted
    control: Counted

    @property
    def is_enough(self) -> bool:
        return self.treated.is_enough and self.control.is_enough

    @property
    def sentences(self) -> list[str]:
        return [_both(self), _compared(self) if self.is_enough else TOO_FEW]


@dataclass(frozen=True, slots=True)
class Conversions:
    """`people` reached the goal after a message; `total` counts each time. `valued` of these had a
    number that is in `amounts`; `unsent` were to get a message, and reached it without."""

    people: int
    total: int
    valued: int
    unsent: int
    amounts: Sequence[Amount]
    uplifts: Sequence[Uplift]

    @property
    def without_value(self) -> int:
        return self.total - self.valued


def conversions_of(by_run: ResultsByRun) -> Conversions | None:
    """None where no run had a goal. No query."""
    results = together(by_run)
    if not results.has_goal:
        return None
    return Conversions(
        people=results.converted,
        total=results.count("conversions"),
        valued=results.count("valued"),
        unsent=results.count("unsent_converted"),
        amounts=amounts_in(results.numbers),
        uplifts=list(_uplifts(by_run, results.numbers)),
    )


def amounts_in(numbers: Numbers) -> list[Amount]:
    """The largest first; what has another currency is another sum."""
    found = [
        Amount(name.removeprefix(VALUE), Decimal(n) / THOUSANDTHS)
        for name, n in numbers.items()
        if name.startswith(VALUE) and n
    ]
    return sorted(found, key=lambda amount: (-abs(amount.total), amount.currency))


def _uplifts(by_run: ResultsByRun, numbers: Numbers) -> Iterator[Uplift]:
    """A second try is for people who were counted with the first."""
    firsts = Counter[str]()
    for run, own in by_run:
        if run.goal_id is not None and run.retry_of_id is None:
            firsts.update(own.numbers)
    done = numbers.get("converted", 0) + numbers.get("unsent_converted", 0)
    for reason, name, called in GROUPS:
        if people := firsts[f"suppressed:{reason}"]:
            control = _counted(numbers, name, people)
            treated = Counted(min(done, firsts["assigned"]), firsts["assigned"])
            yield Uplift(called, name, treated, control)


def _counted(numbers: Numbers, name: str, people: int) -> Counted:
    return Counted(min(numbers.get(name, 0), people), people)


def _both(uplift: Uplift) -> str:
    treated, control = uplift.treated, uplift.control
    return (
        f"Of {treated.people:,} who were to get it, {_share(treated)} reached the goal; of"
        f" {control.people:,} in {uplift.name}, {_share(control)}."
    )


def _share(counted: Counted) -> str:
    return f"{counted.did:,} ({percent(counted.did, counted.people)})"


def _compared(uplift: Uplift) -> str:
    low, high = difference(uplift.control, uplift.treated)
    if low <= 0 <= high:
        return f"The difference may be chance: {_between(low, high)}."
    if high < 0:
        return f"Without the campaign more would have reached it: {_between(-high, -low)} more."
    brought = (uplift.treated.rate - uplift.control.rate) * uplift.treated.people
    return (
        f"About {_rounded(brought):,} of them would not have reached it without the campaign:"
        f" {_between(low, high)} more."
    )


def _between(low: float, high: float) -> str:
    points = f"{100 * low:.1f} and {100 * high:.1f} percentage points"
    return f"with 95 % certainty it is between {points}"


def _rounded(number: float) -> int:
    """To two digits that count: nobody knows better."""
    return int(round(number, 2 - len(str(int(number))))) if number >= 100 else round(number)
