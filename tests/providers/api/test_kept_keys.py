"""Keys are read again where they changed, and not otherwise."""

from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from providers.api_keys.ceilings import _counted
from providers.api_keys.reading import KeptKeys
from providers.models import ApiKey, Project
from tests.providers.api.keys import key_of

pytestmark = pytest.mark.django_db


def test_a_key_is_read_again_whenever_it_or_its_project_changed(
    project: Project, django_assert_num_queries: Any
) -> None:
    key, kept = key_of(project)[0], KeptKeys()

    def read(*, queries: int) -> ApiKey:
        with django_assert_num_queries(queries):
            (found,) = kept.read([key.public_id])
        assert found == key
        return found

    assert read(queries=2).revoked_at is None
    assert read(queries=1).project.name == "Tea shop"
    Project.objects.filter(pk=project.pk).update(name="Cups")
    assert read(queries=2).project.name == "Cups"
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
    assert read(queries=2).revoked_at is not None
    assert read(queries=1).revoked_at is not None
    ApiKey.objects.filter(pk=key.pk).delete()
    assert kept.read([key.public_id]) == [None]


def test_what_one_call_writes_into_its_key_no_other_sees(project: Project) -> None:
    key, kept = key_of(project)[0], KeptKeys()
    mine, others = kept.read([key.public_id, key.public_id])
    assert mine is not None
    assert others is not None
    mine.name, mine.project.name = "Mine", "Mine"
    later = kept.read([key.public_id])[0]
    for each in (others, later):
        assert each is not None
        assert (each.name, each.project.name) == ("Web shop", "Tea shop")


def test_of_many_keys_each_is_found_and_they_are_not_all_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.api_keys.reading.MOST_KEPT", 2)
    keys, kept = [key_of(project)[0] for _ in range(4)], KeptKeys()
    for _ in range(2):
        for asked in (keys[:3], keys[2:], keys):
            assert kept.read([key.public_id for key in asked]) == asked
    assert kept.read(["0" * 12, keys[0].public_id]) == [None, keys[0]]
    assert len(kept._kept) <= 2 + len(keys)


def test_who_is_counted_together_gets_a_number_of_their_own() -> None:
    client = redis.Redis.from_url(settings.REDIS_URL)
    names = [f"tests:counted:{name}" for name in "aab"]
    client.delete(*names)
    assert list(_counted(names)) == [1, 2, 1]
    assert 0 < client.ttl(names[0]) <= 120
    assert list(_counted(names[1:])) == [3, 2]
    client.delete(*names)
