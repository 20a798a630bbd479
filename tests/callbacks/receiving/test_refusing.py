"""Whose callbacks are not taken, and what is noted of them."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from callbacks.models import LastCall, Receipt
from callbacks.receiving import refusing
from callbacks.receiving.authentication import keys
from callbacks.receiving.refusing import refusals
from providers.models import CallbackSource, Project, RefusedCallback
from tests.callbacks.committing import commit
from tests.callbacks.posting import Gupshup, gupshup_of
from tests.factories import ProjectFactory

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def project(committed: None) -> Project:
    return commit(ProjectFactory.create)


@pytest.fixture
def gupshup(project: Project) -> Gupshup:
    return commit(lambda: gupshup_of(project))


def accept(project: Project, *networks: str) -> None:
    rows = [CallbackSource(project=project, network=network) for network in networks]
    commit(lambda: CallbackSource.objects.bulk_create(rows))
    keys.close()


def post(key: str, **meta: Any) -> HttpResponse:
    return Client().generic("POST", f"/gupshup/status?a={key}", b"[]", "application/json", **meta)


def counted() -> list[tuple[int | None, str, str, int]]:
    refusals.write()
    rows = RefusedCallback.objects.order_by("pk")
    return list(rows.values_list("project_id", "network", "reason", "count"))


@pytest.mark.parametrize(
    ("networks", "caller", "status"),
    [
        ([], "203.0.113.9", 200),
        (["203.0.113.0/24"], "203.0.113.9", 200),
        (["198.51.100.7", "203.0.113.9"], "203.0.113.9", 200),
        (["203.0.113.0/24"], "198.51.100.7", 403),
        (["2001:db8::/32"], "2001:db8::9", 200),
        (["2001:db8::/32"], "203.0.113.9", 403),
        (["203.0.113.0/24"], "::ffff:203.0.113.9", 200),
        (["203.0.113.0/24"], "::203.0.113.9", 403),
        (["203.0.113.0/24"], "2002:cb00:7109::1", 403),
        (["203.0.113.0/24"], "64:ff9b::203.0.113.9", 403),
        (["2001:db8::/64", "203.0.113.0/24"], "2001:db8::9%eth0", 200),
        (["2001:db8::/64"], "2001:db8:0:1::9", 403),
        (["::/1"], "203.0.113.9", 403),
        (["203.0.113.0/24"], "", 403),
    ],
)
def test_only_the_named_networks_may_call_where_some_are_named(
    project: Project, gupshup: Gupshup, networks: list[str], caller: str, status: int
) -> None:
    accept(project, *networks)

    assert post(gupshup.key, REMOTE_ADDR=caller).status_code == status
    assert Receipt.objects.count() == (status == 200)


def test_a_refused_callback_is_counted_and_leaves_no_other_trace(
    project: Project, gupshup: Gupshup
) -> None:
    accept(project, "203.0.113.0/24")

    for caller in ("198.51.100.7", "198.51.100.8", "2001:db8:1:2::3"):
        assert post(gupshup.key, REMOTE_ADDR=caller).status_code == 403

    assert counted() == [
        (project.pk, "198.51.100.0/24", "source", 2),
        (project.pk, "2001:db8:1::/48", "source", 1),
    ]
    assert (Receipt.objects.count(), LastCall.objects.count()) == (0, 0)


def test_a_wrong_key_is_counted_for_the_account_that_it_names(
    project: Project, gupshup: Gupshup
) -> None:
    post(f"{project.account_id}.wrong", REMOTE_ADDR="198.51.100.7")
    post("ZZZ-ZZZ-ZZZZ.wrong", REMOTE_ADDR="198.51.100.7")
    post("", REMOTE_ADDR="198.51.100.7")

    assert counted() == [
        (project.pk, "198.51.100.0/24", "key", 1),
        (None, "198.51.100.0/24", "key", 2),
    ]


def test_counts_of_the_same_minute_add_up(project: Project, gupshup: Gupshup) -> None:
    """Those of several processes too; where the minute ends meanwhile there are two rows."""
    wrong = f"{project.account_id}.wrong"
    for _ in range(3):
        post(wrong, REMOTE_ADDR="198.51.100.7")
        refusals.write()

    assert sum(count for *_, count in counted()) == 3
    assert len(counted()) <= 2


def test_a_flood_from_everywhere_is_counted_together(
    project: Project, gupshup: Gupshup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing, "MOST_APART", 2)
    for number in range(5):
        post(f"{project.account_id}.wrong", REMOTE_ADDR=f"198.51.{number}.7")

    assert sorted(counted(), key=lambda row: row[1]) == [
        (None, "", "key", 3),
        (project.pk, "198.51.0.0/24", "key", 1),
        (project.pk, "198.51.1.0/24", "key", 1),
    ]


def test_behind_a_proxy_the_caller_is_whom_the_proxy_names(
    project: Project, gupshup: Gupshup, settings: Settings
) -> None:
    settings.TRUSTED_HOPS = 1
    accept(project, "203.0.113.0/24")

    forged = "203.0.113.9, 198.51.100.7"
    assert post(gupshup.key, HTTP_X_FORWARDED_FOR=forged).status_code == 403
    honest = "10.0.0.1, 203.0.113.9"
    assert post(gupshup.key, HTTP_X_FORWARDED_FOR=honest).status_code == 200


def test_what_was_counted_for_a_project_that_is_gone_is_dropped(
    project: Project, gupshup: Gupshup
) -> None:
    post(f"{project.account_id}.wrong", REMOTE_ADDR="198.51.100.7")
    post(".wrong", REMOTE_ADDR="198.51.100.7")
    commit(lambda: Project.objects.filter(pk=project.pk).delete())

    assert counted() == [(None, "198.51.100.0/24", "key", 1)]


def test_refusing_goes_on_while_the_counts_cannot_be_written(
    project: Project, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    post(".wrong", REMOTE_ADDR="198.51.100.7")
    kinds = refusals._counts
    refusals._counts = type(kinds)(dict.fromkeys(kinds, 2**40))

    assert counted() == []
    assert "Refused callbacks can't be counted" in caplog.text
