"""Each dump is migrated to the code of today, and everything that was under way comes to its end.

The tests of this file share one upgrade a dump: first what is there after `migrate`, then, with
`finished`, what real workers made of it.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client, RequestFactory

from callbacks.models import Consequence, InboundMessage, ParkedFact, Receipt, ReceiptState
from callbacks.receipts.processing import drain
from campaigns.ledger.tallies import totals
from campaigns.models import (
    CampaignStatus,
    Event,
    Import,
    ImportStatus,
    Message,
    Outbox,
    Profile,
    Reason,
    Run,
    RunStatus,
    State,
    TestSend,
)
from campaigns.running.lifecycle import resume
from providers.models import Provider, Role, SignInTry
from providers.people import signing_in
from providers.watch.actors import SYSTEM
from tests.callbacks.posting import Gupshup
from tests.campaigns.recount import recount
from tests.gateway_simulator import CREDENTIALS
from tests.upgrades.dumps import Dump, all_dumps
from tests.upgrades.installation import Installation, finish, installed
from tests.upgrades.making import STRANGERS_PLACE
from tests.upgrades.schema import described

DUMPS = all_dumps()
FINAL = {State.SUPPRESSED, State.UNKNOWN, State.SENT, State.FAILED, State.DELIVERED, State.READ}
# What a dump has no rows of, and why.
EMPTY = {
    "auth_group": "rights stand in memberships",
    "auth_group_permissions": "rights stand in memberships",
    "providers_user_groups": "rights stand in memberships",
    "providers_user_user_permissions": "rights stand in memberships",
    "django_admin_log": "the audit log takes its place",
}
Schema = dict[str, set[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Finished:
    """`waiting`: messages that were to be sent; `requests`: what Gupshup got."""

    waiting: set[int]
    events: int
    requests: list[dict[str, Any]]


@pytest.fixture(scope="module")
def new_schema(django_db_setup: None, django_db_blocker: Any) -> Schema:
    with django_db_blocker.unblock():
        return described()


@pytest.fixture(scope="module", params=DUMPS, ids=lambda dump: dump.folder.name)
def upgraded(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    new_schema: Schema,  # looked at before Django's connection leads elsewhere
    django_db_blocker: Any,
) -> Iterator[Installation]:
    name = f"upgraded_{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
    scratch = tmp_path_factory.mktemp("upgraded")
    with django_db_blocker.unblock(), installed(request.param, name=name, scratch=scratch) as one:
        one.manage("migrate", "--verbosity", "0")
        yield one


@pytest.fixture(scope="module")
def finished(upgraded: Installation) -> Finished:
    waiting = Outbox.objects.exclude(campaign=upgraded.campaign("paused"))
    ready = set(waiting.filter(state=0).values_list("pk", flat=True))
    return Finished(waiting=ready, events=Event.objects.count(), requests=finish(upgraded))


# The dump -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.folder.name)
def test_no_table_of_a_dump_is_empty(dump: Dump) -> None:
    sql = (dump.folder / "database.sql").read_text()
    tables = set(re.findall(r"^CREATE (?:UNLOGGED )?TABLE public\.(\w+)", sql, re.MULTILINE))
    filled = set(re.findall(r"^INSERT INTO public\.(\w+)", sql, re.MULTILINE))
    assert _whole(tables) - _whole(filled) == set(EMPTY)


def _whole(tables: Iterable[str]) -> set[str]:
    """A table in months has its rows in some of them."""
    return {re.sub(r"_(\d{6}|other)$", "", table) for table in tables}


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.folder.name)
def test_a_dump_is_small_and_its_people_are_invented(dump: Dump) -> None:
    sql = (dump.folder / "database.sql").read_text()
    assert len(sql) < 500_000
    assert [number for number in re.findall(r"\+91\d+", sql) if number[3:7] != "9000"] == []


# After `migrate` ----------------------------------------------------------------------------------


@pytest.mark.django_db  # else there is no new one, where no other test wants it
def test_an_upgraded_database_is_like_a_new_one(upgraded: Installation, new_schema: Schema) -> None:
    found = described()
    left_by_the_import = f"campaigns_import_{upgraded.known['import']}_1"
    differing = {
        part: [row for row in found[part] ^ rows if left_by_the_import not in str(row)]
        for part, rows in new_schema.items()
    }
    assert {part: rows for part, rows in differing.items() if rows} == {}
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_migration_of_a_dump_is_still_known(upgraded: Installation) -> None:
    loader = MigrationLoader(connection)
    replaced = {one for squash in loader.replacements.values() for one in squash.replaces}
    assert set(loader.applied_migrations) - set(loader.disk_migrations) - replaced == set()


def test_credentials_can_be_read(upgraded: Installation) -> None:
    provider = Provider.objects.get()
    assert {name: getattr(provider, name) for name in CREDENTIALS} == CREDENTIALS


def test_who_was_signed_in_still_is(upgraded: Installation) -> None:
    client = Client()
    client.cookies["sessionid"] = upgraded.known["session"]
    assert client.get("/").status_code == 200
    for stage in upgraded.known["campaigns"]:
        page = client.get(f"/campaigns/campaign/{upgraded.campaign(stage).pk}/change/")
        assert page.status_code in (200, 302), stage
    assert client.get("/providers/auditentry/").status_code == 200


def test_a_known_browser_is_known(upgraded: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "_KNOWN_FOR", None)  # a dump may be older than a year
    request = RequestFactory().get("/login/")
    request.COOKIES[signing_in.KNOWN_BROWSER] = upgraded.known["known_browser"]
    assert signing_in.caller_of(request, name=Role.ADMIN).browser


def test_passwords_and_recovery_codes_open_the_door(upgraded: Installation) -> None:
    client = Client()
    answer = client.post(
        "/login/", {"username": Role.MARKETER, "password": upgraded.known["password"]}
    )
    assert answer["Location"] == "/login/code/"
    client.post("/login/code/", {"code": upgraded.known["recovery_code"]})
    assert client.get("/").status_code == 200


def test_tries_to_sign_in_are_counted_with_those_of_before(upgraded: Installation) -> None:
    before = SignInTry.objects.get()
    SignInTry.objects.update(at=before.at)
    wrong = {"username": Role.VIEWER, "password": "wrong"}
    Client().post("/login/", wrong, REMOTE_ADDR=STRANGERS_PLACE)
    tries = SignInTry.objects.values_list("name", "place", "address")
    assert list(tries) == [(before.name, before.place, before.address)] * 2


def test_links_that_were_mailed_still_work(upgraded: Installation) -> None:
    invited = Client().get(upgraded.known["invitation"], follow=True)
    assert "Join “Chai &amp; Co.”" in invited.content.decode()
    assert "/set-password/" in Client().get(upgraded.known["reset_link"])["Location"]


def test_the_address_of_a_file_is_still_its_address(upgraded: Installation) -> None:
    assert Client().get(upgraded.known["media"]).status_code == 200


# With real workers --------------------------------------------------------------------------------


def test_both_campaigns_end_with_one_final_state_for_everybody(
    upgraded: Installation, finished: Finished
) -> None:
    for stage in ("completed", "running", "scheduled"):
        campaign = upgraded.campaign(stage)
        assert campaign.status == CampaignStatus.COMPLETED, campaign.status_reason
        (run,) = campaign.runs.all()
        people = Counter(Message.objects.filter(run=run).values_list("profile_id", flat=True))
        states = set(Message.objects.filter(run=run).values_list("state", flat=True))
        assert (run.status, set(people.values())) == (RunStatus.FINISHED, {1})
        assert states <= ({State.SENT, State.SUPPRESSED} if stage == "scheduled" else FINAL)
    everybody = Profile.objects.filter(pk__lte=run.last_profile_id)
    assert set(people) == set(everybody.values_list("pk", flat=True))


def test_whoever_waited_gets_it_once_and_nobody_else_again(
    upgraded: Installation, finished: Finished
) -> None:
    sent = [row for row in finished.requests if row["method"].lower() == "sendmessage"]
    asked = Counter(int(row["msg_id"].partition("-")[0]) for row in sent)
    scheduled = Message.objects.filter(
        campaign=upgraded.campaign("scheduled"), sent_at__isnull=False
    )
    assert asked == dict.fromkeys(finished.waiting | {message.pk for message in scheduled}, 1)


def test_the_numbers_equal_a_recount(upgraded: Installation, finished: Finished) -> None:
    for run in Run.objects.all():
        assert dict(totals([run.pk])) == recount([run.pk])


def test_what_was_in_doubt_is_settled_by_its_report_or_by_rule(
    upgraded: Installation, finished: Finished
) -> None:
    known = upgraded.known["messages"]
    found = {name: Message.objects.get(pk=pk) for name, pk in known.items()}
    assert {name: (m.state, m.reason) for name, m in found.items()} == {
        "early": (State.READ, ""),
        "reported": (State.DELIVERED, ""),
        "silent": (State.UNKNOWN, Reason.UNKNOWN),
        "lost": (State.UNKNOWN, Reason.UNKNOWN),
    }


def test_callbacks_that_waited_are_applied(upgraded: Installation, finished: Finished) -> None:
    states = Counter(Receipt.objects.values_list("state", flat=True))
    assert set(states) == {ReceiptState.APPLIED, ReceiptState.NOT_UNDERSTOOD, ReceiptState.FAILED}
    (parked,) = ParkedFact.objects.all()  # it is nobody's
    assert parked.tries > 0
    last = InboundMessage.objects.order_by("-pk").values_list("consequence", flat=True)[:2]
    assert set(last) == {Consequence.OPTED_OUT, Consequence.HELD_OLD}


def test_callbacks_that_come_again_change_nothing(
    upgraded: Installation, finished: Finished
) -> None:
    gupshup = Gupshup(upgraded.known["callback_key"])
    before = Event.objects.count(), InboundMessage.objects.count(), Message.objects.count()
    for receipt in Receipt.objects.filter(state=ReceiptState.APPLIED):
        answer = gupshup.post(bytes(receipt.body), to=receipt.endpoint)
        assert answer.status_code == 200
    drain()
    assert before == (
        Event.objects.count(),
        InboundMessage.objects.count(),
        Message.objects.count(),
    )


def test_the_import_ends(upgraded: Installation, finished: Finished) -> None:
    upload = Import.objects.get(pk=upgraded.known["import"])
    assert (upload.status, upload.created, upload.tries) == (ImportStatus.DONE, 30, 2)
    assert not [row for row in described()["columns"] if f"_import_{upload.pk}_" in str(row)]


def test_tests_are_answered(upgraded: Installation, finished: Finished) -> None:
    assert set(TestSend.objects.values_list("verdict", flat=True)) == {"accepted"}


def test_what_was_paused_waits_until_it_is_resumed(
    upgraded: Installation, finished: Finished
) -> None:
    paused = upgraded.campaign("paused")
    messages = Message.objects.filter(campaign=paused)
    assert set(messages.values_list("state", flat=True)) == {State.QUEUED}
    resume(paused, by=SYSTEM)
    assert upgraded.campaign("paused").status == CampaignStatus.RUNNING


def test_the_workers_had_no_trouble(upgraded: Installation, finished: Finished) -> None:
    assert re.findall(r"^.*(?:ERROR|CRITICAL|Traceback).*$", upgraded.log.read_text(), re.M) == []
