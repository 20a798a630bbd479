"""What became of a campaign's people, from the run's tallies: no message row is read here.

Each number has a slice: the condition by which a list finds exactly the messages it counts.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, Sum

from campaigns.gates.base import Explanation
from campaigns.gates.explaining import Again, again_of, explain, met_by
from campaigns.ledger.counting_once import superseded_among, superseded_by_campaign
from campaigns.ledger.tallies import totals
from campaigns.models import (
    OWN_HAND,
    Conversion,
    ConversionOf,
    Reason,
    Run,
    State,
    SubscriptionChange,
    Tally,
)

Numbers = Mapping[str, int]
# Who leaves later had another reason.
LEFT_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Slice:
    """`name` is the tally's; `label` says it in a funnel or a filter; `means` stands below that."""

    name: str
    label: str
    condition: Q
    means: str = ""


FAILED = Q(state__in=[State.FAILED, State.UNKNOWN])


def _converted(who: ConversionOf) -> Q:
    return Q(Exists(Conversion.objects.filter(message=OuterRef("pk"), who=who)))


SLICES: Mapping[str, Slice] = {
    part.name: part
    for part in (
        Slice("targeted", "Targeted", Q(), "everybody whom the audience held"),
        Slice("queued", "Queued", Q(state=State.QUEUED), "still waiting for their turn"),
        Slice("suppressed", "Suppressed", Q(state=State.SUPPRESSED)),
        Slice("in_doubt", "In doubt", Q(state=State.IN_DOUBT)),
        Slice("sent", "Sent", Q(sent_at__isnull=False), "Gupshup took it"),
        Slice(
            "delivered",
            "Delivered",
            Q(delivered_at__isnull=False),
            "on the phone, by a report; a view counts, too",
        ),
        Slice(
            "read",
            "Viewed",
            Q(read_at__isnull=False),
            "by a report, where the person lets that be known",
        ),
        Slice("clicked", "Clicked", Q(clicked_at__isnull=False), "at least once"),
        Slice(
            "replied",
            "Replied",
            Q(replied_at__isnull=False),
            "their first answer to the last campaign they got",
        ),
        Slice(
            "converted",
            "Converted",
            _converted(ConversionOf.SENT),
            "reached the goal in its time",
        ),
        Slice("failed", "Failed", FAILED),
    )
}
# Parts of the sums that have no tally of their own.
PARTS: Mapping[str, Slice] = {
    part.name: part
    for part in (
        Slice("not_sent", "Failed without being sent", FAILED & Q(sent_at=None)),
        Slice("failed_later", "Failed after being sent", FAILED & Q(sent_at__isnull=False)),
        Slice(
            "no_report",
            "Sent, without a report so far",
            Q(sent_at__isnull=False, delivered_at=None) & ~FAILED,
        ),
    )
}
# Who reached the goal without a message. Asked for by the comparison with the control groups alone.
WITHOUT_A_MESSAGE: Mapping[str, Slice] = {
    part.name: part
    for part in (
        Slice("unsent_converted", "Converted unsent", _converted(ConversionOf.UNSENT)),
        Slice("control_converted", "Converted, control group", _converted(ConversionOf.CONTROL)),
        Slice(
            "project_control_converted",
            "Converted, project's control group",
            _converted(ConversionOf.PROJECT_CONTROL),
        ),
    )
}
# By their own hand, as OWN_HAND has it.
LEFT = Slice(
    "left",
    "Opted out within 24 hours",
    Q(
        Exists(
            SubscriptionChange.objects.filter(
                project=OuterRef("project"),
                match_key=OuterRef("send_key"),
                value=True,
                source__in=OWN_HAND,
                at__gte=OuterRef("sent_at"),
                at__lt=OuterRef("sent_at") + LEFT_WITHIN,
            )
        )
    ),
)
# Those that have a tally, and so are counted already.
COUNTED = {**SLICES, **WITHOUT_A_MESSAGE}
ALL_SLICES = {**COUNTED, **PARTS, LEFT.name: LEFT}

# A step of the funnel, and what it is a share of.
FUNNEL = (
    ("targeted", ""),
    ("queued", "targeted"),
    ("sent", "targeted"),
    ("delivered", "sent"),
    ("read", "delivered"),
    ("clicked", "delivered"),
    ("replied", "delivered"),
    ("converted", "delivered"),
)

# Their message was ready, and their turn did not come before it was over.
LEFT_WAITING = (
    Reason.CAMPAIGN_STOPPED,
    Reason.CUT_OFF,
    Reason.QUIET_HOURS,
    Reason.DISCONNECTED,
)

OF_A_RUN = ("targeted", "sent", "delivered", "read", "failed", "suppressed")


@dataclass(frozen=True, slots=True)
class Stage:
    """`of` is the number that it is a share of; `width` its bar, in percent of everybody."""

    slice: Slice
    count: int
    of: int
    of_label: str
    width: float

    @property
    def share(self) -> str:
        """Like "93.5 % of 1,204 sent"; empty where it would say nothing."""
        if not self.of or self.count > self.of:
            return ""
        return f"{percent(self.count, self.of)} of {self.of:,} {self.of_label.lower()}"


