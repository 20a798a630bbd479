"""Filters of the list of messages that are kept by a name."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.audience.kept_views import MOST
from campaigns.models import MessageView, State
from campaigns.results.message_views import NOTHING_CHOSEN
from providers.models import AuditEntry, Project
from tests.factories import MessageFactory, ProjectFactory

pytestmark = pytest.mark.django_db
MESSAGES = reverse("admin:campaigns_message_changelist")
KEEP, DROP = (reverse(f"admin:campaigns_message_{name}") for name in ("keep_view", "drop_view"))
FAILED = {"slice": "failed", "queued": "week"}


def keep(client: Client, name: str, **filters: str) -> str:
    answer = client.post(KEEP, {"name": name, **filters})
    return answer.get("Location") or answer.content.decode()


def shown(client: Client, **address: str) -> list[tuple[str, str, bool]]:
    views: list[Any] = client.get(MESSAGES, address).context["views"]
    return [(view.name, there, is_here) for view, there, is_here in views]


def test_a_view_is_kept_for_everybody_and_deleted(
    project: Project, marketer: Client, viewer: Client
) -> None:
    failed = MessageFactory.create(project=project, state=State.FAILED)
    MessageFactory.create(project=project, state=State.SENT)
    page = marketer.get(MESSAGES, {**FAILED, "q": "asha"}).content.decode()
    assert ("Keep this view" in page, "q=asha" in page) == (True, True)
    asked = marketer.get(KEEP, {**FAILED, "q": "asha", "before": "9"}).context["asked"]
    assert asked == list(FAILED.items())

    there = keep(marketer, "  Failed  lately ", **dict(asked))

    assert there == f"{MESSAGES}?slice=failed&queued=week"
    assert list(viewer.get(there).context["cl"].result_list) == [failed]
    assert shown(viewer, **FAILED) == [("Failed lately", "slice=failed&queued=week", True)]
    assert shown(viewer) == [("Failed lately", "slice=failed&queued=week", False)]
    page = viewer.get(there).content.decode()
    assert ("Keep this view" in page, "Delete the view" in page) == (False, False)
    view = MessageView.objects.get()
    assert "Failed lately" in marketer.get(DROP, {"view": view.pk}).content.decode()
    for _ in range(2):
        marketer.post(DROP, {"view": view.pk})
    assert not MessageView.objects.exists()
    kinds = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(kinds) == ["messageview.added", "messageview.deleted"]


@pytest.mark.parametrize(
    ("name", "filters", "said"),
    [
        ("", FAILED, "Fill it in."),
        ("failed NOW", FAILED, "There is a view “failed NOW” already"),
        ("Everything", {}, NOTHING_CHOSEN),
        ("A search", {"q": "asha", "p": "3", "before": "9"}, NOTHING_CHOSEN),
        ("Long", {"code": "9" * 5_000}, NOTHING_CHOSEN),
        ("NUL", {"code": "\0"}, NOTHING_CHOSEN),
    ],
)
def test_what_is_no_view_is_said(
    marketer: Client, name: str, filters: dict[str, str], said: str
) -> None:
    keep(marketer, "Failed now", **FAILED)
    assert said in keep(marketer, name, **filters)
    assert MessageView.objects.count() == 1


def test_there_are_not_more_than_anybody_looks_at(project: Project, marketer: Client) -> None:
    MessageView.objects.bulk_create(
        MessageView(project=project, name=f"View {n}", filters=FAILED) for n in range(MOST)
    )
    assert f"This project has {MOST} views" in keep(marketer, "One more", **FAILED)


def test_a_filter_that_there_is_no_more_is_left_out(project: Project, viewer: Client) -> None:
    odd = {"slice": "failed", "gone": "x"}
    MessageView.objects.create(project=project, name="Old", filters=odd)
    assert shown(viewer) == [("Old", "slice=failed", False)]


def test_another_projects_view_is_not_there(marketer: Client) -> None:
    theirs = MessageView.objects.create(project=ProjectFactory.create(), name="T", filters=FAILED)
    assert shown(marketer) == []
    marketer.post(DROP, {"view": theirs.pk})
    assert MessageView.objects.get() == theirs
