"""The order and columns of the list of people, and views that are kept."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.audience.property_changes import walking
from campaigns.audience.property_changes.ordering import rename_property
from campaigns.models import PeopleView, Profile, ProfileProperty
from providers.admin.short_time import short_time
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.words.indexing import index_everybody
from tests.factories import ConversationFactory, ProfileFactory, ProfilePropertyFactory

pytestmark = pytest.mark.django_db
PROFILES = reverse("admin:campaigns_profile_changelist")
LOOK, KEEP, DROP = (
    reverse(f"admin:campaigns_profile_{name}") for name in ("look", "keep_view", "drop_view")
)
IN_PUNE = {"on": "text", "property": "City", "is": "equals", "value": "Pune"}
RULE = {"version": 1, "match": "all", "conditions": [IN_PUNE]}
PUNE = {"rule": json.dumps(RULE), "order": "name", "col": ["City", "Tags"]}


@pytest.fixture(autouse=True)
def city(project: Project) -> ProfileProperty:
    for name, town in (("Zoya", "Pune"), ("Asha", "Pune"), ("Bela", "Goa")):
        tags = {"Tags": ["new", "vip"]} if name == "Asha" else {}
        ProfileFactory.create(project=project, name=name, properties={"City": town, **tags})
    index_everybody()
    ProfilePropertyFactory.create(project=project, name="Tags", type="texts")
    made: ProfileProperty = ProfilePropertyFactory.create(project=project, name="City")
    return made


def names(client: Client, **address: Any) -> list[str]:
    return [one.name for one in client.get(PROFILES, address).context["cl"].result_list]


def test_the_list_has_an_order_and_columns_of_its_own(viewer: Client, project: Project) -> None:
    assert names(viewer) == ["Bela", "Asha", "Zoya"]
    assert names(viewer, order="oldest") == ["Zoya", "Asha", "Bela"]
    assert names(viewer, order="name") == ["Asha", "Bela", "Zoya"]
    assert names(viewer, order="name_down") == ["Zoya", "Bela", "Asha"]
    assert "Wrote last" not in viewer.get(PROFILES).content.decode()
    zoya = Profile.objects.get(name="Zoya")
    wrote_at = timezone.now() + timedelta(hours=1)
    ConversationFactory.create(project=project, match_key=zoya.match_key, last_inbound_at=wrote_at)
    assert names(viewer, order="wrote") == ["Zoya", "Bela", "Asha"]
    assert "Wrote last" in viewer.get(PROFILES, {"order": "wrote"}).content.decode()
    hers = viewer.get(reverse("admin:campaigns_profile_change", args=[zoya.pk]))
    with timezone.override(project.time_zone):
        said = str(short_time(wrote_at))
    assert hers.content.decode().count(said) == 2  # of the conversation, and last seen
    assert names(viewer, **PUNE) == ["Asha", "Zoya"]
    page = viewer.get(PROFILES, PUNE).content.decode()
    assert "new, vip" in page
    # What is no order and no property is passed by.
    theirs = ProfilePropertyFactory.create(name="Theirs")
    odd = {"order": "-id", "col": ["City", theirs.name, "City", "x" * 500]}
    answer = viewer.get(PROFILES, odd)
    columns = answer.context["cl"].list_display
    own = [each.short_description for each in columns if callable(each)]
    assert (answer.status_code, own) == (200, ["City"])


def test_the_form_keeps_the_filter_and_the_filter_keeps_the_look(viewer: Client) -> None:
    form = viewer.get(LOOK, PUNE)
    assert dict(form.context["kept"]) == {"rule": json.dumps(RULE, separators=(",", ":"))}
    assert form.context["boxes"] == [("City", True), ("Tags", True)]
    posted = {"filter": "1", "order": "name", "col": "Tags", "0:subject": "property:City"}
    done = viewer.post(reverse("admin:campaigns_profile_filter"), {**posted, "0:is": "set"})
    assert done["Location"].endswith("&order=name&col=Tags")


def test_a_view_is_kept_for_everybody_and_deleted(
    marketer: Client, viewer: Client, project: Project
) -> None:
    asked = marketer.get(KEEP, {**PUNE, "q": "asha"}).context["asked"]
    sent: dict[str, Any] = {"name": "  Pune  now "}
    for name, value in asked:
        sent.setdefault(name, []).append(value)
    answer = marketer.post(KEEP, sent)
    view = PeopleView.objects.get()
    assert (view.name, view.rule, view.order, view.columns) == (
        "Pune now",
        RULE,
        "name",
        ["City", "Tags"],
    )
    assert [one.name for one in viewer.get(answer["Location"]).context["cl"].result_list] == [
        "Asha",
        "Zoya",
    ]
    shown = viewer.get(answer["Location"]).content.decode()
    assert ("Pune now" in shown, "Delete the view" in shown) == (True, False)
    assert "There is a view “pune NOW” already" in (
        marketer.post(KEEP, {**sent, "name": "pune NOW"}).content.decode()
    )
    for _ in range(2):
        marketer.post(DROP, {"view": view.pk})
    assert not PeopleView.objects.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "peopleview.added",
        "peopleview.deleted",
    ]


def test_a_renamed_property_stays_in_views(
    viewer: Client, project: Project, city: ProfileProperty
) -> None:
    view = PeopleView.objects.create(
        project=project, name="Pune", rule=RULE, order="name", columns=["City"]
    )
    rename_property(city, "Town", by=SYSTEM)
    walking.carry_out()
    view.refresh_from_db()
    assert (view.rule["conditions"][0]["property"], view.columns) == ("Town", ["Town"])
    (shown,) = viewer.get(PROFILES).context["views"]
    assert f"col={urlencode({'': 'Town'})[1:]}" in shown[1]


def test_another_projects_view_is_not_there(marketer: Client) -> None:
    theirs = PeopleView.objects.create(
        project=ProfileFactory.create().project, name="Theirs", order="name"
    )
    assert "Theirs" not in marketer.get(PROFILES).content.decode()
    marketer.post(DROP, {"view": theirs.pk})
    assert PeopleView.objects.get() == theirs
