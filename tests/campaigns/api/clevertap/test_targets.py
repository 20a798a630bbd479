"""Campaigns of WhatsApp as CleverTap's API has them: made, estimated, stopped, listed, told of."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus, Segment
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.sending.reconciling import reconcile
from providers.models import AuditEntry, Project, Scope
from providers.watch.actors import SYSTEM
from templates_app.models import Template
from tests.campaigns.drafts import ready
from tests.campaigns.sending.test_loop import run_sender
from tests.factories import CampaignFactory, ProjectFactory, SegmentFactory
from tests.gateway_simulator import SimulatorClient
from tests.providers.api.clevertap_calls import call, fault_of, program_of

pytestmark = pytest.mark.django_db(transaction=True)

AT = "/1/targets/"


@pytest.fixture
def backend(project: Project) -> Client:
    return program_of(project, *Scope)


def today(project: Project, days: int = 0) -> int:
    return int(f"{timezone.now().astimezone(ZoneInfo(project.time_zone)) + timedelta(days):%Y%m%d}")


def target(project: Project, **changed: Any) -> dict[str, Any]:
    usual = {
        "name": "Thanks",
        "target_mode": "whatsapp",
        "provider_nick_name": "gupshup",
        "where": {"event_name": "Order placed", "from": today(project, -9), "to": today(project)},
        "content": {
            "message_type": "template",
            "template_name": "order_placed",
            "locale": "en",
            "body": {"replacements": ["{{ profile.name }}"]},
        },
        "when": "now",
    }
    return {name: value for name, value in (usual | changed).items() if value is not ...}


def people(caller: Client) -> None:
    """Two who ordered, of whom one wants messages, and one who did not."""
    records: list[dict[str, Any]] = [
        {
            "type": "profile",
            "identity": f"c-{n}",
            "profileData": {"Name": "Asha", "Phone": f"+91900000000{n}", "MSG-whatsapp": n != 2},
        }
        for n in (1, 2, 3)
    ]
    records += [
        {"type": "event", "identity": f"c-{n}", "evtName": "Order placed", "evtData": {"Amount": n}}
        for n in (1, 2)
    ]
    assert call(caller, "/1/upload", {"d": records}).json()["status"] == "success"


def create(caller: Client, body: object) -> Any:
    return call(caller, f"{AT}create.json", body)


def test_a_campaign_is_made_goes_out_and_is_told_of(
    project: Project, template: Template, backend: Client, simulator: SimulatorClient
) -> None:
    people(backend)
    made = create(backend, target(project, labels=["orders"], users_limit_overall=100)).json()
    number = made["id"]
    assert made == {"status": "success", "id": number, "estimates": {"whatsapp": 1}}
    campaign = Campaign.objects.get(pk=number)
    assert (campaign.labels, campaign.most_people) == (["orders"], 100)
    status, words = fault_of(call(backend, f"{AT}result.json", {"id": number}))
    assert (status, words.partition(":")[0]) == (409, "The campaign is running")
    launch(campaign.runs.get().pk)
    run_sender()
    reconcile()
    assert [one["text"] for one in simulator.get("/_sim/chat", phone="919000000001")["messages"]]
    told = call(backend, f"{AT}result.json", {"id": number}).json()
    assert told == {"status": "success", "result": {"sent": 1, "clicked": 0}}
    days = {"from": today(project), "to": today(project)}
    (listed,) = call(backend, f"{AT}list.json", days).json()["targets"]
    assert (listed["id"], listed["name"], listed["status"]) == (number, "Thanks", "completed")
    assert Segment.objects.get().name == "Thanks"
    done = AuditEntry.objects.filter(key__isnull=False, action__regex="^(campaign|segment)")
    assert list(done.order_by("pk").values_list("action", flat=True)) == [
        "segment.added",
        "campaign.added",
        "campaign.published",
    ]


def test_an_estimate_makes_nothing(project: Project, template: Template, backend: Client) -> None:
    people(backend)
    told = create(backend, target(project, estimate_only=True)).json()
    assert told == {"status": "success", "estimates": {"whatsapp": 1}}
    assert not Campaign.objects.exists()
    assert not Segment.objects.exists()


def test_a_segment_that_is_there_is_taken(
    project: Project, template: Template, backend: Client
) -> None:
    segment = SegmentFactory.create(project=project)
    asked = target(project, where=..., segment=segment.pk, skip_estimate=True)
    made = create(backend, asked).json()
    assert made["estimates"] == {}
    (part,) = Campaign.objects.get(pk=made["id"]).parts.all()
    assert (part.segment_id, Segment.objects.count()) == (segment.pk, 1)
    theirs = SegmentFactory.create(project=ProjectFactory.create())
    assert fault_of(create(backend, asked | {"segment": theirs.pk}))[0] == 400


def test_a_time_is_one_of_the_projects_zone(
    project: Project, template: Template, backend: Client
) -> None:
    people(backend)
    later = timezone.now().astimezone(ZoneInfo(project.time_zone)) + timedelta(days=2)
    for when in (
        f"{later:%Y%m%d %H:%M}",
        {"type": "later", "delivery_date_time": [f"{later:%Y%m%d %H:%M}"]},
    ):
        number = create(backend, target(project, when=when)).json()["id"]
        campaign = Campaign.objects.get(pk=number)
        assert campaign.status == CampaignStatus.SCHEDULED
        assert campaign.starts_at == later.replace(second=0, microsecond=0)
        assert call(backend, f"{AT}stop.json", {"id": number}).json() == {"status": "success"}
        assert fault_of(call(backend, f"{AT}stop.json", {"id": number}))[0] == 400
    listed = call(backend, f"{AT}list.json", {"from": today(project), "to": today(project)}).json()
    assert {one["status"] for one in listed["targets"]} == {"stopped"}
    assert sorted(Segment.objects.values_list("name", flat=True)) == ["Thanks", "Thanks (2)"]


def test_a_goal_and_a_control_group_are_kept(
    project: Project, template: Template, backend: Client
) -> None:
    people(backend)
    goal = {"event_name": "Order placed", "conversion_time": "2H", "revenue_property": "Amount"}
    asked = target(
        project,
        conversion_goal=goal | {"filter_type": ""},
        control_group={"type": "campaign", "percentage": 10},
        respect_frequency_caps=False,
    )
    campaign = Campaign.objects.get(pk=create(backend, asked).json()["id"])
    assert campaign.goal == {"event": "Order placed", "minutes": 120, "value": "Amount"}
    assert (campaign.control_percent, campaign.ignores_caps) == (10, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ...},
        {"name": " "},
        {"target_mode": "sms"},
        {"target_mode": ...},
        {"when": ...},
        {"when": "soon"},
        {"when": "20261340 10:00"},
        {"when": "20200101 10:00"},
        {"when": {"type": "recurring", "repeats_every": 1}},
        {"when": {"type": "later", "delivery_date_time": ["20300101 10:00", "20300102 10:00"]}},
        {"where": ...},
        {"where": {}},
        {"segment": 1},
        {"where": ..., "segment": 10**30},
        {"where": {"event_name": "Order placed", "from": 20260102, "to": 20260101}},
        {"where": {"event_name": "Never", "from": 20260101, "to": 20260102}},
        {"content": {}},
        {"content": ...},
        {"content": {"message_type": "text", "template_name": "order_placed", "locale": "en"}},
        {"content": {"template_name": "nothing", "locale": "en"}},
        {"content": {"template_name": "order_placed", "locale": "en", "kv": {}}},
        {"content": {"template_name": "order_placed", "locale": "en", "header": {"a": 1}}},
        {"content": {"template_name": "order_placed", "locale": "en", "body": {"text": "x"}}},
        {"content": {"template_name": "order_placed", "locale": "en", "buttons": [5]}},
        {
            "content": {
                "template_name": "order_placed",
                "locale": "en",
                "body": {"replacements": ["a", "b"]},
            }
        },
        {"conversion_goal": {"event_name": "Order placed", "conversion_time": "9Y"}},
        {"conversion_goal": {"conversion_time": "1H"}},
        {"control_group": {"name": "VIPs"}},
        {"control_group": {"percentage": "10"}},
        {"control_group": {"percentage": 90}},
        {"users_limit_overall": 5},
        {"users_limit_per_run": 500},
        {"system_control_group_include": False},
        {"delivery_timezone": "user"},
        {"dnd": {"message_state": "delay"}},
        {"labels": ["a,b"]},
        {"labels": "a"},
    ],
)
def test_what_cant_be_done_is_refused_and_nothing_is_made(
    changed: dict[str, Any], project: Project, template: Template, backend: Client
) -> None:
    people(backend)
    status, words = fault_of(create(backend, target(project, **changed)))
    assert (status, bool(words)) == (400, True)
    assert not Campaign.objects.exists()
    assert not Segment.objects.exists()


def test_what_is_known_of_its_words_is_said(
    project: Project, template: Template, backend: Client
) -> None:
    people(backend)
    said = {
        "Field name is empty": {"name": ""},
        "Field when is empty": {"when": ...},
        "Query specified in where failed to parse": {"where": ...},
        "No custom control group with name VIPs is defined": {"control_group": {"name": "VIPs"}},
    }
    for words, changed in said.items():
        assert fault_of(create(backend, target(project, **changed)))[1] == words


@pytest.mark.parametrize("call_", ["stop.json", "result.json"])
@pytest.mark.parametrize("body", [{}, {"id": "1"}, {"id": 0}, {"id": 10**30}, {"id": True}, []])
def test_numbers_that_are_none(call_: str, body: object, backend: Client) -> None:
    assert fault_of(call(backend, AT + call_, body))[0] in (400, 404)


def test_nothing_of_another_project_is_stopped_or_told(project: Project, backend: Client) -> None:
    theirs = ready(ProjectFactory.create())
    publish(theirs, by=SYSTEM)
    for name in ("stop.json", "result.json"):
        assert fault_of(call(backend, AT + name, {"id": theirs.pk}))[0] == 404
    theirs.refresh_from_db()
    assert theirs.status == CampaignStatus.LAUNCHING
    CampaignFactory.create(project=theirs.project)
    days = {"from": today(project, -1), "to": today(project, 1)}
    assert call(backend, f"{AT}list.json", days).json()["targets"] == []


def test_a_list_is_of_a_year_at_most(project: Project, backend: Client) -> None:
    last = {"from": 99991231, "to": 99991231}  # behind which there is no day
    for days in ({"from": 20200101, "to": 20260101}, {"from": 20260102, "to": 20260101}, last, {}):
        assert fault_of(call(backend, f"{AT}list.json", days))[0] == 400
