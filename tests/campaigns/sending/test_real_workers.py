"""What only real processes show: who waits for whom, and what a kill leaves."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    MessageKind,
    Outbox,
    OutboxState,
    Run,
    RunStatus,
    State,
)
from campaigns.outbox.enqueueing import enqueue, enqueue_template
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish, resume
from providers.models import Incident, IncidentKind, Project
from providers.watch.actors import SYSTEM, Actor
from templates_app.models import Category, Template, TemplateVersion
from tests.campaigns.recount import recount
from tests.factories import (
    CustomListFactory,
    ListMemberFactory,
    MembershipFactory,
    ProfileFactory,
    ProviderFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator
from tests.workers import celery_worker, database_url

pytestmark = pytest.mark.django_db(transaction=True)

RATE = 24
START_SECONDS = 60.0


@pytest.fixture
def simulator() -> Iterator[SimulatorClient]:
    with running_simulator(reports=False) as simulator:
        yield simulator


def launched(project: Project, *, people: int) -> Run:
    """A campaign to so many people of its own, ready to be sent."""
    chosen = CustomListFactory.create(project=project)
    for profile in ProfileFactory.create_batch(people, project=project):
        ListMemberFactory.create(custom_list=chosen, profile=profile)
    variant = VariantFactory.create(
        campaign__project=project,
        campaign__to=[chosen],
    )
    publish(variant.campaign, by=Actor(MembershipFactory.create(project=project).user))
    run = variant.campaign.runs.get()
    launch(run.pk)
    return run


def sent_to(simulator: SimulatorClient) -> list[str]:
    """The phones that were sent to, in the order in which the gateway read the requests."""
    return [row["phone"] for row in simulator.book() if row["method"].lower() == "sendmessage"]


def wait_for(simulator: SimulatorClient, count: int) -> list[str]:
    ends = time.monotonic() + START_SECONDS
    while len(phones := sent_to(simulator)) < count:
        assert time.monotonic() < ends, f"{len(phones)} of {count} requests"
        time.sleep(0.05)
    return phones


def urgent_ones(project: Project, version: TemplateVersion) -> Sequence[Message]:
    """One of every kind that is not a campaign's."""
    texts = [
        enqueue(
            project,
            kind=kind,
            phone=f"+9190000700{kind:02}",
            match_key=919000070000 + kind,
            text="Thanks for writing!",
        )
        for kind in (MessageKind.AUTO_REPLY, MessageKind.CONFIRMATION, MessageKind.REPLY)
    ]
    templates = [
        enqueue_template(
            project,
            kind=kind,
            phone=f"+9190000700{kind:02}",
            match_key=919000070000 + kind,
            version=version,
            values={"body.1": {"text": "Asha"}},
            person={"profile": {}},
        )
        for kind in (MessageKind.TEST, MessageKind.API)
    ]
    return [*texts, *templates]


def test_campaigns_share_the_rate_and_nothing_urgent_waits_behind_them(
    project: Project, simulator: SimulatorClient
) -> None:
    """Two workers. The small campaign, which came last, does not wait for the large one to end;
    whatever is not a campaign's goes ahead of both."""
    ProviderFactory.create(project=project, rate=RATE, **CREDENTIALS)
    runs = [launched(project, people=people) for people in (5 * RATE, RATE, RATE)]
    run_of = {m.phone.lstrip("+"): m.run_id for m in Message.objects.all()}
    version = runs[0].campaign.variants.get().version
    # A program's marketing would wait for a yes of whoever it goes to.
    Template.objects.filter(pk=version.template_id).update(category=Category.UTILITY)
    environment = {"GATEWAY_SEND_URL": simulator.gateway_url}

    with celery_worker("send", **environment), celery_worker("send", **environment):
        first = wait_for(simulator, 2 * RATE)
        urgent = {m.phone.lstrip("+") for m in urgent_ones(project, version)}
        before = seen = len(sent_to(simulator))
        while not urgent <= set(wait_for(simulator, seen + 1)):
            seen += 1
        waiting = Outbox.objects.filter(run=runs[0]).count()
        in_order = sent_to(simulator)

    shares = Counter(run_of[phone] for phone in first[: 2 * RATE])
    part = pytest.approx(2 * RATE / 3, abs=RATE / 4)
    assert [shares[run.pk] for run in runs] == [part] * 3
    # No more than the rate lets out in a second, and most of the large one still waits.
    last = max(in_order.index(phone) for phone in urgent)
    assert (last - before <= RATE, waiting >= RATE) == (True, True)
    assert len(in_order) == len(set(in_order))


