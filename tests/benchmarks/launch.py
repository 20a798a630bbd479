"""From an audience to message rows: seconds, memory, and the same by bulk_create."""

import os

from campaigns.models import Message, MessageKind, Outbox, Profile
from campaigns.running.writing_chunks import CHUNK
from providers.models import Project
from tests.benchmarks.measuring import measured, peak_mb, reset_peak, say
from tests.benchmarks.people import make_campaign, make_project
from tests.benchmarks.sending import launched

NAIVE_SIZE = 10_000


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
    say("launch", size=size, seconds=spent.seconds, peak_mb=peak, vs_naive=theirs / ours)


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
