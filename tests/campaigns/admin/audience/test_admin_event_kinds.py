"""The catalogue of custom events."""

import re
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import EventKind
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.factories import ProfileFactory

LIST = reverse("admin:campaigns_eventkind_changelist")


def test_names_show_what_came_and_are_switched_off_and_on(
    project: Project, marketer: Client
) -> None:
    assert "No events of your own yet" in marketer.get(LIST).content.decode()
    ProfileFactory.create(project=project, identity="asha")
    told = {"identity": "asha", "name": "<b>Ordered</b>"}
    ages = (0, 1, 40)
    records = [
        {
            **told,
            "at": (timezone.now() - timedelta(days=days)).isoformat(),
            "properties": {"Size": 1},
        }
        for days in ages
    ]
    upload(project, [*records, {**told, "properties": {"Size": "XL"}}], by=SYSTEM)
    kind = EventKind.objects.get()

    shown = marketer.get(LIST).content.decode()
    assert "&lt;b&gt;Ordered&lt;/b&gt;" in shown
    assert (bool(re.search(r"field-lately[^>]*>\s*3\s*<", shown)), "Kept" in shown) == (True, True)
    page = reverse("admin:campaigns_eventkind_change", args=[kind.pk])
    about = marketer.get(page).content.decode()
    assert ("<dd>Number</dd>" in about, "<dd>Text</dd>" in about) == (True, True)

    assert marketer.post(page, {"ignored": "on"}).status_code == 302
    assert upload(project, records[:1], by=SYSTEM)[0].outcome == "ignored"
    assert "Switched off" in marketer.get(LIST).content.decode()
    marketer.post(page, {})
    assert not EventKind.objects.get().ignored
    told_of = AuditEntry.objects.filter(action__startswith="eventkind").order_by("pk")
    assert [entry.action for entry in told_of] == [
        "eventkind.switched_off",
        "eventkind.switched_on",
    ]
