"""People press what they please in the middle of a campaign, several of them at once."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from django.db import close_old_connections, connection

from campaigns.audience.lists import ListError, delete_list
from campaigns.models import Campaign, CampaignStatus, ListMember, Message, Reason, State
from campaigns.running.lifecycle import LifecycleError, pause, resume, stop
from providers.watch.actors import Actor
from templates_app.keeping import statuses
from templates_app.models import Status
from tests.campaigns.recount import recount_in_time, series
from tests.factories import CustomListFactory, MembershipFactory, VariantFactory
from tests.faults.campaign import (
    CampaignFault,
    Scene,
    connected,
    may_have_left,
    new_profiles,
    open_scene,
    published,
)
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.world import SENDER, World

BROWSERS = 4
SENT_IN, GOES_ON = 100, 30  # seconds


class PausedAndResumedByMany(CampaignFault):
    """Four people pause and resume it, each as they please and as fast as they can, while it is
    being launched and sent. Where there are very many people (SIZE), somebody stops it then."""

    def play(self, world: World, play: Play) -> Verdict:
        return self._among_very_many(world, play) if play.size else super().play(world, play)

    def _among_very_many(self, world: World, play: Play) -> Verdict:
        world.simulator.options(latency=0.05, behaviours=False, reports=False)
        world.one(SENDER)
        scene = open_scene(world, play, rate=play.size // SENT_IN, resends=False)
        self.strike(scene)
        scene.wait(quick=GOES_ON, full=GOES_ON)
        stop(scene.campaign, by=_somebody(scene.campaign))
        scene.wait_for(lambda: _is_settled(scene), "it has not stopped")
        return _judge(self.name(), scene, Reason.CAMPAIGN_STOPPED)

    def strike(self, scene: Scene) -> int:
        presses = scene.play.amount(quick=15, full=60) + scene.play.size // 2_000
        with ThreadPoolExecutor(BROWSERS) as browsers:
            for pressing in [
                browsers.submit(_press, scene.campaign.pk, presses, random.Random(seed))
                for seed in range(scene.play.seed, scene.play.seed + BROWSERS)
            ]:
                pressing.result()
        _move(resume, scene.campaign.pk)
        return 0


def _press(campaign_id: int, presses: int, dice: random.Random) -> None:
    close_old_connections()
    try:
        for _ in range(presses):
            _move(dice.choice((pause, resume)), campaign_id)
            time.sleep(dice.uniform(0, 0.1))
    finally:
        connection.close()


def _move(act: Callable[..., None], campaign_id: int) -> None:
    """A second press finds the campaign paused or going already, or over."""
    campaign = Campaign.objects.get(pk=campaign_id)
    with suppress(LifecycleError):
        act(campaign, by=_somebody(campaign))


def _somebody(campaign: Campaign) -> Actor:
    return Actor(campaign.project.memberships.order_by("?")[0].user)


class ItsListAndTemplateDeleted(Fault):
    """In mid-send somebody deletes the list that it goes to, which is refused, and takes people out
    of it, which changes nothing; then somebody deletes its template, or has it rejected: it stops.
    Who had not got it is left out, and told so."""

    def play(self, world: World, play: Play) -> Verdict:
        world.simulator.options(latency=0.3, behaviours=False, reports=False)
        world.one(SENDER)
        scene = _to_a_list(world, play)
        scene.wait_for_requests(scene.dice.uniform(0.05, 0.2))
        by = _somebody(scene.campaign)
        custom_list = scene.campaign.all_parts[0].custom_list
        assert custom_list is not None
        with suppress(ListError):
            delete_list(custom_list, by=by)
        ListMember.objects.filter(custom_list=custom_list).delete()
        _end_template(scene, by)
        scene.wait_for(lambda: _is_settled(scene), "it has not stopped")
        return _judge(self.name(), scene, Reason.TEMPLATE_NOT_APPROVED)


def _to_a_list(world: World, play: Play) -> Scene:
    project = connected(world, rate=4)  # under way still when a busy machine comes to it
    MembershipFactory.create(project=project)
    profiles = new_profiles(play.people(), project)
    listed = CustomListFactory.create(project=project)
    ListMember.objects.bulk_create(
        ListMember(custom_list=listed, profile=profile) for profile in profiles
    )
    variant = VariantFactory.create(campaign__project=project, campaign__to=[listed])
    return published(world, play, variant.campaign, to=profiles)


def _end_template(scene: Scene, by: Actor) -> None:
    template = scene.campaign.variants.get().version.template
    if scene.play.seed % 2:
        statuses.set_status(template, Status.REJECTED, by=by, why="Not wanted any more.")
    else:
        statuses.delete(template, by=by)


def _is_settled(scene: Scene) -> bool:
    waiting = Message.objects.filter(run=scene.run, state=State.QUEUED)
    return scene.status() == CampaignStatus.STOPPED and not waiting.exists()


def _judge(name: str, scene: Scene, why: Reason) -> Verdict:
    """Who is said to have been left out was never called, and everybody else was, once."""
    messages = list(Message.objects.filter(run=scene.run))
    reached = Counter(row["phone"] for row in scene.requests() if may_have_left(row))
    phones = {message.phone.lstrip("+"): message for message in messages}
    left_out = [m for m in messages if m.state == State.SUPPRESSED]
    verdict = Verdict(
        fault=name,
        people=len(scene.phones),
        reached_once=sum(times == 1 for times in reached.values()),
        doubled=sum(times > 1 for times in reached.values()),
        lost=len(set(scene.phones) - set(phones))
        + sum(m.state == State.SENT and phone not in reached for phone, m in phones.items()),
        counters_ok=series([scene.run.pk]) == recount_in_time(scene.run.messages.all()),
    )
    wrong = sum(m.phone.lstrip("+") in reached for m in left_out)
    reasons = {m.reason for m in left_out} - {why}
    strange = {State(m.state).name for m in messages} - {"SENT", "SUPPRESSED"}
    problems = [f"{wrong} were left out, and reached"] if wrong else []
    problems += [f"unexpected: {sorted(reasons | strange)}"] if reasons or strange else []
    return replace(verdict, problems=problems)
