"""What somebody did, page by page."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.audience.timeline import newest_of
from campaigns.models import (
    Event,
    EventName,
    MessageKind,
    Occurrence,
    Profile,
    Reason,
    Source,
    State,
    SubscriptionChange,
)
from providers.models import Project
from tests.factories import (
    EventKindFactory,
    MessageFactory,
    ProfileFactory,
    RunFactory,
    SubscriptionChangeFactory,
    SubscriptionStartFactory,
)

NOW = timezone.now().replace(microsecond=0)


@pytest.mark.django_db
def test_both_kinds_of_events_come_in_one_line_and_none_is_shown_twice_or_lost(
    project: Project, marketer: Client
) -> None:
    asha, ravi = ProfileFactory.create_batch(2, project=project)
    kinds = EventKindFactory.create_batch(3, project=project)
    for n in range(40):  # four of them at each time
        at = NOW - timedelta(hours=n // 4)
        if n % 4 == 0:
            Event.objects.create(project=project, profile=asha, name=EventName.SENT, at=at)
        else:
            Occurrence.objects.create(
                kind=kinds[n % 3],
                profile=asha,
                at=at,
                fingerprint=n,
                properties={"n": n, "ok": True},
            )
    Occurrence.objects.create(kind=kinds[0], profile=ravi, at=NOW, fingerprint=1)

    seen, behind = [], None
    for _ in range(6):
        page = newest_of(asha, behind=behind, most=7)
        seen += page.entries
        behind = page.older
    assert behind is None
    assert len(seen) == len({entry.place for entry in seen}) == 40
    assert [e.place.at for e in seen] == sorted((e.place.at for e in seen), reverse=True)

    page = reverse("admin:campaigns_profile_timeline", args=[asha.pk])
    shown = marketer.get(page).content.decode()
    assert (shown.count("<dt>"), "ok: yes" in shown) == (40, True)
    odd = {"at": "2026-13-01", "o": "x", "n": str(2**70)}
    assert marketer.get(page, odd).status_code == 200
    profile = reverse("admin:campaigns_profile_change", args=[asha.pk])
    assert page in marketer.get(profile).content.decode()


@pytest.mark.django_db
def test_flags_and_messages_that_did_not_come_stand_in_it_too(project: Project) -> None:
    start = SubscriptionStartFactory.create(project=project, words="Form", at=ago(days=9))
    asha = ProfileFactory.create(project=project, subscription_start=start)
    ravi = ProfileFactory.create(project=project, phone=asha.phone)
    change = {"project": project, "at": ago(days=8)}
    SubscriptionChangeFactory.create(profile=asha, value=None, **change)
    SubscriptionChangeFactory.create(profile=ravi, value=False, **change)
    SubscriptionChangeFactory.create(
        profile=None,
        match_key=asha.match_key,
        flag=SubscriptionChange.Flag.BLOCKED,
        source=Source.KEYWORD,
        words="STOP",
        **change,
    )
    messages_to(asha, ravi)
    Event.objects.create(project=project, profile=asha, name=EventName.SENT, at=ago(days=3))

    seen, behind = list[tuple[str, dict[str, Any]]](), None
    while not seen or behind:
        page = newest_of(asha, behind=behind, most=2)
        seen += [(entry.name, entry.properties) for entry in page.entries]
        behind = page.older

    assert seen == [
        ("Notification Sent", {}),
        ("Message failed", {"Kind": "API", "Why": "Refused by Gupshup"}),
        ("Message not sent", {"Campaign": "Diwali", "Why": "Excluded"}),
        ("MSG-dndWhatsApp = TRUE", {"By": "Keyword", "Words": "STOP"}),
        ("MSG-whatsapp = unknown", {"By": "Console"}),
        ("MSG-whatsapp = TRUE", {"By": "Import", "Words": "Form"}),
    ]


def messages_to(asha: Profile, ravi: Profile) -> None:
    """Of the three that she was meant to get one came; he shares her phone."""
    run = RunFactory.create(campaign__project=asha.project, campaign__name="Diwali")
    left_out = {"state": State.SUPPRESSED, "reason": Reason.EXCLUDED, "created_at": ago(days=7)}
    for one in (asha, ravi):
        MessageFactory.create(run=run, profile=one, send_key=None, **left_out)
    other = RunFactory.create(campaign=run.campaign, number=2)
    MessageFactory.create(run=other, profile=asha, state=State.READ)
    refused = {"state": State.FAILED, "reason": Reason.REFUSED, "failed_at": ago(days=6)}
    for one in (asha, ravi):
        single = {"project": one.project, "kind": MessageKind.API, "profile": one}
        MessageFactory.create(run=None, campaign=None, **single, **refused)


def ago(*, days: int) -> datetime:
    return NOW - timedelta(days=days)
