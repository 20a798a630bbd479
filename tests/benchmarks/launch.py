"""From an audience to message rows: seconds, memory, and the same by bulk_create. And how much
dearer it is to launch to a segment of three conditions, which all of them fulfil."""

import os
from statistics import median

from django.db import connection

from campaigns.models import (
    Audience,
    Campaign,
    CampaignStatus,
    Message,
    MessageKind,
    Outbox,
    Profile,
    ProfileProperty,
    Segment,
)
from campaigns.running.launching import launch
from campaigns.running.opening_runs import open_run
from campaigns.running.writing_chunks import CHUNK
from providers.models import Project
from tests.benchmarks.measuring import measured, peak_mb, reset_peak, say
from tests.benchmarks.people import make_campaign, make_project
from tests.benchmarks.sending import launched

NAIVE_SIZE = 10_000
PAIRS = 5
WRITTEN = ("campaigns_message", "campaigns_outbox", "campaigns_runaudience", "campaigns_tally")
RULE = {
    "version": 1,
    "match": "all",
    "conditions": [
        {"on": "text", "property": "city", "is": "equals", "value": "pune"},
        {"on": "number", "property": "points", "is": "between", "from": 0, "to": 499},
        {"on": "campaign", "what": "clicked", "is": "did_not"},
    ],
}


def run(size: int) -> None:
    project = make_project(people=size, rate=1)
    reset_peak(os.getpid())
    with measured(launcher=os.getpid()) as spent:
        launched(project)
    peak = peak_mb(os.getpid())
    theirs = _naive_cpu(make_project(people=NAIVE_SIZE, rate=1))
    ours = spent.cpu_per_1000(size)
    print(
        f"{size:,} people in {spent.seconds:.2f} s ({size / spent.seconds:,.0f}/s, chunks of "
        f"{CHUNK:,}), {peak:.0f} MB; CPU s per 1,000: {ours:.4f}, with bulk_create {theirs:.4f}"
    )
    dearer = _segment_vs_plain(size)
    print(f"to a segment that all are in: {dearer:.2f} x the seconds of everybody")
    say(
        "launch",
        size=size,
        seconds=spent.seconds,
        peak_mb=peak,
        vs_naive=theirs / ours,
        segment_vs_plain=dearer,
    )


def _segment_vs_plain(size: int) -> float:
    """The median over pairs, each launch to the same people and from an empty table of messages."""
    project, segment = project_with_segment(size)
    ratios = []
    for _ in range(PAIRS):
        plain = seconds_of_launch(make_campaign(project))
        ratios.append(seconds_of_launch(to_segment(make_campaign(project), segment)) / plain)
    return median(ratios)


def project_with_segment(size: int) -> tuple[Project, Segment]:
    """Everybody is in it."""
    project = make_project(people=size, rate=1)
    for name, kind in (("city", "text"), ("points", "number")):
        ProfileProperty.objects.create(project=project, name=name, type=kind)
    return project, Segment.objects.create(project=project, name="All", rule=RULE)


def to_segment(campaign: Campaign, segment: Segment) -> Campaign:
    campaign.audience = Audience.SOME
    campaign.parts.create(is_left_out=False, segment=segment)
    return campaign


def seconds_of_launch(campaign: Campaign) -> float:
    """Afterwards the table of messages is empty again."""
    campaign.status = CampaignStatus.LAUNCHING
    campaign.save()
    launching = open_run(campaign)
    with measured(launcher=os.getpid()) as spent:
        launch(launching.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE campaigns_message, campaigns_outbox, campaigns_runaudience CASCADE"
        )
        cursor.execute("CHECKPOINT")
    return spent.seconds


def _naive_cpu(project: Project) -> float:
    """CPU seconds per 1,000 people: read the profiles, build the rows, bulk_create both tables."""

    campaign = make_campaign(project)
    variant = campaign.variants.get()
    with measured(launcher=os.getpid()) as spent:
        messages = Message.objects.bulk_create(
            Message(
                project=project,
                kind=MessageKind.CAMPAIGN,
                campaign=campaign,
                variant=variant,
                profile=profile,
                phone=profile.phone,
                send_key=profile.match_key,
            )
            for profile in Profile.objects.filter(project=project, subscribed=True)
        )
        Outbox.objects.bulk_create(
            Outbox(message=message, project=project, campaign=campaign, lane=1)
            for message in messages
        )
    Outbox.objects.filter(campaign=campaign).delete()
    return spent.cpu_per_1000(NAIVE_SIZE)
