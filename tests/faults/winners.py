"""An A/B test, when its winner is picked: whoever waits gets it, and gets it once."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus, Message, State, VariantsBy
from campaigns.running.lifecycle import resume
from providers.models import AuditEntry
from providers.watch.actors import SYSTEM
from templates_app.keeping.statuses import set_status
from templates_app.models import Status
from tests.factories import CampaignFactory, VariantFactory
from tests.faults.campaign import Scene, connected, judge, new_profiles, published
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.world import HELPER, SENDER, World

RATE = 100


class WinnerPickerKilled(Fault):
    """kill -9 of the worker that picks the winner of an A/B test: before, within, or after."""

    plants = ("kill_before_the_winner", "kill_while_the_winner_is_picked", "kill_after_the_winner")

    def play(self, world: World, play: Play) -> Verdict:
        _quiet(world)
        world.without(HELPER)
        world.another(HELPER, plant=self.plants[play.seed % len(self.plants)], seed=play.seed)
        scene = _tested(world, play)
        _let_its_time_come(scene)
        world.latest(HELPER).wait_for_end(30.0)
        world.one(HELPER)
        scene.wait_for_the_end()
        return _judged(self.name(), scene)


class TemplatePausedBetweenTestAndRest(Fault):
    """Between an A/B test and its rest Meta pauses a template: those who wait go on waiting, and
    get the winner when it is approved again and somebody resumes the campaign."""

    def play(self, world: World, play: Play) -> Verdict:
        _quiet(world)
        scene = _tested(world, play)
        template = scene.campaign.variants.get(position=play.seed % 2).version.template
        set_status(template, Status.PAUSED, by=SYSTEM)
        _let_its_time_come(scene)
        scene.wait(quick=3.0, full=10.0)
        assert scene.status() == CampaignStatus.PAUSED
        assert Message.objects.filter(campaign=scene.campaign).exclude(run=scene.run).count() == 0
        set_status(template, Status.APPROVED, by=SYSTEM)
        resume(Campaign.objects.get(pk=scene.campaign.pk), by=SYSTEM)
        scene.wait_for_the_end()
        return _judged(self.name(), scene)


def _quiet(world: World) -> None:
    world.simulator.options(latency=0.3, behaviours=False, reports=False)
    world.one(SENDER)


def _tested(world: World, play: Play) -> Scene:
    """A campaign whose test has gone out to half of its people."""
    project = connected(world, rate=RATE)
    profiles = new_profiles(play.people(), project)
    campaign = CampaignFactory.create(
        project=project, variants_by=VariantsBy.TEST, test_percent=50, decides_after=1
    )
    for position in (0, 1):
        VariantFactory.create(campaign=campaign, position=position)
    scene = published(world, play, campaign, to=profiles)
    scene.wait_for(lambda: _has_gone_out(scene), "the test has not gone out")
    return scene


def _has_gone_out(scene: Scene) -> bool:
    messages = Message.objects.filter(run=scene.run)
    launched = scene.status() == CampaignStatus.RUNNING and messages.exists()
    return launched and not messages.filter(state=State.QUEUED).exists()


def _let_its_time_come(scene: Scene) -> None:
    Campaign.objects.filter(pk=scene.campaign.pk).update(decides_at=timezone.now())


def _judged(name: str, scene: Scene) -> Verdict:
    verdict = judge(name, scene, most_in_doubt=0)
    return replace(verdict, problems=[*verdict.problems, *_of_winner(scene)])


def _of_winner(scene: Scene) -> Sequence[str]:
    scene.campaign.refresh_from_db()
    picked = AuditEntry.objects.filter(
        action="campaign.winner_chosen", project=scene.campaign.project_id
    ).count()
    rest = Message.objects.filter(run__rest_of=scene.run)
    others = rest.exclude(variant=scene.campaign.winner_id).count()
    problems = [] if picked == 1 else [f"the winner was picked {picked} times"]
    return problems + ([f"{others} of the rest got another variant"] if others else [])
