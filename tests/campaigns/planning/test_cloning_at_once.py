"""Two people clone a campaign in the same moment, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from campaigns.models import Campaign
from campaigns.planning.drafting import clone
from providers.watch.actors import SYSTEM
from tests.factories import CampaignFactory


@pytest.mark.django_db(transaction=True)
def test_clones_made_at_once_have_names_of_their_own() -> None:
    campaign = CampaignFactory.create(name="Diwali")
    together = Barrier(3, timeout=30)

    def make(_: int) -> str:
        try:
            mine = Campaign.objects.get(pk=campaign.pk)
            together.wait()
            return clone(mine, by=SYSTEM).name
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as people:
        names = sorted(people.map(make, range(3)))

    assert names == ["Copy of Diwali", "Copy of Diwali (2)", "Copy of Diwali (3)"]


@pytest.mark.django_db
def test_a_long_name_leaves_room_for_a_number() -> None:
    campaign = CampaignFactory.create(name="D" * 100)
    names = [clone(campaign, by=SYSTEM).name for _ in range(2)]
    assert names == ["Copy of " + "D" * 82, "Copy of " + "D" * 82 + " (2)"]