@dataclass(frozen=True, slots=True)
class Cause:
    """So many people, for one reason."""

    slice: Slice
    reason: str
    code: str
    count: int
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Results:
    """`again`: how those who failed can still be reached; `has_goal`: the campaign was to bring
    something about."""

    numbers: Numbers
    again: Again = Again.BY_RETRY
    has_goal: bool = False

    def count(self, name: str) -> int:
        return self.numbers.get(name, 0)

    @property
    def attempted(self) -> int:
        """For whom Gupshup was called."""
        without = self.count("queued") + self.count("suppressed")
        return max(self.count("targeted") - without, 0)

    @property
    def meant(self) -> int:
        """Who was to get it: all but those who were left out for a reason of their own."""
        return self.attempted + self.count("queued") + self.left_waiting

    @property
    def left_waiting(self) -> int:
        return sum(self.count(f"suppressed:{reason}") for reason in LEFT_WAITING)

    @property
    def percent(self) -> int:
        return 100 * self.attempted // self.meant if self.meant else 0

    @property
    def progress(self) -> str:
        """Like "120 of 170 people, 30 left out"."""
        left_out = max(self.count("suppressed") - self.left_waiting, 0)
        if not self.meant and not left_out:
            return "Nobody yet"
        people = "person" if self.meant == 1 else "people"
        done = f"{self.attempted:,} of {self.meant:,} {people}" if self.meant else "Nobody"
        return f"{done}, {left_out:,} left out" if left_out else done

    @property
    def failed_later(self) -> int:
        """Counted in *sent* and in *failed*: Gupshup took it, a report says that it failed. What
        else is counted once adds up to everybody."""
        once = ("queued", "suppressed", "in_doubt", "sent", "failed")
        return max(sum(self.count(name) for name in once) - self.count("targeted"), 0)

    @property
    def funnel(self) -> list[Stage]:
        steps = FUNNEL if self.has_goal else FUNNEL[:-1]
        return [self._stage(name, of) for name, of in steps]

    @property
    def of_a_run(self) -> list[tuple[str, int]]:
        return [(name, self.count(name)) for name in OF_A_RUN]

    @property
    def targeted(self) -> int:
        return self.count("targeted")

    @property
    def in_doubt(self) -> int:
        return self.count("in_doubt")

    @property
    def clicks(self) -> int:
        """Every click, where `clicked` counts people."""
        return self.count("clicks")

    @property
    def has_repeated_clicks(self) -> bool:
        return self.clicks > self.count("clicked")

    @property
    def converted(self) -> int:
        return self.count("converted")

    @property
    def failed_total(self) -> int:
        return self.count("failed")

    @property
    def suppressed_total(self) -> int:
        return self.count("suppressed")

    @property
    def failed(self) -> list[Cause]:
        return self._causes("failed")

    @property
    def suppressed(self) -> list[Cause]:
        return self._causes("suppressed")

    def _stage(self, name: str, of: str) -> Stage:
        everybody = self.count("targeted")
        return Stage(
            slice=SLICES[name],
            count=self.count(name),
            of=self.count(of) if of else 0,
            of_label=SLICES[of].label if of else "",
            width=100 * self.count(name) / everybody if everybody else 0.0,
        )

    def _causes(self, name: str) -> list[Cause]:
        causes = [
            self._cause(SLICES[name], label.split(":", 2)[1:], count)
            for label, count in self.numbers.items()
            if label.startswith(f"{name}:") and count
        ]
        return sorted(causes, key=lambda cause: (-cause.count, cause.reason, cause.code))

    def _cause(self, part: Slice, names: list[str], count: int) -> Cause:
        reason, code = names[0], names[1] if len(names) > 1 else ""
        met = met_by(count, among=self.attempted)
        explanation = explain(reason, code, again=self.again, met=met)
        return Cause(part, reason, code, count, explanation)


# A campaign's runs, each with its own numbers.
ResultsByRun = Sequence[tuple[Run, Results]]


def results_of(run_ids: Iterable[int]) -> Results:
    """Of these runs together, everybody counted once. Two queries, however many messages."""
    ids = list(run_ids)
    return Results(_without(totals(ids), superseded_among(ids)))


def results_by_run(runs: Iterable[Run]) -> ResultsByRun:
    """One query, however many runs and messages."""
    mine = list(runs)
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    sums = Tally.objects.filter(run__in=mine).values_list("run_id", "name").annotate(Sum("n"))
    for run_id, name, total in sums:
        numbers[run_id][name] = total
    return [(run, Results(numbers[run.pk])) for run in mine]


def together(by_run: ResultsByRun) -> Results:
    """All runs of a campaign, everybody counted once. No query."""
    numbers, superseded = Counter[str](), Counter[str]()
    for run, own in by_run:
        numbers.update(own.numbers)
        superseded.update(run.superseded)
    has_goal = any(run.goal_id for run, _ in by_run)
    return Results(_without(numbers, superseded), again=_again(by_run), has_goal=has_goal)


def _again(by_run: ResultsByRun) -> Again:
    if not by_run:
        return Again.BY_RETRY
    retried = any(run.retry_of_id for run, _ in by_run)
    return again_of(by_run[0][0].campaign, retried=retried)


def results_by_campaign(campaign_ids: Collection[int]) -> dict[int, Results]:
    """Two queries for a page of campaigns; a campaign without numbers has empty ones."""
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    sums = Tally.objects.filter(run__campaign__in=campaign_ids).values_list(
        "run__campaign_id", "name"
    )
    for campaign_id, name, total in sums.annotate(Sum("n")):
        numbers[campaign_id][name] = total
    superseded = superseded_by_campaign(campaign_ids)
    return {pk: Results(_without(numbers[pk], superseded.get(pk, {}))) for pk in campaign_ids}


def _without(numbers: Numbers, superseded: Numbers) -> Numbers:
    return {name: n - superseded.get(name, 0) for name, n in numbers.items()}


def percent(part: int, whole: int) -> str:
    """One decimal, and never 0.0 % or 100.0 % of what is not exactly none or all."""
    if part == 0:
        return "0 %"
    if part == whole:
        return "100 %"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f} %"
