"""What one person can make the console spend: an attack by somebody who is signed in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice
from time import monotonic

import psycopg
import pytest
from django.db import connection
from django.test import Client

from config.console.fair_share import AT_ONCE, OWED, SAVED, Shares, shares
from providers.models import Project, Role, User
from tests.factories import CampaignFactory, ImportFactory, MembershipFactory, TemplateFactory
from tests.workers import database_url

ONE = 1  # a person


@pytest.mark.parametrize(
    ("spent", "quiet_for", "wait"),
    [
        pytest.param(0, 0, 0, id="nothing yet"),
        pytest.param(SAVED - 1, 0, 0, id="what was saved"),
        pytest.param(SAVED, 0, 1, id="all of it"),
        pytest.param(SAVED + 10, 0, 10, id="more"),
        pytest.param(SAVED + 10, 4, 6, id="more, a while ago"),
        pytest.param(SAVED + 10, 11, 0, id="more, longer ago"),
        pytest.param(SAVED + 10_000, 0, int(OWED), id="very much more"),
    ],
)
def test_a_thread_s_time_and_what_was_saved_is_everybody_s(
    spent: float, quiet_for: float, wait: int
) -> None:
    some = Shares()
    some.take(ONE, now=100)
    some.give_back(ONE, spent=spent, now=100)
    assert (some.take(ONE, now=100 + quiet_for), some.take(2, now=100)) == (wait, 0)


def test_no_more_is_saved_in_a_night() -> None:
    some = Shares()
    assert some.take(ONE, now=0) == 0
    assert some.take(ONE, now=40_000) == 0
    some.give_back(ONE, spent=SAVED, now=40_000)
    assert some.take(ONE, now=40_000) == 1


def test_so_many_at_once_and_the_next_when_one_has_ended() -> None:
    some = Shares()
    assert [some.take(ONE, now=0) for _ in range(AT_ONCE + 1)] == [0] * AT_ONCE + [1]
    some.give_back(ONE, spent=0, now=0)
    assert [some.take(ONE, now=0) for _ in range(2)] == [0, 1]


# Each kind of what costs ------------------------------------------------------------------------


def member_of(project: Project, role: Role) -> tuple[Client, User]:
    client, member = Client(), MembershipFactory.create(project=project, role=role)
    client.force_login(member.user)
    return client, member.user


def address(kind: str, project: Project) -> tuple[str, str]:
    """GET or POST, and where."""
    template = TemplateFactory.create(project=project)
    campaign = CampaignFactory.create(project=project)
    rows = ImportFactory.create(project=project)
    return {
        "estimate of a segment": ("POST", "/campaigns/segment/estimate/"),
        "rows of a segment": ("POST", "/campaigns/segment/build/"),
        "preview of a template": ("POST", "/templates_app/template/preview/"),
        "preview of a campaign": ("POST", "/campaigns/campaign/parts/preview/"),
        "reach of a campaign": ("GET", f"/campaigns/campaign/{campaign.pk}/publish/reach/"),
        "opened links": ("GET", f"/campaigns/campaign/{campaign.pk}/publish/links/"),
        "search": ("GET", "/search/?s=a"),
        "search of people": ("GET", "/campaigns/profile/?q=a"),
        "search of messages": ("GET", "/campaigns/message/?q=a"),
        "export of a template": ("GET", f"/templates_app/template/{template.pk}/export/"),
        "refused rows": ("GET", f"/campaigns/import/{rows.pk}/refused/"),
        "a payload that is tried": ("POST", "/callbacks/receipt/try/"),
        "test send": ("POST", "/campaigns/testsend/submit/"),
        "check of the connection": ("POST", "/doctor/check/"),
        "help": ("GET", "/help/"),
    }[kind]


KINDS = (
    *("estimate of a segment", "rows of a segment", "preview of a template"),
    *("preview of a campaign", "reach of a campaign", "opened links", "search"),
    *("search of people", "search of messages", "export of a template", "refused rows"),
    *("a payload that is tried", "test send", "check of the connection", "help"),
)


def spend(person: User, seconds: float) -> None:
    shares.take(person.pk, now=monotonic())
    shares.give_back(person.pk, spent=seconds, now=monotonic())


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_spent_their_share_waits_and_nobody_else(kind: str, project: Project) -> None:
    greedy, person = member_of(project, Role.MARKETER)
    other, _ = member_of(project, Role.MARKETER)
    spend(person, SAVED + OWED)
    method, where = address(kind, project)
    refused = greedy.generic(method, where)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert "It answers you again in 30 s" in refused.content.decode()
    assert other.generic(method, where).status_code != 429


def test_scripts_are_told_in_their_own_form(project: Project) -> None:
    greedy, person = member_of(project, Role.VIEWER)
    spend(person, SAVED + OWED)
    told = greedy.get("/search/", headers={"Accept": "application/json"}).json()
    assert told["said"].startswith("You have asked for more than one person's share")


def test_pictures_come_all_the_same(project: Project) -> None:
    """A list shows fifty, and a browser may ask for all of them at once."""
    viewer, person = member_of(project, Role.VIEWER)
    spend(person, SAVED + OWED)
    assert viewer.get("/media/no-such-picture.png").status_code == 404


def test_a_session_that_has_ended_holds_up_nobody(project: Project) -> None:
    stolen, person = member_of(project, Role.VIEWER)
    mine = Client()
    person.set_password("another-password-of-mine")
    person.save()
    mine.force_login(person)
    spend(person, SAVED + OWED)
    assert (stolen.get("/search/").status_code, mine.get("/search/").status_code) == (302, 429)


# The attack -------------------------------------------------------------------------------------


@contextmanager
def everybody_waits_for(table: str) -> Iterator[psycopg.Connection]:
    """As in a search that takes long."""
    with psycopg.connect(database_url()) as other:
        other.execute(f"LOCK TABLE {table}")
        yield other


def ask(client: Client) -> int:
    try:
        return client.get("/campaigns/profile/").status_code
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_viewer_holds_so_many_threads_and_the_others_have_the_rest(project: Project) -> None:
    viewer, _ = member_of(project, Role.VIEWER)
    other, _ = member_of(project, Role.VIEWER)
    many = AT_ONCE + 3
    with ThreadPoolExecutor(many) as threads, everybody_waits_for("campaigns_profile") as held:
        asked = [threads.submit(ask, viewer) for _ in range(many)]
        refused = [done.result() for done in islice(as_completed(asked), many - AT_ONCE)]
        meanwhile = other.get("/campaigns/segment/").status_code
        held.rollback()
    answered = [each.result() for each in asked]
    assert (refused, meanwhile) == ([429] * 3, 200)
    assert sorted(answered) == [200] * AT_ONCE + [429] * 3
