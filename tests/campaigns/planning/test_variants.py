"""Who gets which variant: by chance, but always the same."""

from hashlib import md5

import pytest
from django.db import connection

from campaigns.audience.lots import LOT, LOTS
from campaigns.models import Message
from campaigns.planning.variants import salt_of
from campaigns.running.launching import launch
from campaigns.running.opening_runs import open_run
from providers.models import Project
from tests.campaigns.drafts import ready
from tests.factories import ProfileFactory, VariantFactory

pytestmark = pytest.mark.django_db


def lot_of(*, salt: str, key: int) -> int:
    """As others may compute it: `key` is the match key of the phone, or the profile's id."""
    digest = md5(f"{salt}:{key}".encode(), usedforsecurity=False)
    return int(digest.hexdigest()[:8], 16)


@pytest.mark.parametrize("key", [0, 1, 919000000000, 2**62])
def test_a_lot_is_the_same_in_sql_and_in_python(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {LOT} FROM (SELECT %(key)s::bigint) AS p (match_key), "
            "(SELECT 0::bigint) AS i (id)",
            {"salt": "7", "key": key},
        )
        (lot,) = cursor.fetchone()

    assert lot == lot_of(salt="7", key=key)


def test_each_person_gets_the_variant_of_their_lot(project: Project) -> None:
    campaign = ready(project, people=40)
    twin = ProfileFactory.create(project=project)
    ProfileFactory.create(project=project, phone=twin.phone, match_key=twin.match_key)
    ProfileFactory.create(project=project, phone="", match_key=None)
    version = campaign.variants.get().version
    for position in (1, 2):
        VariantFactory.create(campaign=campaign, version=version, position=position)
    run = open_run(campaign)

    launch(run.pk)

    messages = Message.objects.filter(run=run).select_related("profile", "variant")
    people = [message.profile for message in messages]
    lots = [
        lot_of(salt=salt_of(campaign), key=p.pk if p.match_key is None else p.match_key)
        for p in people
        if p is not None
    ]
    places = [message.variant.position for message in messages if message.variant]
    assert places == [lot * 3 >> LOTS for lot in lots]
    assert set(places) == {0, 1, 2}
    assert len(places) == 43
