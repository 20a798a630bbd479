"""A program writes a campaign, looks whether it can go out, and publishes it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.api.draft_document import LIKE
from campaigns.models import Approval, Campaign, CampaignStatus, Outcome
from campaigns.running.approving import ask_for_approval
from campaigns.running.launching import launch
from campaigns.running.lifecycle import NEEDS_APPROVAL
from providers.models import AuditEntry, Project, Scope
from providers.watch.actors import Actor
from templates_app.models import Template
from tests.campaigns.api.test_reading import get
from tests.campaigns.approvals import team
from tests.campaigns.sending.test_loop import run_sender
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    EventKindFactory,
    ListMemberFactory,
    ProfileFactory,
    ProjectFactory,
    SegmentFactory,
    TemplateFactory,
)
from tests.gateway_simulator import SimulatorClient
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db(transaction=True)

AT = "/api/v1/campaigns"
VARIANT: dict[str, Any] = {
    "template": "order_placed",
    "language": "en",
    "values": {"body.1": {"text": "{{ profile.name }}", "fallback": "you"}},
}


def document(**changed: Any) -> dict[str, Any]:
    usual = {"name": "Diwali", "audience": {"everybody": True}, "variants": [VARIANT]}
    return {name: value for name, value in (usual | changed).items() if value is not ...}


def write(caller: Client, body: object, **headers: str) -> Any:
    answer = caller.post(AT, body, content_type="application/json", headers=headers)
    check(answer)
    return answer


def rewrite(caller: Client, number: int, body: object, **headers: str) -> Any:
    address = f"{AT}/{number}/draft"
    answer = caller.put(address, body, content_type="application/json", headers=headers)
    check(answer)
    return answer


def draft_of(caller: Client, number: int) -> Any:
    answer = caller.get(f"{AT}/{number}/draft")
    check(answer)
    return answer


def publish(caller: Client, number: int, **headers: str) -> Any:
    answer = caller.post(f"{AT}/{number}/publish", headers=headers)
    check(answer)
    return answer


def faults(answer: Any) -> dict[str, str]:
    assert code_of(answer) == (422, "body.wrong"), answer.content
    return {part["path"]: part["detail"] for part in answer.json().get("errors", [])}


def test_a_campaign_is_written_checked_published_and_arrives(
    project: Project, template: Template, shop: Client, simulator: SimulatorClient
) -> None:
    ProfileFactory.create(project=project, name="Asha", phone="+919000000001")
    ProfileFactory.create(project=project, subscribed=False)
    made = write(shop, document())
    number = made.json()["id"]
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    seen = draft_of(shop, number)
    told = get(shop, f"campaigns/{number}/check")
    assert told["is_ready"]
    assert told["reach"] == {"people": 2, "to_send": 1, "left_out": {"not_subscribed": 1}}
    published = publish(shop, number, **{"If-Match": seen["ETag"], "Idempotency-Key": "diwali"})
    assert (published.status_code, published.json()["status"]) == (200, "launching")
    again = publish(shop, number, **{"If-Match": seen["ETag"], "Idempotency-Key": "diwali"})
    assert (again.json(), again["Idempotency-Replayed"]) == (published.json(), "true")
    launch(Campaign.objects.get(pk=number).runs.get().pk)
    run_sender()
    results = get(shop, f"campaigns/{number}")["results"]["people"]
    assert (results["sent"], results["suppressed"]) == (1, 1)
    acts = AuditEntry.objects.filter(target_kind="campaigns.campaign", key__isnull=False)
    assert list(acts.order_by("pk").values_list("action", flat=True)) == [
        "campaign.added",
        "campaign.published",
    ]
    (said,) = simulator.get("/_sim/chat", phone="919000000001")["messages"]
    assert said["text"].endswith(": Asha")


def test_what_is_told_can_be_written_back(
    project: Project, template: Template, shop: Client
) -> None:
    EventKindFactory.create(project=project, name="Charged")
    other = CampaignFactory.create(project=project)
    full = document(
        labels=["Diwali", "shop"],
        goal={"event": "Charged", "minutes": 4_320},
        audience={
            "take": [
                {"segment": SegmentFactory.create(project=project).pk},
                {"list": CustomListFactory.create(project=project).pk},
            ],
            "leave_out": [{"campaign": other.pk, "slice": "clicked"}],
        },
        control_percent=5,
        most_people=500,
        variants_by="split",
        variants=[{**VARIANT, "share": 40}, {**VARIANT, "share": 60}],
        starts_at=(timezone.now() + timedelta(days=2)).isoformat(),
        own_time="next_day",
        ends_at=(timezone.now() + timedelta(days=3)).isoformat(),
        cut_off_hours=5,
        quiet_from="21:00",
        quiet_until="09:00:00",
        quiet_action="discard",
        per_minute=100,
        ignores_caps=True,
        resend_in_doubt=True,
    )
    number = write(shop, full).json()["id"]
    seen = draft_of(shop, number)
    told = seen.json()
    assert {name: told[name] for name in full if name in ("labels", "goal", "per_minute")} == {
        name: full[name] for name in ("labels", "goal", "per_minute")
    }
    assert told["audience"] == {"everybody": False, **full["audience"]}
    assert [one["share"] for one in told["variants"]] == [40, 60]
    back = rewrite(shop, number, told, **{"If-Match": seen["ETag"]})
    assert (back.status_code, back.json(), back["ETag"]) == (200, told, seen["ETag"])
    assert not AuditEntry.objects.filter(action="campaign.changed").exists()


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"schedule": {"every": "day", "at": "10:00", "starts_on": "2030-01-01"}}, "recurring"),
        ({"occasion": {"did": {"event": "Cart left"}, "delay_minutes": 30}}, "live"),
        (
            {
                "schedule": {"every": "day", "at": "10:00", "starts_on": "2030-01-01"},
                "own_time": "leave_out",
            },
            "recurring",
        ),
        ({}, "once"),
    ],
)
def test_it_goes_out_once_again_and_again_or_when_something_happens(
    more: dict[str, Any], kind: str, project: Project, template: Template, shop: Client
) -> None:
    number = write(shop, document(**more)).json()["id"]
    campaign = Campaign.objects.get(pk=number)
    assert campaign.kind == kind
    assert draft_of(shop, number).json() | more == draft_of(shop, number).json()


def test_of_two_who_change_it_at_once_the_second_is_told(
    project: Project, template: Template, shop: Client
) -> None:
    number = write(shop, document()).json()["id"]
    seen = draft_of(shop, number)["ETag"]
    assert rewrite(shop, number, document(name="Holi"), **{"If-Match": seen}).status_code == 200
    second = rewrite(shop, number, document(name="Eid"), **{"If-Match": seen})
    assert code_of(second) == (412, "version.changed")
    assert code_of(rewrite(shop, number, document())) == (428, "version.missing")
    assert code_of(publish(shop, number, **{"If-Match": seen})) == (412, "version.changed")
    assert code_of(publish(shop, number)) == (428, "version.missing")
    assert Campaign.objects.get(pk=number).name == "Holi"
    entry = AuditEntry.objects.get(action="campaign.changed")
    assert [change["field"] for change in entry.changes] == ["Name"]
    assert rewrite(shop, number, document(), **{"If-Match": "*"}).status_code == 200


def test_what_was_published_cant_be_written_any_more(
    project: Project, template: Template, shop: Client
) -> None:
    later = (timezone.now() + timedelta(days=2)).isoformat()
    number = write(shop, document(starts_at=later)).json()["id"]
    assert publish(shop, number, **{"If-Match": "*"}).json()["status"] == "scheduled"
    for answer in (
        rewrite(shop, number, document(), **{"If-Match": "*"}),
        publish(shop, number, **{"If-Match": "*"}),
    ):
        assert answer.status_code == 422
        assert answer.json()["code"].startswith("campaign.")
    assert not get(shop, f"campaigns/{number}/check")["is_ready"]
    assert draft_of(shop, number).json()["name"] == "Diwali"


def test_no_program_goes_around_an_approval(
    project: Project, template: Template, shop: Client
) -> None:
    number = write(shop, document()).json()["id"]
    asha, _ravi = team(project, "Asha", "Ravi")
    refused = (422, "campaign.needs_approval")
    told = get(shop, f"campaigns/{number}/check")
    assert not told["is_ready"]
    assert [one["message"] for one in told["findings"] if one["blocks"]] == [NEEDS_APPROVAL]
    assert code_of(publish(shop, number, **{"If-Match": "*"})) == refused
    ask_for_approval(Campaign.objects.get(), by=Actor(asha))
    assert code_of(publish(shop, number, **{"If-Match": "*"})) == refused
    assert get(shop, f"campaigns/{number}")["status"] == "awaiting"

    assert rewrite(shop, number, document(name="Holi"), **{"If-Match": "*"}).status_code == 200

    assert get(shop, f"campaigns/{number}")["status"] == "draft"
    assert Approval.objects.get().outcome == Outcome.TAKEN_BACK


def test_what_is_missing_is_told_and_nothing_goes_out(project: Project, shop: Client) -> None:
    number = write(shop, {"name": "Empty"}).json()["id"]
    told = get(shop, f"campaigns/{number}/check")
    assert (told["is_ready"], told["reach"]) == (False, None)
    assert {one["section"] for one in told["findings"] if one["blocks"]} >= {"who", "what"}
    assert code_of(publish(shop, number, **{"If-Match": "*"})) == (422, "campaign.not_ready")
    assert Campaign.objects.get().status == CampaignStatus.DRAFT


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"name": ...}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "a\u200bb"}, "name"),
        ({"labels": ["a\u200bb"]}, "labels.0"),
        ({"name": "\ud800"}, "name"),
        ({"nome": "x"}, "nome"),
        ({"labels": ["a,b"]}, "labels.0"),
        ({"labels": [5]}, "labels.0"),
        ({"labels": [f"l{n}" for n in range(11)]}, "labels"),
        ({"goal": {"event": "Never seen", "minutes": 5}}, "goal.event"),
        ({"goal": {"event": "Charged", "minutes": 10**9}}, "goal.minutes"),
        ({"goal": {"event": {"a": 1}, "minutes": 5}}, "goal.event"),
        ({"goal": []}, "goal"),
        ({"audience": "everybody"}, "audience"),
        ({"audience": {"everybody": 1}}, "audience"),
        ({"audience": {"all": True}}, "audience"),
        ({"audience": {"take": {"list": 1}}}, "audience"),
        ({"audience": {"everybody": True, "take": [{"list": 1}]}}, "audience.take"),
        ({"audience": {"take": [{"list": 0}]}}, "audience.take.0"),
        ({"audience": {"take": [{"list": True}]}}, "audience.take.0"),
        ({"audience": {"take": [{"list": 10**30}]}}, "audience.take.0"),
        ({"audience": {"take": [{"list": 1, "segment": 1}]}}, "audience.take.0"),
        ({"audience": {"take": [{"campaign": 1, "slice": "sent"}]}}, "audience.take.0"),
        ({"audience": {"leave_out": [{"campaign": 1, "slice": []}]}}, "audience.leave_out.0"),
        ({"audience": {"take": [{"list": 9}]}}, "audience.take.0"),
        ({"audience": {"take": [{"list": 9}] * 26}}, "audience"),
        ({"control_percent": 51}, "control_percent"),
        ({"control_percent": True}, "control_percent"),
        ({"most_people": 99}, "most_people"),
        ({"most_people": 10**40}, "most_people"),
        ({"variants_by": "chance"}, "variants_by"),
        ({"variants_by": ["test"]}, "variants_by"),
        ({"variants": {}}, "variants"),
        ({"variants": [VARIANT] * 11}, "variants"),
        ({"variants": [VARIANT] * 2}, "variants"),
        ({"variants": [5]}, "variants.0"),
        ({"variants": [{"template": ["x"], "language": "en"}]}, "variants.0"),
        ({"variants": [{**VARIANT, "valeus": {}}]}, "variants.0"),
        ({"variants": [{**VARIANT, "template": "nothing"}]}, "variants.0.template"),
        ({"variants": [{**VARIANT, "language": "hi"}]}, "variants.0.template"),
        ({"variants": [{**VARIANT, "values": []}]}, "variants.0.values"),
        (
            {"variants": [{**VARIANT, "values": {"body.9": {"text": "x"}}}]},
            "variants.0.values.body.9",
        ),
        ({"variants": [{**VARIANT, "values": {"body.1": "x"}}]}, "variants.0.values.body.1"),
        (
            {"variants": [{**VARIANT, "values": {"body.1": {"text": 5}}}]},
            "variants.0.values.body.1",
        ),
        ({"variants": [{**VARIANT, "share": 100}]}, "variants.0.share"),
        ({"variants": [{**VARIANT, "fits": ["a\nb"]}]}, "variants.0.fits"),
        ({"variants": [{**VARIANT, "fits": "a"}]}, "variants.0.fits"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": "2030-01-01T10:00:00"}, "starts_at"),
        ({"starts_at": 1_900_000_000}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-12:00"}, "starts_at"),
        ({"schedule": {}}, "schedule"),
        ({"schedule": {"every": "day", "weekday": [1]}}, "schedule.weekday"),
        ({"occasion": {"event": "Cart left"}}, "occasion.event"),
        ({"goal": {"event": "Charged", "within": 5}}, "goal.within"),
        ({"schedule": {"every": "day", "at": 5, "starts_on": "2030-01-01"}}, "schedule"),
        ({"occasion": {"did": {}}}, "occasion"),
        ({"occasion": {"did": {"event": "X"}}, "starts_at": "2030-01-01T10:00Z"}, "starts_at"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"own_time": "tomorrow"}, "own_time"),
        ({"own_time": ["next_day"]}, "own_time"),
        ({"quiet_from": "10:00+05:30"}, "quiet_from"),
        ({"cut_off_hours": 0}, "cut_off_hours"),
        ({"per_minute": 1.5}, "per_minute"),
        ({"ignores_caps": "yes"}, "ignores_caps"),
    ],
)
def test_whatever_is_wrong_is_named_by_its_place(
    changed: dict[str, Any], path: str, project: Project, template: Template, shop: Client
) -> None:
    EventKindFactory.create(project=project, name="Charged")
    assert path in faults(write(shop, document(**changed)))
    assert not Campaign.objects.exists()


VIEWED = "Notification Viewed"
NAMING: list[tuple[Callable[[int], dict[str, Any]], str, str]] = [
    (lambda number: {"entered": number}, "segment", "occasion.entered"),
    (lambda number: {"did": {"event": VIEWED, "of": number}}, "campaign", "occasion.did.of"),
    (
        lambda number: {
            "did": {"event": "Cart left"},
            "delay_minutes": 30,
            "unless": {"event": VIEWED, "of": number},
        },
        "campaign",
        "occasion.unless.of",
    ),
]


@pytest.mark.parametrize(("occasion", "kind", "path"), NAMING)
def test_what_sets_it_off_is_of_the_same_project(
    occasion: Callable[[int], dict[str, Any]],
    kind: str,
    path: str,
    project: Project,
    template: Template,
    shop: Client,
) -> None:
    number = write(shop, document()).json()["id"]
    make = {"segment": SegmentFactory, "campaign": CampaignFactory}[kind].create
    for foreign in (make(project=ProjectFactory.create()).pk, 0, -1, 2**63 - 1):
        body = document(occasion=occasion(foreign))
        said = {path: f"There is no such {kind} in this project."}
        assert faults(write(shop, body)) == said
        assert faults(rewrite(shop, number, body, **{"If-Match": "*"})) == said
    drafts = Campaign.objects.filter(project=project, name="Diwali")
    assert [(one.pk, one.occasion) for one in drafts] == [(number, None)]

    ours = occasion(make(project=project).pk)
    assert write(shop, document(occasion=ours)).status_code == 201
    told = rewrite(shop, number, document(occasion=ours), **{"If-Match": "*"}).json()
    assert told["occasion"] == ours


@pytest.mark.parametrize("name", ["schedule", "occasion"])
def test_what_cannot_be_read_is_shown_as_it_may_be(name: str, shop: Client) -> None:
    told = write(shop, {"name": "x", name: {}}).json()["errors"]
    assert [(one["path"], LIKE[name] in one["detail"]) for one in told] == [(name, True)]


@pytest.mark.parametrize("name", sorted(LIKE))
def test_each_is_read_as_the_chapter_has_it(name: str, project: Project, shop: Client) -> None:
    assert f"`{LIKE[name]}`" in Path("docs/api.md").read_text()
    EventKindFactory.create(project=project, name="Ordered")
    answer = write(shop, {"name": "x", name: json.loads(LIKE[name])})
    assert answer.status_code == 201, answer.content


def test_nothing_of_another_project_is_named(
    project: Project, template: Template, shop: Client
) -> None:
    theirs = ProjectFactory.create()
    named = [
        {"list": ListMemberFactory.create(custom_list__project=theirs).custom_list_id},
        {"segment": SegmentFactory.create(project=theirs).pk},
    ]
    earlier = {"campaign": CampaignFactory.create(project=theirs).pk, "slice": "sent"}
    TemplateFactory.create(project=theirs, name="theirs")
    found = faults(
        write(
            shop,
            document(
                audience={"take": named, "leave_out": [earlier]},
                variants=[{**VARIANT, "template": "theirs"}],
            ),
        )
    )
    assert set(found) == {
        "audience.take.0",
        "audience.take.1",
        "audience.leave_out.0",
        "variants.0.template",
    }


def test_writing_needs_write_and_publishing_send(project: Project, template: Template) -> None:
    writer = client_with_key(project, Scope.READ, Scope.WRITE)
    number = write(writer, document()).json()["id"]
    assert code_of(publish(writer, number, **{"If-Match": "*"})) == (403, "key.scope")
    sender = client_with_key(project, Scope.SEND)
    assert code_of(write(sender, document())) == (403, "key.scope")
    assert publish(sender, number, **{"If-Match": "*"}).status_code == 200


def test_a_draft_that_leads_nowhere_names_its_state(
    project: Project, template: Template, shop: Client
) -> None:
    Template.objects.update(status="paused")
    assert "paused" in faults(write(shop, document()))["variants.0.template"]
    assert not Campaign.objects.exists()