# A campaign that fails everybody ------------------------------------------------------------------


def test_a_small_campaign_that_fails_everybody_pauses_before_it_has_and_again_after_a_resume(
    project: Project, simulator: SimulatorClient
) -> None:
    """Two workers. Its picture can't be fetched, so Gupshup refuses each message: an incident says
    what to do, and whoever was not called waits. What failed before does not count twice."""
    ProviderFactory.create(project=project, rate=500, **CREDENTIALS)
    simulator.options(behaviour="media_refused", latency=0.3)
    run = launched(project, people=79)
    environment = {"GATEWAY_SEND_URL": simulator.gateway_url, "SEND_STORM_WINDOW": "100"}

    with celery_worker("send", **environment), celery_worker("send", **environment):
        first = failed_when_paused(run)
        told = Incident.objects.get(closed_at=None)
        resume(run.campaign, by=SYSTEM)
        both = failed_when_paused(run)
        simulator.options(behaviour="read")
        resume(run.campaign, by=SYSTEM)
        wait_until(lambda: not Outbox.objects.exists(), "the rest is not sent")

    assert (10 <= first <= 20, first + 10 <= both <= first + 20) == (True, True)
    assert told.kind == IncidentKind.STORM
    assert told.detail == (
        f"{run.campaign.name}: the last 10 messages failed or got no clear answer, so the campaign "
        "was paused before everybody meets the same. The latest: Gupshup could not fetch the "
        "picture or file from its address (“The media could not be fetched from the given URL.”). "
        "Open the address in a private window of a browser: it must begin with https and show the "
        "file to everybody. Where another one is needed, clone the campaign and change it there. "
        "Then resume the campaign: whoever was not called yet still waits."
    )
    assert Counter(run.messages.values_list("state", flat=True)) == {
        State.FAILED: both,
        State.SENT: 79 - both,
    }
    assert dict(totals([run.pk])) == recount([run.pk])
    assert list(Incident.objects.open()) == []


def failed_when_paused(run: Run) -> int:
    """Once nothing is open any more."""
    campaign, outbox = Campaign.objects.filter(pk=run.campaign_id), Outbox.objects.filter(run=run)
    wait_until(lambda: campaign.filter(status=CampaignStatus.PAUSED).exists(), "it is not paused")
    wait_until(lambda: not outbox.filter(state=OutboxState.CLAIMED).exists(), "requests are open")
    run.campaign.refresh_from_db()
    return run.messages.filter(state=State.FAILED).count()


def wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while not holds():
        assert time.monotonic() < ends, otherwise
        time.sleep(0.05)


# A launch that is killed --------------------------------------------------------------------------

KILLED = """
import os, signal, sys
import django
django.setup()
from campaigns.running import launching, writing_chunks
from campaigns.models import LaunchShare

writing_chunks.CHUNK = 20
left = int(sys.argv[3])

def die_at_the_last(act, *arguments, **named):
    global left
    done = act(*arguments, **named)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

if sys.argv[2] == "before the commit":
    save = LaunchShare.save
    LaunchShare.save = lambda share, **named: die_at_the_last(save, share, **named)
else:
    chunk = launching._launch_chunk
    launching._launch_chunk = lambda run_id: die_at_the_last(chunk, run_id)
launching.launch(int(sys.argv[1]))
"""


@pytest.mark.parametrize(("where", "chunks"), [("before the commit", 3), ("after the commit", 2)])
def test_a_launch_that_is_killed_goes_on_where_it_was(
    project: Project, where: str, chunks: int
) -> None:
    ProviderFactory.create(project=project, **CREDENTIALS)
    people = ProfileFactory.create_batch(90, project=project)
    for twin in people[:5]:
        ProfileFactory.create(project=project, phone=twin.phone)
    campaign = VariantFactory.create(campaign__project=project).campaign
    publish(campaign, by=Actor(MembershipFactory.create(project=project).user))
    run = campaign.runs.get()

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(run.pk), where, str(chunks)],
        env=os.environ
        | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings.testing"},
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert Message.objects.filter(run=run).count() < 95
    assert dict(totals([run.pk])) == recount([run.pk])
    launch(run.pk)
    run.refresh_from_db()
    rows = list(Message.objects.filter(run=run).values_list("profile_id", "state"))
    assert len({profile for profile, _ in rows}) == len(rows) == 95
    assert Counter(state for _, state in rows) == {State.QUEUED: 90, State.SUPPRESSED: 5}
    assert (run.status, Outbox.objects.filter(run=run).count()) == (RunStatus.SENDING, 90)
    assert dict(totals([run.pk])) == recount([run.pk])
