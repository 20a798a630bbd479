"""One campaign that waits, and people who decide, change and take it back in the same moment."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test import Client

from campaigns.models import Approval, Campaign, CampaignStatus, Outcome, Run
from campaigns.planning.drafting import DraftError, save_draft
from campaigns.running.approving import return_to_author
from campaigns.running.lifecycle import LifecycleError
from providers.models import AuditEntry, Project
from providers.watch.actors import Actor
from tests.campaigns.approvals import asked, signed_in, team
from tests.campaigns.drafts import page
from tests.campaigns.locks import wait_for_locks

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Ravi", "Meera", "Dev", "Lila", "Omar")


def at_once(campaign: Campaign, deeds: list[Callable[[], str]]) -> list[str]:
    """All of them have passed their first look before any gets on."""

    def do(deed: Callable[[], str]) -> str:
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as people:
        with transaction.atomic():
            Campaign.objects.select_for_update().get(pk=campaign.pk)
            clicks = [people.submit(do, deed) for deed in deeds]
            wait_for_locks(len(deeds))
        return [click.result(timeout=60) for click in clicks]


def approving(client: Client, campaign: Campaign) -> Callable[[], str]:
    seen = client.get(page(campaign, "publish/reach")).context["seen"]

    def click() -> str:
        answer = client.post(page(campaign, "publish/approve"), {"seen": seen}, follow=True)
        said = [
            each for each in ("is approved and", "has approved it", "re") if each in answer.text
        ]
        return said[0]

    return click


def test_of_many_approvers_one_wins_and_the_others_are_told(project: Project) -> None:
    asha, *others = team(project, "Asha", *NAMES)
    campaign = asked(project, asha)

    told = at_once(campaign, [approving(signed_in(one), campaign) for one in others])

    assert Counter(told) == {"is approved and": 1, "has approved it": len(NAMES) - 1}
    assert Run.objects.filter(campaign=campaign).count() == 1
    assert Approval.objects.get().outcome == Outcome.APPROVED
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["campaign.approval_asked", "campaign.approved"]


@pytest.mark.parametrize("other", ["returns it", "changes it"])
def test_an_approval_and_what_undoes_it_have_one_outcome(project: Project, other: str) -> None:
    asha, ravi, meera = team(project, "Asha", "Ravi", "Meera")
    campaign = asked(project, asha)
    template = campaign.variants.get().version.template
    assert template is not None

    def undo() -> str:
        with suppress(LifecycleError, DraftError):
            if other == "returns it":
                return_to_author(campaign, word="No.", by=Actor(meera))
            else:
                save_draft(campaign, variants=[], by=Actor(asha))
        return ""

    at_once(campaign, [approving(signed_in(ravi), campaign), undo])

    campaign.refresh_from_db()
    approved = campaign.status == CampaignStatus.LAUNCHING
    undone = Outcome.RETURNED if other == "returns it" else Outcome.TAKEN_BACK
    assert Approval.objects.get().outcome == (Outcome.APPROVED if approved else undone)
    assert Run.objects.count() == int(approved)
    assert approved or campaign.status == CampaignStatus.DRAFT
