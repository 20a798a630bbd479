from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from callbacks.receiving import authentication
from callbacks.receiving.authentication import Address, KeyRing, KeysUnavailableError, read_address
from providers.connection.callback_urls import whole_key
from providers.models import CallbackKey
from tests.callbacks.committing import commit, execute
from tests.factories import CallbackKeyFactory

KEY = "W9R-K6Z-8K5Z.abc_DEF-123"


def project_of(ring: KeyRing, key: str) -> int | None:
    account = ring.account_of(key)
    return account.project_id if account else None


@pytest.fixture
def ring() -> Iterator[KeyRing]:
    ring = KeyRing()
    yield ring
    ring.close()


@pytest.mark.parametrize(
    ("query", "address"),
    [
        (f"a={KEY}", Address(KEY, "")),
        (f"a={KEY}&externalId=1-2&status=SENT", Address(KEY, "externalId=1-2&status=SENT")),
        (f"a={KEY}?externalId=1-2&status=SENT", Address(KEY, "externalId=1-2&status=SENT")),
        (f"externalId=1-2&a={KEY}", Address(KEY, "externalId=1-2")),
        (f"externalId=1-2&a={KEY}&status=SENT", Address(KEY, "externalId=1-2&status=SENT")),
        (f"a={KEY.replace('.', '%2E')}", Address(KEY, "")),
        ("externalId=1-2", Address("", "externalId=1-2")),
        ("", Address("", "")),
        ("extra=a=5", Address("", "extra=a=5")),
        (f"a={KEY}&a={KEY}&status=SENT", Address(KEY, "status=SENT")),
        (f"a={KEY}?a=another.key?status=SENT", Address(KEY, "status=SENT")),
        (f"a={KEY}&status=SENT&a=another.key", Address(KEY, "status=SENT")),
        (f"a=&a={KEY}&&status=a?b", Address("", "status=a?b")),
    ],
)
def test_the_key_is_found_in_the_query_and_taken_out_of_it(query: str, address: Address) -> None:
    assert read_address(query, key_in_path="") == address


def test_a_key_in_the_path_leaves_the_query_alone() -> None:
    assert read_address("externalId=1-2", key_in_path=KEY) == Address(KEY, "externalId=1-2")
    assert read_address("", key_in_path=KEY) == Address(KEY, "")


def test_a_key_in_the_query_besides_that_in_the_path_is_not_kept() -> None:
    """What is left of the query is shown to people from whom the key is kept."""
    query = f"a={KEY}&externalId=1-2"
    assert read_address(query, key_in_path=KEY) == Address(KEY, "externalId=1-2")


@pytest.mark.usefixtures("committed")
def test_a_key_opens_its_own_project(ring: KeyRing) -> None:
    mine, other = commit(lambda: CallbackKeyFactory.create_batch(2))

    assert project_of(ring, whole_key(mine)) == mine.project_id
    assert project_of(ring, whole_key(other)) == other.project_id


@pytest.mark.usefixtures("committed")
def test_nothing_but_the_whole_key_opens_anything(ring: KeyRing) -> None:
    key, other = commit(lambda: CallbackKeyFactory.create_batch(2))
    account = key.project.account_id
    tries = [
        "",
        ".",
        account,
        f"{account}.",
        f"{account}.{other.secret}",
        f"{account}.{key.secret}x",
        f"{account}.{key.secret[:-1]}",
        f"{other.project.account_id}.{key.secret}",
        f"AAA-AAA-AAAA.{key.secret}",
        key.secret,
        "\udcff.\ud800",
    ]

    assert [project_of(ring, one) for one in tries] == [None] * len(tries)


@pytest.mark.usefixtures("committed")
def test_a_retiring_key_works_until_it_is_retired(ring: KeyRing) -> None:
    current = commit(CallbackKeyFactory.create)
    project, now = current.project, timezone.now()
    ends = (now - timedelta(seconds=1), now + timedelta(days=1))
    retired, retiring = (
        commit(partial(CallbackKeyFactory.create, project=project, retires_at=end)) for end in ends
    )

    opened = [project_of(ring, whole_key(key)) for key in (retired, retiring, current)]

    assert opened == [None, project.pk, project.pk]


@pytest.mark.usefixtures("committed")
def test_a_key_made_a_moment_ago_works_at_once(ring: KeyRing) -> None:
    project_of(ring, whole_key(commit(CallbackKeyFactory.create)))

    second = commit(CallbackKeyFactory.create)

    assert project_of(ring, whole_key(second)) == second.project_id


@pytest.mark.usefixtures("committed")
def test_a_key_that_cannot_be_decrypted_does_not_shut_out_the_others(ring: KeyRing) -> None:
    broken, whole = commit(lambda: CallbackKeyFactory.create_batch(2))
    execute(f"UPDATE providers_callbackkey SET secret = 'not encrypted' WHERE id = {broken.pk}")

    assert project_of(ring, whole_key(whole)) == whole.project_id
    assert project_of(ring, f"{broken.project.account_id}.not encrypted") is None


@pytest.mark.usefixtures("committed")
def test_known_keys_are_good_while_the_database_is_away_but_others_are_not_judged(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = commit(CallbackKeyFactory.create)
    key = whole_key(row)
    project_of(ring, key)
    ring._connection.close()
    with monkeypatch.context() as away:
        away.setattr(authentication, "KEPT_SECONDS", 0.0)
        away.setitem(connection.settings_dict, "PORT", "1")

        assert project_of(ring, key) == row.project_id
        with pytest.raises(KeysUnavailableError):
            project_of(ring, "AAA-AAA-AAAA.unknown")


@pytest.mark.usefixtures("committed")
def test_a_known_key_is_not_looked_up_again_for_a_moment(ring: KeyRing) -> None:
    row = commit(CallbackKeyFactory.create)
    project_of(ring, whole_key(row))
    commit(CallbackKey.objects.all().delete)

    assert project_of(ring, whole_key(row)) == row.project_id
