"""What somebody did, page by page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.audience.timeline import newest_of
from campaigns.models import Event, EventName, Occurrence
from providers.models import Project
from tests.factories import EventKindFactory, ProfileFactory

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
