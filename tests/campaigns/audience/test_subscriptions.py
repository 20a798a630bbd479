"""Blocks and subscriptions, changed one at a time, and their history."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.audience.subscriptions import history_of, set_block, set_subscribed
from campaigns.models import PhoneBlock, Source, SubscriptionChange
from providers.models import Project
from tests.factories import ProfileFactory, SubscriptionStartFactory

KEY = 919000011122
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
EARLIER = NOON - timedelta(minutes=5)


def say(
    project: Project, blocked: bool, source: Source, *, own: bool = False, at: datetime = NOON
) -> bool:
    return set_block(project, KEY, blocked=blocked, source=source, own_word=own, at=at)


def stop(project: Project, *, at: datetime = NOON) -> bool:
    return say(project, True, Source.KEYWORD, own=True, at=at)


def start(project: Project, *, at: datetime = NOON) -> bool:
    return say(project, False, Source.KEYWORD, own=True, at=at)


def block(project: Project) -> tuple[bool, bool, str, datetime]:
    return PhoneBlock.objects.values_list("blocked", "own_word", "source", "changed_at").get(
        project=project, match_key=KEY
    )


def history(project: Project) -> list[tuple[str, bool | None, str, datetime]]:
    rows = SubscriptionChange.objects.filter(project=project).order_by("id")
    return list(rows.values_list("flag", "value", "source", "at"))


def test_a_strangers_stop_is_kept_and_recorded(project: Project) -> None:
    assert stop(project)
    assert block(project) == (True, True, "keyword", NOON)
    assert history(project) == [("MSG-dndWhatsApp", True, "keyword", NOON)]


def test_a_second_stop_changes_nothing(project: Project) -> None:
    stop(project)
    assert not stop(project, at=LATER)
    assert (block(project), len(history(project))) == ((True, True, "keyword", NOON), 1)


def test_start_undoes_stop(project: Project) -> None:
    stop(project)
    assert start(project, at=LATER)
    assert block(project) == (False, True, "keyword", LATER)


def test_an_old_stop_that_arrives_late_does_not_undo_a_newer_start(project: Project) -> None:
    start(project)
    assert not stop(project, at=EARLIER)
    assert block(project) == (False, True, "keyword", NOON)


def test_a_stop_counts_against_a_newer_file(project: Project) -> None:
    say(project, False, Source.IMPORT, at=LATER)
    assert stop(project, at=NOON)
    assert block(project) == (True, True, "keyword", NOON)


@pytest.mark.parametrize("source", [Source.IMPORT, Source.API])
def test_no_file_and_no_program_undoes_a_stop(project: Project, source: Source) -> None:
    stop(project)
    assert not say(project, False, source, at=LATER)
    assert block(project) == (True, True, "keyword", NOON)


def test_somebody_in_the_console_may_undo_a_stop(project: Project) -> None:
    stop(project)
    assert say(project, False, Source.CONSOLE, at=LATER)
    assert block(project) == (False, False, "console", LATER)


def test_a_stop_makes_the_block_of_a_file_the_persons_own(project: Project) -> None:
    say(project, True, Source.IMPORT)
    assert stop(project, at=LATER)
    assert block(project) == (True, True, "keyword", LATER)


def test_what_somebody_came_with_is_the_first_of_their_history(project: Project) -> None:
    start = SubscriptionStartFactory.create(project=project, at=NOON, words="Form: Send me offers")
    profile = ProfileFactory.create(project=project, phone=f"+{KEY}", subscription_start=start)
    say(project, False, Source.API, at=EARLIER)
    set_subscribed(profile, subscribed=False, source=Source.CONSOLE, at=LATER)
    told = [(one.flag, one.value, one.source, one.words) for one in history_of(profile, most=9)]
    assert told == [
        ("MSG-whatsapp", False, "console", ""),
        ("MSG-whatsapp", True, "import", "Form: Send me offers"),
        ("MSG-dndWhatsApp", False, "api", ""),
    ]
    assert [one.value for one in history_of(profile, most=1)] == [False]


def test_a_subscription_changes_with_its_history(project: Project) -> None:
    profile = ProfileFactory.create(project=project, subscribed=None)
    assert set_subscribed(profile, subscribed=True, source=Source.CONSOLE, at=NOON)
    assert not set_subscribed(profile, subscribed=True, source=Source.API, at=LATER)
    assert set_subscribed(profile, subscribed=None, source=Source.API, at=LATER)
    profile.refresh_from_db()
    assert (profile.subscribed, history(project)) == (
        None,
        [
            ("MSG-whatsapp", True, "console", NOON),
            ("MSG-whatsapp", None, "api", LATER),
        ],
    )
