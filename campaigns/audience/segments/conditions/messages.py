"""What became of a campaign's messages to somebody, or that they reached its goal: of one campaign,
or of any."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from campaigns.audience.segments.given import Given, When, read_when
from campaigns.audience.segments.rules import Condition, Person, SentMessage, Statement
from campaigns.audience.segments.spans import Clock, Span
from campaigns.ledger.tallies import QUARTER
from campaigns.models import ConversionOf, MessageKind, Reason, State


@dataclass(frozen=True, slots=True)
class Outcome:
    """`column` is the time that a span is about, empty where a message may have several; `states`,
    where a time alone does not tell; `counted`, the tally that has that time."""

    words: str
    column: str
    states: tuple[State, ...] = ()
    counted: str = ""


OUTCOMES = {
    "targeted": Outcome("were chosen for", "created_at"),
    "sent": Outcome("were sent", "sent_at", counted="sent"),
    "delivered": Outcome("had delivered", "delivered_at", counted="delivered"),
    "viewed": Outcome("viewed", "read_at", counted="read"),
    "clicked": Outcome("clicked in", "clicked_at", counted="clicked"),
    "replied": Outcome("replied to", "replied_at", counted="replied"),
    "converted": Outcome("reached the goal of", ""),
    "failed": Outcome(
        "failed to get", "failed_at", (State.FAILED, State.UNKNOWN), counted="failed"
    ),
    "suppressed": Outcome("were left out of", "created_at", (State.SUPPRESSED,)),
}
WITH_REASON = ("failed", "suppressed")


@dataclass(frozen=True, slots=True)
class Happened(Condition):
    outcome: str
    did: bool
    campaign_id: int | None
    campaign: str
    reason: str
    when: When | None

    def sql(self, statement: Statement) -> str:
        found = self._messages(statement) if self._column else self._conversions(statement)
        return f"{'' if self.did else 'NOT '}EXISTS ({found})"

    @property
    def _column(self) -> str:
        return OUTCOMES[self.outcome].column

    def _messages(self, statement: Statement) -> str:
        outcome = OUTCOMES[self.outcome]
        where = [
            "m.profile_id = p.id",
            f"m.run_id = ANY(ARRAY({self._runs(statement)}))",
            f"m.kind = {MessageKind.CAMPAIGN:d}",
        ]
        if outcome.states:
            where.append(f"m.state IN ({', '.join(f'{state:d}' for state in outcome.states)})")
        if self.reason:
            where.append(f"m.reason = {statement.value(self.reason)}")
        if self.when is not None:
            where.append(statement.within(f"m.{outcome.column}", self.when.span(statement.clock)))
        elif not outcome.states:
            where.append(f"m.{outcome.column} IS NOT NULL")
        return f"SELECT 1 FROM campaigns_message m WHERE {' AND '.join(where)}"

    def _conversions(self, statement: Statement) -> str:
        """By the campaigns, whose conversions have an index, and are few beside their messages."""
        campaigns = "SELECT c.id FROM campaigns_campaign c WHERE c.project_id = %(project)s"
        if self.campaign_id is not None:
            campaigns += f" AND c.id = {statement.value(self.campaign_id)}"
        where = [
            "v.profile_id = p.id",
            f"v.campaign_id = ANY(ARRAY({campaigns}))",
            f"v.who = {ConversionOf.SENT:d}",
        ]
        if self.when is not None:
            where.append(statement.within("v.at", self.when.span(statement.clock)))
        return f"SELECT 1 FROM campaigns_conversion v WHERE {' AND '.join(where)}"

    def _runs(self, statement: Statement) -> str:
        """By the runs, since a run and a person have an index together."""
        if self.campaign_id is not None:
            wanted = statement.value(self.campaign_id)
            return f"SELECT r.id FROM campaigns_run r WHERE r.campaign_id = {wanted}"
        runs = (
            "SELECT r.id FROM campaigns_run r JOIN campaigns_campaign c ON c.id = r.campaign_id"
            " WHERE c.project_id = %(project)s"
        )
        if self.when is None or not OUTCOMES[self.outcome].counted:
            return runs
        return f"{runs} AND ({self._may_be_in_time(statement, self.when)})"

    def _may_be_in_time(self, statement: Statement, when: When) -> str:
        """Of r, whose tallies know in which quarters of an hour it happened. Most campaigns are
        long over, and their messages need not be read."""
        span = when.span(statement.clock)
        quarters = Span(span.since and span.since - QUARTER, span.until)
        tallies = "SELECT FROM campaigns_tally t WHERE t.run_id = r.id"
        return (
            f"NOT EXISTS ({tallies}) OR EXISTS ({tallies}"
            f" AND t.name = '{OUTCOMES[self.outcome].counted}'"
            f" AND (t.quarter IS NULL OR {statement.within('t.quarter', quarters)}))"
        )

    def holds(self, person: Person) -> bool:
        return (
            any(self.is_counted(message, person.clock) for message in person.messages) == self.did
        )

    def is_counted(self, message: SentMessage, clock: Clock) -> bool:
        outcome = OUTCOMES[self.outcome]
        times = self._times(message)
        is_in_time = (
            any(self.when.span(clock).holds(at) for at in times)
            if self.when
            else bool(outcome.states or times)
        )
        return (
            is_in_time
            and self.campaign_id in (None, message.campaign)
            and (not outcome.states or message.state in outcome.states)
            and (not self.reason or message.reason == self.reason)
        )

    def _times(self, message: SentMessage) -> Sequence[datetime]:
        """When it happened to this message."""
        if not self._column:
            return message.conversions
        at: datetime | None = getattr(message, self._column)
        return [at] if at else []

    def words(self) -> str:
        campaign = f"the campaign “{self.campaign}”" if self.campaign_id else "any campaign"
        said = f"they {'' if self.did else 'never '}{OUTCOMES[self.outcome].words} {campaign}"
        if self.reason:
            said += f" ({Reason(self.reason).label})"
        return f"{said} {self.when.words}" if self.when else said

    def seen(self, person: Person) -> str:
        """The newest that is asked about, in time or not."""
        ever = replace(self, when=None)
        found = [
            (max(self._times(one), default=one.created_at), one.name)
            for one in person.messages
            if ever.is_counted(one, person.clock)
        ]
        if not found:
            return "no such message"
        at, name = max(found)
        return f"the newest: “{name}”, {person.clock.in_words(at)}"


def read(given: Given) -> Condition:
    outcome = given.choice("what", OUTCOMES)
    did = given.choice("is", ["did", "did_not"]) == "did"
    campaign_id = None
    if given.has("campaign"):
        campaign_id = given.one_of("campaign", given.known.campaigns, "campaign")
    reason = ""
    if outcome in WITH_REASON and given.has("reason"):
        reason = given.choice("reason", Reason.values)
    name = given.known.campaigns[campaign_id] if campaign_id else ""
    return Happened(outcome, did, campaign_id, name, reason, read_when(given))
