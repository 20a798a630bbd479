"""Building a segment by clicking, and what stands beside it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.admin.audience.segment_building import MOST_ROWS
from campaigns.admin.audience.segment_draft import sealed
from campaigns.admin.audience.segment_pages import UNFILLED
from campaigns.audience.segments import slow_estimates
from campaigns.audience.segments.counting import count_what_is_due
from campaigns.audience.uploads.uploading_events import upload
from campaigns.ledger.months import OCCURRENCES, make_months
from campaigns.models import (
    AudiencePart,
    CustomList,
    EventKind,
    EventKindProperty,
    ListMember,
    ProfileProperty,
    PropertyType,
    Segment,
    SegmentSize,
)
from campaigns.pace import kept_figures
from campaigns.tasks import estimate_segment
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.words.indexing import index_everybody
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    MessageFactory,
    ProfileFactory,
    RunFactory,
    SegmentFactory,
)

pytestmark = pytest.mark.django_db
ADD = "admin:campaigns_segment_add"
CITY = {
    "0:subject": "property:City",
    "0:is": "equals",
    "0:value": "pune",
}
# More than a millisecond's work, on any machine.
SLOW = {
    "0:subject": "property:City",
    "0:is": "one_of",
    "0:lines": "\n".join(["Pune", *(f"{number}{'x' * 400}" for number in range(999))]),
}
IN_PUNE = {"on": "text", "property": "City", "is": "equals", "value": "pune"}


@pytest.fixture
def _properties(project: Project) -> None:
    ProfileProperty.objects.create(project=project, name="City", type=PropertyType.TEXT)
    ProfileProperty.objects.create(project=project, name="VIP", type=PropertyType.BOOLEAN)
    ProfileProperty.objects.create(project=project, name="Points", type=PropertyType.NUMBER)
    ProfileProperty.objects.create(project=project, name="Born", type=PropertyType.DATE)
    ProfileProperty.objects.create(project=project, name="Tags", type=PropertyType.TEXTS)


def whole(*conditions: dict[str, Any], match: str = "all") -> dict[str, Any]:
    return {"version": 1, "match": match, "conditions": list(conditions)}


def post(client: Client, name: str, data: dict[str, Any], *args: int) -> Any:
    return client.post(reverse(f"admin:campaigns_segment_{name}", args=args), data)


def built(client: Client, data: dict[str, Any]) -> dict[str, Any]:
    """The document that stands in the form afterwards."""
    answer = post(client, "build", data)
    found: dict[str, Any] = answer.context["draft"].document
    return found


@pytest.mark.usefixtures("_properties")
def test_every_kind_of_condition_is_built_saved_and_comes_back(
    project: Project, marketer: Client
) -> None:
    friends = CustomListFactory.create(project=project, name="Friends")
    inner = SegmentFactory.create(project=project, name="Everybody")
    run = RunFactory.create(campaign__project=project, last_profile_id=0)
    posted = {
        "name": "Regulars",
        "rule:match": "any",
        **CITY,
        "1:subject": "field:name",
        "1:is": "one_of",
        "1:lines": "Asha\n\nMeera",
        "2:match": "all",
        "2-0:subject": "property:Points",
        "2-0:is": "between",
        "2-0:from": "1",
        "2-0:to": "2.5",
        "2-1:subject": "property:VIP",
        "2-1:is": "yes",
        "3:subject": "property:Born",
        "3:is": "in_last",
        "3:amount": "3",
        "3:unit": "months",
        "4:subject": "reachability",
        "4:is": "sendable",
        "5:subject": "list",
        "5:is": "not_in",
        "5:list": str(friends.pk),
        "6:subject": "segment",
        "6:is": "in",
        "6:segment": str(inner.pk),
        "7:subject": "campaign:suppressed",
        "7:is": "did_not",
        "7:campaign": str(run.campaign_id),
        "7:reason": "no_phone",
        "7:when": "between",
        "7:first": "2026-01-01",
        "7:second": "2026-02-01",
        "8:subject": "conversation:wrote",
        "8:is": "so",
        "8:when": "last",
        "8:last": "2",
        "8:unit": "weeks",
        "9:subject": "property:Born",
        "9:is": "between",
        "9:first": "2026-01-01",
        "9:second": "2026-01-02",
        "10:subject": "property:Born",
        "10:is": "anniversary",
        "10:in_days": "7",
        "11:subject": "property:Tags",
        "11:is": "all_of",
        "11:lines": "new\nVIP",
        "12:subject": "country",
        "12:is": "one_of",
        "12:lines": "india\nUS",
        "13:subject": "country",
        "13:is": "does_not_equal",
        "13:value": "DE",
        "14:subject": "campaign:failed",
        "14:is": "did",
        "14:reason": "reported",
        "15:subject": "flag:opted_in",
        "15:is": "not_set",
        "16:subject": "flag:test",
        "16:is": "not_set",  # of this flag there is no such answer: its first one is taken
    }
    answer = post(marketer, "add", posted)
    saved = Segment.objects.get(name="Regulars")
    assert (answer.status_code, saved.rule) == (
        302,
        whole(
            IN_PUNE,
            {"on": "text", "field": "name", "is": "one_of", "values": ["Asha", "Meera"]},
            {
                "match": "all",
                "conditions": [
                    {"on": "number", "property": "Points", "is": "between", "from": 1, "to": 2.5},
                    {"on": "boolean", "property": "VIP", "is": "yes"},
                ],
            },
            {"on": "date", "property": "Born", "is": "in_last", "amount": 3, "unit": "months"},
            {"on": "reachability", "is": "sendable"},
            {"on": "list", "is": "not_in", "list": friends.pk},
            {"on": "segment", "is": "in", "segment": inner.pk},
            {
                "on": "campaign",
                "what": "suppressed",
                "is": "did_not",
                "campaign": run.campaign_id,
                "reason": "no_phone",
                "when": {"between": ["2026-01-01", "2026-02-01"]},
            },
            {
                "on": "conversation",
                "what": "wrote",
                "is": "so",
                "when": {"last": 2, "unit": "weeks"},
            },
            {
                "on": "date",
                "property": "Born",
                "is": "between",
                "values": ["2026-01-01", "2026-01-02"],
            },
            {"on": "date", "property": "Born", "is": "anniversary", "in_days": 7},
            {"on": "texts", "property": "Tags", "is": "all_of", "values": ["new", "VIP"]},
            {"on": "country", "is": "one_of", "values": ["IN", "US"]},
            {"on": "country", "is": "does_not_equal", "value": "DE"},
            {"on": "campaign", "what": "failed", "is": "did", "reason": "reported"},
            {"on": "flag", "what": "opted_in", "is": "not_set"},
            {"on": "flag", "what": "test", "is": "yes"},
            match="any",
        ),
    )
    # What the page shows, posted as it is, is the same rule.
    page = marketer.get(answer["Location"]).content.decode()
    assert built(marketer, {**fields_of(page), "own": str(saved.pk)}) == saved.rule


@pytest.mark.usefixtures("_properties")
def test_conditions_on_events_are_built_saved_and_come_back(
    project: Project, marketer: Client
) -> None:
    kind = EventKind.objects.create(project=project, name="Ordered", key="ordered")
    for name, of_type in (("Amount", "number"), ("Amount", "text"), ("Gift", "boolean")):
        EventKindProperty.objects.create(kind=kind, name=name, type=of_type)
    posted = {
        "name": "Buyers",
        "0:subject": "event:Ordered",
        "0:is": "at_least",
        "0:times": "2",
        "0:when": "last",
        "0:last": "30",
        "0:unit": "days",
        "0-0:subject": "number:Amount",
        "0-0:is": "more",
        "0-0:value": "500",
        "0-1:subject": "boolean:Gift",
        "0-1:is": "yes",
        "1:match": "any",
        "1-0:subject": "event:Ordered",
        "1-0:is": "sum",
        "1-0:property": "Amount",
        "1-0:that": "between",
        "1-0:from": "1",
        "1-0:to": "2",
        "1-1:subject": "event:Ordered",
        "1-1:is": "first",
        "1-1:when": "between",
        "1-1:first": "2026-01-01",
        "1-1:second": "2026-02-01",
        "1-1-0:subject": "text:Amount",
        "1-1-0:is": "contains",
        "1-1-0:value": "5",
    }
    about = {"on": "event", "event": "Ordered"}
    span = {"between": ["2026-01-01", "2026-02-01"]}
    answer = post(marketer, "add", posted)
    saved = Segment.objects.get(name="Buyers")
    between = {"is": "between", "from": 1, "to": 2}
    has_5 = {"on": "text", "property": "Amount", "is": "contains", "value": "5"}
    either = [
        {**about, "is": "sum", "property": "Amount", "that": between},
        {**about, "is": "first", "when": span, "where": [has_5]},
    ]
    where = [
        {"on": "number", "property": "Amount", "is": "more", "value": 500},
        {"on": "boolean", "property": "Gift", "is": "yes"},
    ]
    last = {"last": 30, "unit": "days"}
    often = {**about, "is": "at_least", "times": 2, "when": last, "where": where}
    expected = whole(often, {"match": "any", "conditions": either})
    assert (answer.status_code, saved.rule) == (302, expected)
    fields = fields_of(marketer.get(answer["Location"]).content.decode())
    assert built(marketer, {**fields, "own": str(saved.pk)}) == saved.rule
    added = built(marketer, {**fields, "act": "add:0"})
    dropped = built(marketer, {**fields, "act": "drop:0-0"})
    assert [len(one["conditions"][0]["where"]) for one in (added, dropped)] == [3, 1]


def fields_of(page: str) -> dict[str, str]:
    """As a browser would post them."""
    found = dict(re.findall(r'<input class="ks-input" [^>]*name="([^"]+)" value="([^"]*)"', page))
    for name, inside in re.findall(r'<select [^>]*?name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected>', inside)
        found[name] = chosen[1] if chosen else ""
    found.update(re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', page))
    return found


@pytest.mark.usefixtures("_properties")
def test_what_one_begins_with_is_a_rule_with_a_name(project: Project, marketer: Client) -> None:
    for name in ("Order cancelled", "Ordered"):
        EventKind.objects.create(project=project, name=name, key=name.lower())
    begun = {}
    for key, _ in marketer.get(reverse(ADD)).context["starts"]:
        page = marketer.get(reverse(ADD), {"start": key})
        post(marketer, "add", fields_of(page.content.decode()) | {"name": str(key)})
        begun[page.context["draft"].name] = Segment.objects.get(name=key).rule["conditions"][-1]
    week = {"on": "date", "property": "Born", "is": "anniversary_in_next", "days": 6}
    month = {"last": 30, "unit": "days"}
    assert begun == {
        "Bought, but not in 30 days": {
            "on": "event",
            "event": "Ordered",
            "is": "did_not",
            "when": month,
        },
        "Never messaged": {"on": "campaign", "what": "sent", "is": "did_not"},
        "Viewed, never clicked": {"on": "campaign", "what": "clicked", "is": "did_not"},
        "Window open now": {"on": "conversation", "what": "window_open", "is": "so"},
        "Birthday this week": week,
    }
    ProfileProperty.objects.filter(project=project, name="Born").delete()
    EventKind.objects.all().delete()
    page = marketer.get(reverse(ADD)).content.decode()
    assert ("Birthday this week" in page, "Bought" in page) == (False, False)


@pytest.mark.usefixtures("_properties")
def test_conditions_and_groups_are_added_dropped_and_undone(marketer: Client) -> None:
    empty_group = {"match": "any", "conditions": [{}]}
    assert built(marketer, {**CITY, "act": "add:rule"}) == whole(IN_PUNE, {})
    assert built(marketer, {**CITY, "act": "group:rule"}) == whole(IN_PUNE, empty_group)
    grouped = {**CITY, "1:match": "any", "1-0:subject": ""}
    assert built(marketer, {**grouped, "act": "add:1"}) == whole(
        IN_PUNE, {"match": "any", "conditions": [{}, {}]}
    )
    assert built(marketer, {**grouped, "act": "drop:1-0"}) == whole(
        IN_PUNE, {"match": "any", "conditions": []}
    )
    assert built(marketer, {**grouped, "act": "drop:0"}) == whole(empty_group)
    assert built(marketer, {**grouped, "act": "drop:7-9"}) == whole(IN_PUNE, empty_group)
    before, was = whole(), whole({})
    history = {"undo": sealed([before]), "was": sealed(was)}
    assert built(marketer, {**CITY, **history, "act": "undo"}) == was
    assert built(marketer, {"0:subject": "", **history, "act": "undo"}) == before


@pytest.mark.parametrize("made_up", ["5", '{"conditions": 5}', '[{"conditions": [5]}]', "[" * 900])
def test_documents_that_the_page_has_not_written_are_not_undone(
    viewer: Client, made_up: str
) -> None:
    given = {**CITY, "undo": made_up, "was": made_up, "act": "undo"}
    assert built(viewer, given) == whole(IN_PUNE)


@pytest.mark.parametrize(
    "typed",
    [
        {"0:subject": "property:C\0ity"},
        {"0-0:subject": "text:C\0ity"},
        {"act": f"drop:{'9' * 5000}"},
        {"act": f"add:{'9' * 5000}-1"},
        {"act": "drop:²"},
        {"act": "group:0"},
        {"undo": sealed(whole()), "was": sealed([]), "act": "undo"},
        {"undo": sealed(whole()), "was": sealed(whole()), "act": "add:rule"},
    ],
)
def test_whatever_a_form_names_is_answered_with_rows(
    project: Project, viewer: Client, typed: dict[str, str]
) -> None:
    kind = EventKind.objects.create(project=project, name="Ordered", key="ordered")
    EventKindProperty.objects.create(kind=kind, name="City", type=PropertyType.TEXT)
    built(viewer, {"0:subject": "event:Ordered", "0-0:subject": "text:City", **typed})


def test_more_rows_than_a_page_can_have_are_not_drawn(viewer: Client) -> None:
    rows = {f"{row}:subject": "field:name" for row in range(MOST_ROWS + 1)}
    inside = {"0:match": "all"} | {f"0-{row}:subject": "field:name" for row in range(MOST_ROWS)}
    for data in (rows, inside):
        data |= {"filter": "1", "act": "add:rule"}
        parts = [reverse(f"admin:campaigns_{part}") for part in ("segment_build", "profile_filter")]
        assert [viewer.post(part, data).status_code for part in parts] == [400, 400]


def test_a_name_is_kept_without_what_no_text_can_have(project: Project, marketer: Client) -> None:
    post(marketer, "add", {"name": "From\0 Pune"})
    assert Segment.objects.get(project=project).name == "From Pune"


@pytest.mark.usefixtures("_properties")
def test_values_that_people_have_are_offered_the_most_frequent_first(
    project: Project, marketer: Client
) -> None:
    hostile = {"City": "<b>'%s", "Tags": ["new", 5, "", "vip"]}
    for city in ("Pune", "Goa", "Pune", 5, None, "x" * 100):
        ProfileFactory.create(
            project=project,
            properties={"City": city, "Tags": "vip"},
            language="en",
            phone="+4912345",
        )
    ProfileFactory.create(project=project, properties=hostile, language="hi", phone="")
    ProfileFactory.create(properties={"City": "Elsewhere"}, language="fr")

    def offered(name: str, operator: str, **more: str) -> Any:
        row = {"0:subject": name, "0:is": operator}
        block = post(marketer, "build", {**row, **more}).context["group"]
        return [value for value, _ in block.members[0].inputs[1].offered]

    records = [
        {"identity": "customer-0", "name": "Ordered", "id": f"{n}", "properties": {"Tea": tea}}
        for n, tea in enumerate(("Assam", "Nilgiri", "Nilgiri"))
    ]
    upload(project, records, by=SYSTEM, create_people=True)
    rows = {"0:subject": "event:Ordered", "0:is": "did", "0-0:subject": "text:Tea"}
    where = post(marketer, "build", rows).context["group"].members[0].where
    assert [value for value, _ in where[0].inputs[1].offered] == ["Nilgiri", "Assam"]
    country = post(marketer, "build", {"0:subject": "country", "0:is": "equals"})
    taken = {"0:subject": "property:Tags", "0:is": "any_of", "0:lines": "VIP"}
    assert (
        offered("property:City", "equals"),
        offered("property:Tags", "any_of"),
        offered("property:Tags", "any_of", **{"0:lines": "VIP"}),
        offered("field:language", "equals"),
        offered("field:name", "equals"),
        country.context["group"].members[0].inputs[1].choices[1],
        built(marketer, {**taken, "act": "take:0:new"})["conditions"][0]["values"],
    ) == (
        ["Pune", "<b>'%s", "Goa"],
        ["vip", "new"],
        ["new"],
        ["en", "hi"],
        [],
        ("DE", "Germany"),
        ["VIP", "new"],
    )


@pytest.mark.usefixtures("_properties")
def test_beside_it_stands_whom_it_finds(project: Project, marketer: Client) -> None:
    ProfileFactory.create(project=project, name="Asha", properties={"City": "Pune"})
    ProfileFactory.create(
        project=project, name="Meera", properties={"City": "PUNE"}, match_key=None, subscribed=None
    )
    ProfileFactory.create(project=project, name="Ravi", properties={"City": "Goa"})
    found = post(marketer, "estimate", CITY)
    numbers = found.context["found"]
    assert (numbers.total, numbers.with_phone, numbers.subscribed, numbers.sendable) == (2, 1, 1, 1)
    page = found.content.decode()
    said = [word in page for word in ("City is “pune”", "Asha", "Meera", "City: PUNE", "Ravi")]
    assert said == [True, True, True, True, False]


@pytest.mark.usefixtures("_properties")
def test_it_says_of_somebody_why_they_are_in_it_or_not(project: Project, marketer: Client) -> None:
    asha = ProfileFactory.create(project=project, name="Asha", properties={"City": "Pune"})
    ashok = ProfileFactory.create(project=project, name="Ashok", properties={"City": 5})
    run = RunFactory.create(campaign__project=project, campaign__name="Monsoon", last_profile_id=0)
    sent_at = datetime(2026, 1, 31, 20, 30, tzinfo=UTC)
    MessageFactory.create(run=run, profile=asha, sent_at=sent_at)
    inner = SegmentFactory.create(project=project, name="Inner", rule=whole(IN_PUNE))
    rows = {
        "0:subject": "segment",
        "0:is": "in",
        "0:segment": str(inner.pk),
        "1:subject": "campaign:sent",
        "1:is": "did",
        "2:match": "any",
        "2-0:subject": "reachability",
        "2-0:is": "no_phone",
        "2-1:subject": "property:VIP",
        "2-1:is": "not_set",
    }

    index_everybody()

    def said(**more: str) -> str:
        page = post(marketer, "person", {**rows, **more}).content.decode()
        return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())

    assert said(who="ash").endswith(f"Whom do you mean? Asha {asha.phone} Ashok {ashok.phone}")
    assert said(who="asha").endswith(
        "check_circle Asha is in this segment. check Yes: All of these hold"
        " check Yes: they are in the segment “Inner”"
        " check Yes: City is “pune” (City: Pune)"
        " check Yes: they were sent any campaign (the newest: “Monsoon”, 1 Feb 2026, 02:00)"
        " check Yes: Any of these holds"
        " close No: they can't be sent to (No phone number) (they can be sent to now)"
        " check Yes: VIP is not set (VIP: nothing known)"
    )
    chosen = said(who="ash", of="ash", person=str(ashok.pk))
    assert "Ashok is not in this segment." in chosen
    assert "No: City is “pune” (City: 5)" in chosen
    assert "No: they were sent any campaign (no such message)" in chosen
    assert said(who="ash", of="", person=str(ashok.pk)).startswith("Whom do you mean?")
    assert said(who="nobody") == "Nobody is found by this."
    assert said(person=str(ProfileFactory.create().pk)) == ""
    assert said(who="asha", **{"1:subject": ""}) == "Fill in every condition first."


@pytest.mark.parametrize(("times", "length"), [(10_001, 1), (21, 500_000)])
def test_somebody_with_more_events_than_memory_holds_is_not_explained(
    project: Project, viewer: Client, times: int, length: int
) -> None:
    asha = ProfileFactory.create(project=project)
    kind, other = (
        EventKind.objects.create(project=project, name=name, key=name.lower())
        for name in ("Ordered", "Left")
    )
    make_months(OCCURRENCES, since=timezone.now(), until=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_occurrence (kind_id, at, fingerprint, profile_id, properties)"
            " SELECT %s, now(), n, p.id, jsonb_build_object('Note', repeat('x', %s))"
            " FROM campaigns_profile p, generate_series(1, %s) n",
            [kind.pk, length, times],
        )
    asked = {"who": asha.identity, "0:is": "did"}
    said = [
        post(viewer, "person", {**asked, "0:subject": f"event:{one.name}"}).content.decode()
        for one in (kind, other)
    ]
    assert ["They did too much" in page for page in said] == [True, False]


@pytest.mark.usefixtures("_properties")
def test_the_page_of_a_person_says_which_lists_and_segments_they_are_in(
    project: Project, marketer: Client
) -> None:
    asha = ProfileFactory.create(project=project, properties={"City": "Pune"})
    friends = CustomListFactory.create(project=project, name="Friends")
    ListMember.objects.create(custom_list=friends, profile=asha)
    CustomListFactory.create(project=project, name="Others")
    inside = SegmentFactory.create(project=project, name="Punekars", rule=whole(IN_PUNE))
    elsewhere = {**IN_PUNE, "value": "Goa"}
    SegmentFactory.create(project=project, name="Goans", rule=whole(elsewhere))
    gone = {"on": "list", "list": 0, "is": "in"}
    SegmentFactory.create(project=project, name="Faulty", rule=whole(gone))
    page = marketer.get(reverse("admin:campaigns_profile_change", args=[asha.pk])).content.decode()
    part = reverse("admin:campaigns_profile_segments", args=[asha.pk])
    assert f'hx-get="{part}"' in page
    page += marketer.get(part).content.decode()
    why = f"{reverse('admin:campaigns_segment_change', args=[inside.pk])}?person={asha.pk}"
    assert f'href="{why}">Punekars</a>' in page
    assert ">Friends</a>" in page
    assert [name in page for name in ("Goans", "Faulty", "Others")] == [False] * 3
    explained = marketer.get(why).content.decode()
    assert f'name="person" value="{asha.pk}"' in explained


@pytest.mark.usefixtures("_properties")
def test_what_takes_longer_than_the_page_waits_a_worker_counts(
    project: Project, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = ProfileFactory.create(project=project, name="Asha", properties={"City": "Pune"})
    monkeypatch.setattr(slow_estimates, "PATIENCE", 1)
    first = post(marketer, "estimate", SLOW)
    again = {**SLOW, "slow": first.context["slow"]}
    meanwhile = post(marketer, "estimate", again)
    estimate_segment(project.pk)
    estimate_segment(0)
    ProfileFactory.create(project=project, name="Meera", properties={"City": "Pune"})
    found = post(marketer, "estimate", again)
    assert ("It goes on in the background" in first.content.decode(), meanwhile.status_code) == (
        True,
        204,
    )
    numbers = found.context["found"]
    assert (numbers.total, numbers.sendable, numbers.sample) == (1, 1, [asha])
    assert "Counted at" in found.content.decode()
    # A rule that was changed, also in a segment that it may stand on, is counted anew.
    SegmentFactory.create(project=project)
    assert post(marketer, "estimate", again).context["is_counting"]


@pytest.mark.usefixtures("_properties")
def test_what_a_worker_gives_up_on_and_what_none_can_count_is_said(
    project: Project, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ProfileFactory.create(project=project, properties={"City": "Pune"})
    monkeypatch.setattr(slow_estimates, "PATIENCE_OF_A_WORKER", 1)
    again = {**SLOW, "slow": post(marketer, "estimate", SLOW).context["slow"]}
    post(marketer, "estimate", again)
    estimate_segment(project.pk)
    given_up = post(marketer, "estimate", again).content.decode()

    def away() -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(kept_figures, "shared_redis", away)
    without = post(marketer, "estimate", again).content.decode()
    assert "can be saved and used all the same" in given_up
    assert "Counting takes too long just now" in without


@pytest.mark.usefixtures("_properties")
def test_what_is_wrong_stands_at_its_condition_and_nothing_is_saved(
    project: Project, marketer: Client
) -> None:
    wrong = {**CITY, "1:subject": "property:Points", "1:is": "less", "1:value": "five"}
    page = post(marketer, "add", {"name": "X", **wrong}).content.decode()
    beside = post(marketer, "estimate", wrong).content.decode()
    nameless = post(marketer, "add", CITY).content.decode()
    SegmentFactory.create(project=project, name="Regulars")
    taken = post(marketer, "add", {**CITY, "name": " Regulars "}).content.decode()
    long = post(marketer, "add", {**CITY, "name": "x" * 101}).content.decode()
    unfilled = {**CITY, "name": "X", "1:subject": ""}
    empty = post(marketer, "add", unfilled).content.decode()
    while_building = post(marketer, "build", {**unfilled, "act": "add:rule"}).content.decode()
    assert (empty.count(UNFILLED), while_building.count(UNFILLED)) == (1, 0)
    assert (
        "This must be a number." in page,
        'value="five"' in page,
        "The segment is not saved" in page,
        "Fill in every condition" in beside,
        'id="name-problem" role="alert">Give the segment a name.' in nameless,
        'role="alert">There is already a segment called “Regulars”.' in taken,
        'role="alert">This name is longer than 100 characters.' in long,
        Segment.objects.count(),
    ) == (True, True, True, True, True, True, True, 1)


def test_a_segment_can_not_be_put_into_itself_over_others(
    project: Project, marketer: Client
) -> None:
    outer = SegmentFactory.create(project=project, name="Outer")
    inner = SegmentFactory.create(
        project=project,
        name="Inner",
        rule=whole({"on": "segment", "segment": outer.pk, "is": "in"}),
    )
    row = {"0:subject": "segment", "0:is": "in", "0:segment": str(inner.pk)}
    page = post(marketer, "change", {"own": outer.pk, "name": "Outer", **row}, outer.pk)
    outer.refresh_from_db()
    assert ("“Outer” → “Inner” → “Outer”" in page.content.decode(), outer.rule) == (True, whole())


def test_what_a_segment_names_is_not_deleted(project: Project, marketer: Client) -> None:
    named, friends = (
        SegmentFactory.create(project=project),
        CustomListFactory.create(project=project),
    )
    SegmentFactory.create(
        project=project,
        name="Both",
        rule=whole(
            {"on": "segment", "segment": named.pk, "is": "in"},
            {"match": "any", "conditions": [{"on": "list", "list": friends.pk, "is": "in"}]},
        ),
    )
    used = SegmentFactory.create(project=project, name="Used")
    diwali = CampaignFactory.create(project=project, name="Diwali")
    AudiencePart.objects.create(campaign=diwali, segment=used, is_left_out=True)
    refused = [marketer.get(reverse("admin:campaigns_segment_delete", args=[used.pk]))]
    refused.append(post(marketer, "delete", {"post": "yes"}, used.pk))
    page = marketer.get(reverse("admin:campaigns_segment_change", args=[used.pk])).content.decode()
    assert "Used by “Diwali”: what you change" in page
    assert "It can't be deleted as long as it is used." in page
    assert [answer.status_code for answer in refused] == [200, 302]
    for row in (named, friends):
        address = reverse(f"admin:campaigns_{row._meta.model_name}_delete", args=[row.pk])
        answer = marketer.post(address, {"post": "yes"}, follow=True)
        assert "can&#x27;t be deleted: it is used by “Both”" in answer.content.decode()
    assert (Segment.objects.count(), CustomList.objects.count()) == (3, 1)


def test_a_list_is_made_of_whom_it_finds_and_a_copy_of_the_rule(
    project: Project, marketer: Client
) -> None:
    run = RunFactory.create(campaign__project=project, last_profile_id=0)
    sent = MessageFactory.create(run=run)
    never = ProfileFactory.create(project=project)
    ProfileFactory.create()
    rule = whole({"on": "campaign", "what": "targeted", "is": "did_not"})
    segment = SegmentFactory.create(project=project, name="Never", rule=rule)
    asked = marketer.get(reverse("admin:campaigns_segment_list", args=[segment.pk]))
    assert 'name="name" value="Never"' in asked.content.decode()
    post(marketer, "list", {"name": "Never got one"}, segment.pk)
    post(marketer, "clone", {}, segment.pk)
    post(marketer, "clone", {}, segment.pk)
    assert [row.profile_id for row in ListMember.objects.all()] == [never.pk]
    assert sent.profile_id != never.pk
    assert list(Segment.objects.order_by("pk").values_list("name", "rule")) == [
        ("Never", rule),
        ("Copy 1 of Never", rule),
        ("Copy 2 of Never", rule),
    ]


def test_counting_leaves_the_rest_to_the_next_call(project: Project) -> None:
    for name in "AB":
        SegmentFactory.create(project=project, name=name)
    counted = []
    for _ in range(3):
        count_what_is_due(seconds=0)
        counted.append(SegmentSize.objects.count())
    assert counted == [1, 2, 2]


def test_sizes_are_counted_once_a_day_and_after_a_change(
    project: Project, marketer: Client
) -> None:
    ProfileFactory.create_batch(2, project=project)
    segment = SegmentFactory.create(project=project, name="All")
    broken = whole({"on": "list", "list": 0, "is": "in"})
    SegmentFactory.create(project=project, name="Broken", rule=broken)
    count_what_is_due()
    ProfileFactory.create(project=project)
    count_what_is_due()
    assert [size.people for size in SegmentSize.objects.all()] == [2]
    # By a worker whose clock is ahead of the console's.
    Segment.objects.update(counted_at=timezone.now() + timedelta(minutes=5))
    post(marketer, "change", {"own": segment.pk, "name": "All of them"}, segment.pk)
    count_what_is_due()
    assert [size.people for size in SegmentSize.objects.all()] == [3]
    today = SegmentSize.objects.get().day
    for days, people in ((40, 90), (8, 5), (6, 7), (5, 9)):
        day = today - timedelta(days=days)
        SegmentSize.objects.create(segment=segment, day=day, people=people)
    page = marketer.get(reverse("admin:campaigns_segment_changelist")).content.decode()
    shown = ("All of them", "Not counted yet", ">-4<", "From 5 to 3 people")
    assert [words in page for words in shown] == [True] * 4
