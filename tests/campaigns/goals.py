"""Events that a goal may be, and goals about them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.audience.uploads.verdicts import Outcome
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Conversion,
    ConversionOf,
    EventKind,
    EventKindProperty,
    Goal,
    GoalEvent,
    Message,
    Profile,
    Run,
    State,
)
from campaigns.running.crediting import credit_conversions
from campaigns.running.pinning_goals import pinned_goal
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.factories import CampaignFactory, EventKindFactory, MessageFactory, RunFactory

NOW = timezone.now().replace(microsecond=0)
CHARGED = {"Amount": "number", "Currency": "text", "Coupon": "text", "Gift": "boolean"}


def event(project: Project, name: str = "Charged", **properties: str) -> EventKind:
    """An event that has come with these properties, by their types."""
    kind = EventKindFactory.create(project=project, name=name)
    for key, kind_of_value in (properties or CHARGED).items():
        EventKindProperty.objects.create(kind=kind, name=key, type=kind_of_value)
    return kind


def goal(name: str = "Charged", *, minutes: int = 60, **more: Any) -> dict[str, Any]:
    return {"event": name, "minutes": minutes, **more}


def amount(least: float) -> dict[str, Any]:
    return {"on": "number", "property": "Amount", "is": "at_least", "value": least}


def with_goal(project: Project, *, control: bool = False, **document: Any) -> Run:
    """A run whose campaign has a goal, begun two hours ago."""
    kind = EventKind.objects.filter(project=project, name="Charged").first()
    kind or event(project)
    campaign = CampaignFactory.create(
        project=project,
        goal=goal(**document),
        status=CampaignStatus.RUNNING,
        control_percent=10 if control else None,
    )
    return another_run(campaign)


def another_run(campaign: Campaign, **fields: Any) -> Run:
    pinned = pinned_goal(campaign)
    Goal.objects.filter(campaign=campaign).update(opened_at=minutes_ago(200))
    run: Run = RunFactory.create(
        campaign=campaign,
        number=campaign.runs.count() + 1,
        goal=pinned,
        **{"started_at": minutes_ago(120), **fields},
    )
    return run


def minutes_ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def sent(run: Run, minutes: float, **fields: Any) -> Message:
    """A message that left so many minutes ago."""
    at = minutes_ago(minutes)
    return row(run, state=State.SENT, sent_at=at, **fields)


def row(run: Run, **fields: Any) -> Message:
    """Of somebody in the run, made ready when that began."""
    message: Message = MessageFactory.create(run=run, **{"created_at": run.started_at, **fields})
    return message


def did(person: Profile, minutes: float, name: str = "Charged", **properties: Any) -> None:
    """So many minutes ago, told now."""
    record = {
        "identity": person.identity,
        "name": name,
        "at": minutes_ago(minutes).isoformat(),
        "properties": properties,
    }
    [verdict] = upload(person.project, [record], by=SYSTEM)
    assert verdict.outcome == Outcome.STORED


def look_again() -> None:
    """As if the time had come for all that waits."""
    GoalEvent.objects.update(look_at=minutes_ago(0))
    credit_conversions()


def credited(campaign: Campaign) -> list[tuple[int, ConversionOf]]:
    """The message of each conversion, and who did it, in the order of the events."""
    found = Conversion.objects.filter(campaign=campaign).order_by("at", "pk")
    return [(pk, ConversionOf(who)) for pk, who in found.values_list("message", "who")]


def reached_the_goal(message: Message, who: ConversionOf = ConversionOf.SENT) -> Conversion:
    """Without a tally."""
    return Conversion.objects.create(
        campaign=message.campaign,
        run=message.run,
        variant=message.variant,
        message=message,
        profile=message.profile,
        who=who,
        kind_id=0,
        at=NOW,
        fingerprint=message.pk,
    )
