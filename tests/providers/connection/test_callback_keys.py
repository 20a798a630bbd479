"""A new key for the callback addresses: who may, what stays valid, and for how long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from callbacks.models import Receipt
from providers.connection.callback_keys import end_old_keys, keys_in_use, rotate_key
from providers.connection.callback_urls import callback_urls, current_key, whole_key
from providers.models import AuditEntry, CallbackKey, Project
from providers.watch.actors import SYSTEM
from tests.factories import ProviderFactory

PAGE = "/providers/provider/callback-key/"
END = "/providers/provider/callback-key/end/"
MESSAGE = '{"mobile": "919000000002", "type": "text", "text": "Hi", "timestamp": "1658261071000"}'

pytestmark = pytest.mark.django_db


def rotate(client: Client, project: Project, grace: str = "7") -> int:
    seen = current_key(project).pk
    return client.post(PAGE, {"seen": seen, "grace": grace}).status_code


def call(key: str) -> int:
    address = f"/gupshup/response?a={key}"
    return Client().post(address, MESSAGE, content_type="application/json").status_code


def test_an_admin_makes_a_new_key_and_the_addresses_change(
    project: Project, project_admin: Client
) -> None:
    before = callback_urls(project)
    assert rotate(project_admin, project) == 302
    after, keys = callback_urls(project), keys_in_use(project, at=timezone.now())
    assert before.inbound != after.inbound
    assert len(keys.retiring) == 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.note) == ("provider.rotated_key", "Grace period: 7 days")


def test_the_page_shows_until_when_the_old_key_is_taken_and_never_a_key(
    project: Project, project_admin: Client
) -> None:
    old = current_key(project).secret
    rotate(project_admin, project)
    page = project_admin.get(PAGE).content.decode()
    assert "An old key is still taken until" in page
    assert [secret for secret in (old, current_key(project).secret) if secret in page] == []


@pytest.mark.parametrize("grace", ["", "3", "-1", "7 days"])
def test_an_odd_grace_period_changes_nothing(
    project: Project, project_admin: Client, grace: str
) -> None:
    assert rotate(project_admin, project, grace) == 200
    assert CallbackKey.objects.count() == 1


def test_a_marketer_sees_no_page_and_rotates_nothing(project: Project, marketer: Client) -> None:
    answers = [
        marketer.get(PAGE).status_code,
        rotate(marketer, project),
        marketer.post(END).status_code,
    ]
    assert (answers, CallbackKey.objects.count()) == ([403, 403, 403], 1)


def test_a_second_click_on_the_same_page_rotates_nothing_more(
    project: Project, project_admin: Client
) -> None:
    seen = current_key(project).pk
    for _ in range(2):
        project_admin.post(PAGE, {"seen": seen, "grace": "7"})
    assert CallbackKey.objects.count() == 2


def test_another_projects_key_is_not_rotated(project: Project, project_admin: Client) -> None:
    theirs = current_key(ProviderFactory.create().project)
    project_admin.post(PAGE, {"seen": theirs.pk, "grace": "7"})
    theirs.refresh_from_db()
    assert theirs.retires_at is None


@pytest.mark.django_db(transaction=True)
def test_the_old_key_is_taken_during_its_grace_period_and_not_after(project: Project) -> None:
    old = whole_key(current_key(project))
    at = timezone.now()
    rotate_key(project, seen=current_key(project).pk, grace=timedelta(days=1), at=at, by=SYSTEM)
    new = whole_key(current_key(project))
    assert [call(old), call(new)] == [200, 200]
    end_old_keys(project, at=at, by=SYSTEM)
    # The key ring reads the keys anew within seconds, and at once for a key that does not fit.
    assert [call("W9R-K6Z-8K5Z.wrong"), call(old), call(new)] == [403, 403, 200]
    assert Receipt.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_no_callback_is_lost_while_the_key_is_rotated(project: Project) -> None:
    old = whole_key(current_key(project))
    start, over = Barrier(4), Event()

    def keep_calling(key: str) -> list[int]:
        start.wait()
        answers = []
        while not over.is_set():
            answers.append(call(key))
        connection.close()
        return answers

    def keep_rotating() -> None:
        start.wait()
        for _ in range(5):
            seen = current_key(project).pk
            rotate_key(project, seen=seen, grace=timedelta(days=1), at=timezone.now(), by=SYSTEM)
        over.set()
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        callers = [pool.submit(keep_calling, old) for _ in range(3)]
        pool.submit(keep_rotating).result()
        answers = [status for caller in callers for status in caller.result()]
    assert (set(answers), Receipt.objects.count()) == ({200}, len(answers))
