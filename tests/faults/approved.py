"""Several members decide at once about a campaign that waits for approval."""

import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from django.test import Client

from campaigns.models import Approval, Campaign, CampaignStatus, Outcome
from campaigns.planning.preflight import variants_of
from campaigns.running.approving import ask_for_approval
from campaigns.running.publishing import fingerprint
from providers.models import AuditEntry, Project, User
from providers.watch.actors import Actor
from tests.factories import MembershipFactory, VariantFactory
from tests.faults.campaign import Scene, connected, judge, new_profiles
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.world import SENDER, WEB, World

RATE = 100
APPROVERS = 6
TOKEN = "k" * 32  # what a browser would have in its cookie and its form
WAITS = CampaignStatus.AWAITING


@dataclass(frozen=True, slots=True)
class Approver:
    """A member in a browser of their own."""

    world: World
    session: str

    def press(self, campaign: Campaign, button: str, **form: str) -> None:
        fields = {**form, "csrfmiddlewaretoken": TOKEN, "_project": str(campaign.project_id)}
        cookies = f"sessionid={self.session}; csrftoken={TOKEN}"
        address = f"/campaigns/campaign/{campaign.pk}/publish/{button}/"
        self.world.post_to_console(address, fields, cookies=cookies)


class SeveralApproveAtOnce(Fault):
    """Six members approve one campaign in the same moment; or one of them returns it meanwhile, or
    the console's process is killed. It is published once, or it is a draft again and asked for once
    more."""

    def play(self, world: World, play: Play) -> Verdict:
        world.simulator.options(latency=0.3, behaviours=False, reports=False)
        world.one(SENDER)
        world.one(WEB)
        project = connected(world, rate=RATE)
        Project.objects.filter(pk=project.pk).update(needs_approval=True)
        author, *others = [_member(project) for _ in range(APPROVERS + 1)]
        approvers = [_at_a_browser(world, one) for one in others]
        profiles = new_profiles(play.people(), project)
        campaign = VariantFactory.create(campaign__project=project).campaign
        ask_for_approval(campaign, by=Actor(author))
        _decide(world, campaign, approvers, play)
        problems = _until_it_is_out(campaign, approvers, author)
        scene = Scene(
            world=world,
            play=play,
            campaign=campaign,
            run=campaign.runs.get(),
            phones=[profile.phone.lstrip("+") for profile in profiles],
            dice=random.Random(play.seed),
        )
        scene.wait_for_the_end()
        verdict = judge(self.name(), scene, most_in_doubt=0)
        return replace(verdict, problems=[*verdict.problems, *problems, *_of_story(campaign)])


def _member(project: Project) -> User:
    person: User = MembershipFactory.create(project=project).user
    return person


def _at_a_browser(world: World, person: User) -> Approver:
    client = Client()
    client.force_login(person)
    return Approver(world, client.cookies["sessionid"].value)


def _decide(world: World, campaign: Campaign, approvers: Sequence[Approver], play: Play) -> None:
    seen = fingerprint(campaign, variants_of(campaign))
    begin = threading.Barrier(len(approvers))

    def press(number: int) -> None:
        begin.wait()
        if play.seed % 3 == 1 and number == 0:
            approvers[number].press(campaign, "return", word="Not yet.")
        else:
            approvers[number].press(campaign, "approve", seen=seen)

    with ThreadPoolExecutor(len(approvers)) as people:
        clicks = [people.submit(press, number) for number in range(len(approvers))]
        if play.seed % 3 == 2:
            threading.Event().wait(random.Random(play.seed).uniform(0.02, 0.6))
            world.one(WEB).kill()
        for click in clicks:
            click.result()
    world.one(WEB)


def _until_it_is_out(campaign: Campaign, approvers: Sequence[Approver], author: User) -> list[str]:
    """What was returned, or was killed before it was decided, is decided by one of them."""
    campaign.refresh_from_db()
    problems = []
    if campaign.status == CampaignStatus.DRAFT:
        ask_for_approval(campaign, by=Actor(author))
    if campaign.status == WAITS:
        problems = [] if not campaign.runs.exists() else ["it has a run while it waits"]
        seen = fingerprint(campaign, variants_of(campaign))
        approvers[-1].press(campaign, "approve", seen=seen)
    campaign.refresh_from_db()
    return problems


def _of_story(campaign: Campaign) -> list[str]:
    told = AuditEntry.objects.filter(action="campaign.approved", target_id=str(campaign.pk))
    approved = Approval.objects.filter(campaign=campaign, outcome=Outcome.APPROVED)
    still_open = Approval.objects.filter(campaign=campaign, outcome=Outcome.OPEN)
    found: dict[str, Callable[[], int]] = {
        "audit entries of the approval": told.count,
        "approvals": approved.count,
        "runs": campaign.runs.count,
    }
    problems = [f"{count()} {what}" for what, count in found.items() if count() != 1]
    return problems + (["somebody is still asked"] if still_open.exists() else [])
