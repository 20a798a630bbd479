"""What programs read: their own project, page by page, as the document promises it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import (
    CampaignStatus,
    CustomList,
    Erasure,
    ListMember,
    MessageKind,
    OutboxState,
    Profile,
    Reason,
    SegmentSize,
    State,
)
from campaigns.running.crediting import credit_conversions
from providers.models import AuditEntry, Project, Scope
from tests.campaigns.goals import did, sent, with_goal
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    CustomListFactory,
    ExportFactory,
    MessageFactory,
    OutboxFactory,
    PhoneBlockFactory,
    ProfileFactory,
    ProjectFactory,
    RunFactory,
    SegmentFactory,
    TallyFactory,
    TemplateFactory,
)
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db

AT = "/api/v1"
LISTS = ("profiles", "lists", "segments", "templates", "campaigns", "messages", "conversations")


@pytest.fixture
def shop(project: Project) -> Client:
    return client_with_key(project)


@pytest.fixture
def reader(project: Project) -> Client:
    return client_with_key(project, Scope.READ)


def get(caller: Client, address: str, **query: Any) -> Any:
    answer = caller.get(f"{AT}/{address}", query)
    check(answer)
    return answer.json() if answer.status_code == 200 else code_of(answer)


def change(caller: Client, method: str, address: str, body: object) -> Any:
    send = getattr(caller, method)
    answer = send(f"{AT}/{address}", body, content_type="application/json")
    check(answer)
    return answer.json() if answer.status_code < 300 else code_of(answer)


def walk(caller: Client, address: str, **query: Any) -> Iterator[dict[str, Any]]:
    page = get(caller, address, **query)
    yield from page["records"]
    while page["next"]:
        page = get(caller, address, **query, cursor=page["next"])
        yield from page["records"]


def one_of_each(project: Project) -> dict[str, int]:
    """By the name of its list."""
    person = ProfileFactory.create(project=project)
    rows = {
        "profiles": person,
        "lists": CustomListFactory.create(project=project),
        "segments": SegmentFactory.create(project=project),
        "templates": TemplateFactory.create(project=project),
        "campaigns": CampaignFactory.create(project=project),
        "conversations": ConversationFactory.create(project=project),
        "exports": ExportFactory.create(project=project),
    }
    run = RunFactory.create(campaign=rows["campaigns"])
    rows["messages"] = MessageFactory.create(run=run, profile=person)
    ListMember.objects.create(custom_list=rows["lists"], profile=person)
    return {name: row.pk for name, row in rows.items()}


def test_a_key_reads_its_own_project_alone(project: Project, reader: Client) -> None:
    mine, theirs = one_of_each(project), one_of_each(ProjectFactory.create())
    for name in LISTS:
        assert [record["id"] for record in get(reader, name)["records"]] == [mine[name]]
        assert get(reader, f"{name}/{mine[name]}")["id"] == mine[name]
        assert get(reader, f"{name}/{theirs[name]}") == (404, "not_found")
        assert get(reader, f"{name}/{2**63}") == (404, "not_found")
    for name in ("lists", "segments"):
        assert get(reader, f"{name}/{theirs[name]}/people") == (404, "not_found")
    assert [one["id"] for one in get(reader, f"lists/{mine['lists']}/people")["records"]] == [
        mine["profiles"]
    ]
    assert get(reader, "messages", campaign=theirs["campaigns"])["records"] == []


def test_nothing_of_another_project_is_changed(project: Project, shop: Client) -> None:
    theirs = one_of_each(ProjectFactory.create())
    everything = client_with_key(project, *Scope)
    answers = [
        change(shop, "delete", f"profiles/{theirs['profiles']}", ""),
        change(shop, "delete", f"lists/{theirs['lists']}", ""),
        change(shop, "post", f"lists/{theirs['lists']}/people", {"identities": []}),
        change(shop, "delete", f"lists/{theirs['lists']}/people", {"identities": []}),
        *(
            change(everything, "post", f"campaigns/{theirs['campaigns']}/{move}", "")
            for move in ("pause", "resume", "stop")
        ),
    ]
    assert answers == [(404, "not_found")] * 7
    assert (Erasure.objects.count(), ListMember.objects.count()) == (0, 1)


@pytest.mark.parametrize("name", LISTS)
def test_pages_hold_everything_once(name: str, project: Project, reader: Client) -> None:
    numbers = [one_of_each(project)[name] for _ in range(5)]
    seen = [record["id"] for record in walk(reader, name, limit=2)]
    assert sorted(seen) == sorted(numbers)
    assert seen == sorted(numbers, reverse=name == "messages")


@pytest.mark.parametrize("name", ["lists", "segments"])
def test_people_come_in_pages_too(name: str, project: Project, reader: Client) -> None:
    people = [ProfileFactory.create(project=project) for _ in range(5)]
    made = CustomListFactory.create(project=project)
    ListMember.objects.bulk_create(
        ListMember(custom_list=made, profile=person) for person in people
    )
    number = made.pk if name == "lists" else SegmentFactory.create(project=project).pk
    found = [person["id"] for person in walk(reader, f"{name}/{number}/people", limit=2)]
    assert sorted(found) == [person.pk for person in people]


def test_cursors_are_good_for_one_list_of_one_project(project: Project, reader: Client) -> None:
    other = ProjectFactory.create()
    for each in (project, other):
        for _ in range(2):
            one_of_each(each)
    theirs = get(client_with_key(other), "profiles", limit=1)["next"]
    other_list = get(reader, "lists", limit=1)["next"]
    mine = get(reader, "profiles", limit=1)["next"]
    bad = [theirs, other_list, mine[:-1], mine + "A", "", "x" * 10_000, "é", "\0"]
    for cursor in bad:
        assert get(reader, "profiles", cursor=cursor) == (400, "cursor.unreadable")
    # Another filter is none of a cursor's business.
    assert get(reader, "profiles", cursor=mine, limit=1, identity="nobody")["records"] == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"limit": 0}, {"limit": "unreadable"}),
        ({"limit": 501}, {"limit": "unreadable"}),
        ({"limit": "9" * 5_000}, {"limit": "unreadable"}),
        ({"limit": "१"}, {"limit": "unreadable"}),
        ({"limit": ["1", "2"]}, {"limit": "twice"}),
        ({"colour": "red", "limit": -1}, {"colour": "unknown_parameter", "limit": "unreadable"}),
        ({"phone": "12"}, {"phone": "unreadable"}),
        ({"identity": "a\0b"}, {"identity": "unreadable"}),
        ({"identity": ""}, {"identity": "unreadable"}),
    ],
)
def test_what_is_wrong_with_an_address_is_named(
    query: dict[str, Any], wrong: dict[str, str], reader: Client
) -> None:
    answer = reader.get(f"{AT}/profiles", query)
    assert code_of(answer) == (422, "query.wrong")
    assert {part["path"]: part["code"] for part in answer.json()["errors"]} == wrong


def test_no_address_takes_parameters_that_it_does_not_know(reader: Client, shop: Client) -> None:
    assert get(reader, "key", dry_run=1) == (422, "query.wrong")
    answer = shop.post(f"{AT}/events?dryRun=1", {"records": []}, content_type="application/json")
    assert code_of(answer) == (422, "query.wrong")


def test_a_person_is_told_in_full(project: Project, reader: Client) -> None:
    person = ProfileFactory.create(
        project=project, identity="c/1 é", name="Asha", properties={"City": "Pune"}
    )
    PhoneBlockFactory.create(project=project, match_key=person.match_key, blocked=True)
    by_phone = get(reader, "profiles", phone=person.phone)["records"]
    assert by_phone == get(reader, "profiles", identity="c/1 é")["records"]
    (told,) = by_phone
    assert told == get(reader, f"profiles/{person.pk}")
    assert {name: told[name] for name in ("identity", "name", "phone", "properties")} == {
        "identity": "c/1 é",
        "name": "Asha",
        "phone": person.phone,
        "properties": {"City": "Pune"},
    }
    assert (told["MSG-dndWhatsApp"], told["unreachable"]) == (True, Reason.NUMBER_BLOCKED)


def test_a_person_is_erased_by_the_consoles_act(project: Project, shop: Client) -> None:
    person = ProfileFactory.create(project=project)
    told = change(shop, "delete", f"profiles/{person.pk}", "")
    assert (told["people"], Erasure.objects.get().pk) == (1, told["erasure"])
    entry = AuditEntry.objects.get(action="profile.erased")
    assert (entry.key is not None, entry.target_id) == (True, str(person.pk))
    assert change(shop, "delete", f"profiles/{person.pk}", "") == (422, "erasure.refused")


def test_lists_are_made_filled_and_deleted(project: Project, shop: Client) -> None:
    people = [ProfileFactory.create(project=project, identity=f"u-{n}") for n in range(3)]
    made = change(shop, "post", "lists", {"name": " VIP "})
    at = f"lists/{made['id']}"
    assert (made["name"], get(shop, at)["people"]) == ("VIP", 0)
    assert change(shop, "post", "lists", {"name": "VIP"}) == (422, "list.name_taken")
    given = {"identities": ["u-0", "nobody", "u-1", "u-0"]}
    assert change(shop, "post", f"{at}/people", given) == {"changed": 2, "unknown": [1]}
    assert change(shop, "post", f"{at}/people", given)["changed"] == 0
    assert change(shop, "delete", f"{at}/people", {"identities": ["u-1", "u-2"]}) == {
        "changed": 1,
        "unknown": [],
    }
    assert [one["id"] for one in get(shop, f"{at}/people")["records"]] == [people[0].pk]
    assert change(shop, "delete", at, "") == {"deleted": True}
    assert (get(shop, at), Profile.objects.count()) == ((404, "not_found"), 3)


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\0", "a\nb", None, 7, {}, "\ud800"])
def test_a_list_needs_a_name_for_people(name: Any, shop: Client) -> None:
    assert change(shop, "post", "lists", {"name": name}) == (422, "body.wrong")
    assert not CustomList.objects.exists()


@pytest.mark.parametrize("identities", [None, {}, [1], [""], ["a\0"], ["x" * 256], ["a"] * 1_001])
def test_who_goes_into_a_list_is_named_by_texts(
    identities: Any, project: Project, shop: Client
) -> None:
    number = CustomListFactory.create(project=project).pk
    body = {"identities": identities}
    for method in ("post", "delete"):
        assert change(shop, method, f"lists/{number}/people", body) == (422, "body.wrong")


def test_segments_say_how_many_they_held(project: Project, reader: Client) -> None:
    segment = SegmentFactory.create(project=project)
    today = timezone.now().date()
    SegmentSize.objects.create(segment=segment, day=today, people=17)
    assert [one["people"] for one in get(reader, "segments")["records"]] == [17]
    told = get(reader, f"segments/{segment.pk}")
    assert (told["sizes"], told["rule"]) == ([{"day": f"{today}", "people": 17}], segment.rule)


def test_templates_say_what_has_to_be_filled_in(project: Project, reader: Client) -> None:
    template = TemplateFactory.create(project=project, name="order_placed")
    TemplateFactory.create(project=project, name="draft", status="draft")
    assert [one["id"] for one in get(reader, "templates", status="approved")["records"]] == [
        template.pk
    ]
    assert get(reader, "templates", name="nothing")["records"] == []
    told = get(reader, f"templates/{template.pk}")
    assert [slot["key"] for slot in told["slots"]] == ["body.1"]
    assert told["content"] == template.current.content
    assert get(reader, "templates", status="good") == (422, "query.wrong")


def test_a_campaigns_numbers_are_those_of_its_page(project: Project, reader: Client) -> None:
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    run = RunFactory.create(campaign=campaign)
    tallies = {"targeted": 5, "sent": 3, "failed": 1, "failed:refused:105": 1, "clicks": 4}
    for name, n in tallies.items():
        TallyFactory.create(run=run, name=name, n=n)
    told = get(reader, f"campaigns/{campaign.pk}")
    assert told == get(reader, "campaigns", status="running")["records"][0]
    results = told["results"]
    assert (results["people"]["targeted"], results["people"]["sent"], results["clicks"]) == (
        5,
        3,
        4,
    )
    (failed,) = results["failed"]
    assert (failed["reason"], failed["code"], failed["people"]) == ("refused", "105", 1)


def test_a_campaigns_goal_and_who_reached_it_are_read(project: Project, reader: Client) -> None:
    run = with_goal(project, value="Amount", currency="INR")
    person = ProfileFactory.create(project=project)
    sent(run, 60, profile=person)
    did(person, 30, Amount=12.5)
    did(person, 20, Amount=7, Currency="EUR")
    credit_conversions()
    TallyFactory.create(run=run, name=f"suppressed:{Reason.CONTROL_GROUP}", n=3)
    told = get(reader, f"campaigns/{run.campaign_id}")
    assert told["goal"] == {
        "event": "Charged",
        "where": [],
        "minutes": 60,
        "value": "Amount",
        "currency": "INR",
        "currency_property": "",
    }
    assert told["results"]["conversions"] == {
        "people": 1,
        "total": 2,
        "amounts": [{"currency": "INR", "total": "19.5"}],
        "control_people": 3,
        "control_converted": 0,
    }
    assert told["results"]["people"]["converted"] == 1


def test_campaigns_are_moved_like_by_a_click(project: Project, reader: Client) -> None:
    sender = client_with_key(project, Scope.SEND)
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    at = f"campaigns/{campaign.pk}"
    told = change(sender, "post", f"{at}/pause", "")
    assert (told["status"], "Web shop" in told["status_reason"]) == ("paused", True)
    assert change(sender, "post", f"{at}/pause", "") == (422, "campaign.wrong_status")
    assert change(sender, "post", f"{at}/resume", "")["status"] == "running"
    assert change(sender, "post", f"{at}/stop", "")["status"] == "stopped"
    assert change(reader, "post", f"{at}/stop", "") == (403, "key.scope")
    entries = AuditEntry.objects.filter(action__startswith="campaign.").order_by("pk")
    assert [(one.action, one.key is None) for one in entries] == [
        ("campaign.paused", False),
        ("campaign.resumed", False),
        ("campaign.stopped", False),
    ]


def test_messages_are_found_by_whom_they_went_to(project: Project, reader: Client) -> None:
    run = RunFactory.create(campaign__project=project)
    mine, other = (MessageFactory.create(run=run) for _ in range(2))
    failed = MessageFactory.create(
        run=run, state=State.FAILED, reason=Reason.REFUSED, code="105", failed_at=timezone.now()
    )
    single = MessageFactory.create(
        run=None, project=project, kind=MessageKind.API, campaign=None, profile=None, phone="+91900"
    )
    OutboxFactory.create(message=other, state=OutboxState.CLAIMED)

    def found(**query: Any) -> list[int]:
        return [one["id"] for one in walk(reader, "messages", **query, limit=1)]

    assert mine.profile is not None
    assert found(about=mine.profile.identity) == found(about=mine.phone) == [mine.pk]
    assert found(about=mine.phone, state="failed") == []
    assert set(found(campaign=run.campaign_id)) == {mine.pk, other.pk, failed.pk}
    assert found(campaign=run.campaign_id, state="failed") == found(state="failed") == [failed.pk]
    assert found(kind="api") == [single.pk]
    assert get(reader, f"messages/{other.pk}")["state"] == "sending"
    told = get(reader, f"messages/{failed.pk}")
    assert (told["state"], told["reason"], told["meaning"] != "") == ("failed", "refused", True)


def test_who_may_not_read_reads_nothing(project: Project) -> None:
    numbers = one_of_each(project)
    writer = client_with_key(project, Scope.WRITE)
    asked = [*LISTS, *(f"{name}/{numbers[name]}" for name in LISTS)]
    asked += [f"lists/{numbers['lists']}/people", f"segments/{numbers['segments']}/people"]
    for address in asked:
        assert get(writer, address) == (403, "key.scope")
        assert writer.head(f"{AT}/{address}").status_code == 403


def test_a_page_takes_as_many_queries_for_many_as_for_one(
    project: Project, reader: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        one_of_each(project)
    for name in LISTS:
        with django_assert_max_num_queries(10):
            get(reader, name)
