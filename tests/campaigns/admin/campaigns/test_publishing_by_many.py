"""One campaign, published by nine people in the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client

from campaigns.models import Campaign, CampaignStatus, Run
from providers.models import AuditEntry, Project, Role
from tests.campaigns.drafts import page, ready
from tests.campaigns.locks import wait_for_locks
from tests.conftest import client_in

PEOPLE = 9
DONE = "is published."
ALREADY = "has been published already. This is how it goes."
REFUSED = "so it can&#x27;t become"

pytestmark = pytest.mark.django_db(transaction=True)


def click(client: Client, campaign: Campaign, seen: str) -> tuple[str, list[str]]:
    """Where it leads, and what is said there: by its text, since a client's `context` also holds
    what others are shown in the meantime."""
    try:
        answer = client.post(page(campaign, "publish"), {"seen": seen}, follow=True)
    finally:
        connection.close()
    said = [words for words in (DONE, ALREADY, REFUSED) if words in answer.text]
    return answer.redirect_chain[-1][0], said


def test_it_goes_out_once_and_each_is_told_so(project: Project) -> None:
    campaign = ready(project)
    clients = [client_in(project, Role.MARKETER) for _ in range(PEOPLE)]
    seen = clients[0].get(page(campaign, "publish/reach")).context["seen"]

    with ThreadPoolExecutor(PEOPLE) as people:
        with transaction.atomic():  # nobody gets on before all nine have passed the first look
            Campaign.objects.select_for_update().get(pk=campaign.pk)
            clicks = [people.submit(click, client, campaign, seen) for client in clients]
            wait_for_locks(PEOPLE)
        answers = sorted(answer.result(timeout=60) for answer in clicks)

    live = page(campaign)
    assert answers == [(live, [ALREADY])] * (PEOPLE - 1) + [(live, [DONE])]
    assert list(AuditEntry.objects.values_list("action", "target_id")) == [
        ("campaign.published", str(campaign.pk))
    ]
    assert Run.objects.get().campaign == campaign
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.LAUNCHING
