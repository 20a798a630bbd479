"""Lists of messages, page by page."""

import pytest
from django.db.models import QuerySet

from campaigns.models import Message, Run, State
from campaigns.results import walking
from campaigns.results.walking import Page, page_by_number, page_by_person
from providers.models import Project
from tests.factories import MessageFactory, RunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(project: Project) -> list[Run]:
    """Two runs of one campaign; three people of the first one are gone."""
    first = RunFactory.create(campaign__project=project)
    second = RunFactory.create(campaign=first.campaign, number=2)
    for run, people in ((first, 4), (second, 3)):
        MessageFactory.create_batch(people, run=run)
    MessageFactory.create_batch(3, run=first, profile=None)
    return [first, second]


def pages(found: QuerySet[Message], runs: list[Run] | None, most: int) -> list[Page]:
    turned: list[Page] = []
    while not turned or turned[-1].before:
        before = turned[-1].before if turned else None
        if runs is None:
            page = page_by_number(found, among=Message.objects.all(), before=before, most=most)
        else:
            ids = [run.pk for run in runs]
            page = page_by_person(found, run_ids=ids, before=before, most=most)
        turned.append(page)
    return turned


def shown(found: QuerySet[Message], runs: list[Run] | None, *, most: int) -> list[int]:
    return [message.pk for page in pages(found, runs, most) for message in page.rows]


@pytest.mark.parametrize("window", [1, 2, 3, 4, 5, 7, 10, 1_000])
@pytest.mark.parametrize("most", [1, 2, 3, 4, 7, 50])
def test_every_message_is_shown_once_in_its_order(
    window: int, most: int, runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "WINDOW", window)
    everything = Message.objects.all()
    by_number = list(everything.order_by("-pk").values_list("pk", flat=True))
    gone, second, first = by_number[:3], by_number[3:6], by_number[6:]
    some = everything.filter(pk__in=by_number[::3])
    by_person = [*second, *first, *gone]

    assert shown(everything, None, most=most) == by_number
    assert shown(some, None, most=most) == by_number[::3]
    of_campaign = everything.filter(run__in=runs)
    assert shown(of_campaign, runs, most=most) == by_person
    assert shown(some, runs, most=most) == [pk for pk in by_person if pk in by_number[::3]]
    assert shown(everything.filter(run=runs[0]), runs[:1], most=most) == [*first, *gone]
    assert shown(everything.filter(state=State.READ), runs, most=most) == []
