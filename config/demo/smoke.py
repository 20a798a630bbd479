"""Plays through the product on a machine of its own, and compares every number of the funnel with
what the simulator did. The simulator's own book and table of behaviours say what is right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from callbacks.models import Consequence, InboundMessage, ParkedFact, Receipt, ReceiptState
from campaigns.audience.segments.counting import count_segment
from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, CampaignStatus, Import, Message, MessageKind, PhoneBlock
from config.demo import project
from config.demo.campaign import import_people, publish_campaign, wait_for
from config.demo.doings import often, orders_of, send
from config.demo.people import COUNTED
from config.demo.proving import TESTER, prove_connection
from config.demo.segments import CLICKED, REGULARS, make_segments
from config.demo.surroundings import Surroundings
from config.demo.templates import TREATS, make_templates
from providers.models import Project
from providers.simulator.client import SimulatorClient
from providers.watch.actors import Actor

STRANGER = "919800000001"
Say = Callable[[str], object]


@dataclass(frozen=True)
class Check:
    what: str
    found: int
    right: int

    @property
    def holds(self) -> bool:
        return self.found == self.right


def play(surroundings: Surroundings, say: Say) -> list[Check]:
    """Import, campaign, reports; then one click, one reply, one stranger, one STOP."""
    user = project.make_user(surroundings)
    shop = project.make_project(user)
    known = make_templates(shop)
    simulator = project.register_with_simulator(shop, surroundings)

    say("Testing the connection …")
    prove_connection(shop, known, simulator, by=Actor(user))
    say("Importing people …")
    upload = import_people(shop, COUNTED, by=Actor(user))
    say("Sending what they did …")
    orders = orders_of(COUNTED, now=timezone.now())
    send(shop, orders, by=Actor(user))
    make_segments(shop, by=Actor(user))
    say("Sending a campaign …")
    campaign = publish_campaign(shop, known[TREATS.name], by=Actor(user))
    _wait_until_over(campaign)
    _wait_until_quiet(simulator)
    say("Playing the customers …")
    _play_customers(shop, campaign, simulator)
    _wait_until_quiet(simulator)
    return [
        *_import_checks(upload),
        *_funnel_checks(campaign, simulator),
        *_segment_checks(shop, orders),
        *_conversation_checks(shop, simulator),
        *_callback_checks(simulator),
    ]


def _wait_until_over(campaign: Campaign) -> None:
    over = Campaign.objects.filter(pk=campaign.pk, status=CampaignStatus.COMPLETED)
    wait_for(over.exists, "the campaign's end")


def _wait_until_quiet(simulator: SimulatorClient) -> None:
    """Everything has been posted back, and everything that was posted is applied."""
    simulator.wait_until_quiet(timeout=60)
    waiting = Receipt.objects.filter(state=ReceiptState.WAITING)
    wait_for(lambda: not waiting.exists(), "the receipts to be applied")


def _play_customers(shop: Project, campaign: Campaign, simulator: SimulatorClient) -> None:
    readers = Message.objects.filter(campaign=campaign, read_at__isnull=False).order_by("pk")
    clicker, replier, leaver = (message.phone.removeprefix("+") for message in readers[:3])
    simulator.click(clicker)
    simulator.inbound(replier, text="Which shop is open on Sunday?")
    simulator.inbound(leaver, text="stop.")
    simulator.inbound(STRANGER, text="Hello, do you deliver?")
    answers = Message.objects.exclude(kind=MessageKind.CAMPAIGN).exclude(phone=f"+{TESTER}")
    answered = answers.filter(project=shop, sent_at__isnull=False)
    wait_for(lambda: answered.count() == 2, "the auto-reply and the confirmation")


def _import_checks(upload: Import) -> list[Check]:
    return [
        Check("people imported", upload.created, COUNTED.total),
        Check("rows refused", upload.refused, COUNTED.refused),
    ]


def _funnel_checks(campaign: Campaign, simulator: SimulatorClient) -> list[Check]:
    numbers = totals(campaign.runs.values_list("pk", flat=True))
    right = _right_funnel(simulator)
    to_send = COUNTED.total - COUNTED.not_subscribed - COUNTED.same_phone
    return [
        Check("targeted", numbers["targeted"], COUNTED.total),
        Check("not subscribed", numbers["suppressed:not_subscribed"], COUNTED.not_subscribed),
        Check("same phone", numbers["suppressed:duplicate_phone"], COUNTED.same_phone),
        Check("still queued", numbers["queued"], 0),
        Check("in doubt", numbers["in_doubt"], 0),
        Check("reached by the simulator's book", right["people"], to_send),
        *(Check(name, numbers[name], right[name]) for name in ("sent", "delivered", "read")),
        Check("failed", numbers["failed"], right["failed"]),
        Check("clicked", numbers["clicked"], 1),
        Check("replied", numbers["replied"], 2),
    ]


def _segment_checks(shop: Project, orders: list[dict[str, Any]]) -> list[Check]:
    sizes = {one.name: count_segment(one) for one in shop.segments.all()}
    return [
        Check("in the segment of regulars", sizes[REGULARS], often(orders, least=2)),
        Check("in the segment of who clicked", sizes[CLICKED], 1),
    ]


def _book_of(simulator: SimulatorClient) -> list[dict[str, Any]]:
    """Without the tests that came before the campaign."""
    return [row for row in simulator.book() if row["phone"] != TESTER]


def _right_funnel(simulator: SimulatorClient) -> dict[str, int]:
    """What the simulator did to the campaign's people: from its book, by its table."""
    reports = {row["name"]: set(row["reports"]) for row in simulator.get("/_sim/behaviours")}
    people: dict[str, list[dict[str, Any]]] = {}
    for row in _book_of(simulator):
        if row["template_id"] == TREATS.vendor_id:
            people.setdefault(row["phone"], []).append(row)
    accepted = {
        phone: reports[rows[-1]["behaviour"]]
        for phone, rows in people.items()
        if any(row["accepted"] for row in rows)
    }
    return {
        "people": len(people),
        "sent": len(accepted),
        "delivered": sum(bool({"DELIVERED", "READ"} & came) for came in accepted.values()),
        "read": sum("READ" in came for came in accepted.values()),
        "failed": len(people) - len(accepted) + sum("FAILED" in c for c in accepted.values()),
    }


def _conversation_checks(shop: Project, simulator: SimulatorClient) -> list[Check]:
    tester = f"+{TESTER}"
    inbound = InboundMessage.objects.filter(project=shop).exclude(phone=tester)
    kinds = Message.objects.filter(project=shop, sent_at__isnull=False).exclude(phone=tester)
    answers = [row for row in _book_of(simulator) if row["accepted"] and not row["template_id"]]
    texts = [row for row in answers if row["method"] == "sendmessage"]
    return [
        Check("inbound messages", inbound.count(), 3),
        Check("opted out", inbound.filter(consequence=Consequence.OPTED_OUT).count(), 1),
        Check("blocked numbers", PhoneBlock.objects.filter(project=shop, blocked=True).count(), 1),
        Check("auto-replies", kinds.filter(kind=MessageKind.AUTO_REPLY).count(), 1),
        Check("confirmations", kinds.filter(kind=MessageKind.CONFIRMATION).count(), 1),
        Check("texts by the simulator's book", len(texts), 2),
        Check("of them to the stranger", sum(row["phone"] == STRANGER for row in texts), 1),
    ]


def _callback_checks(simulator: SimulatorClient) -> list[Check]:
    posted = simulator.state()["callbacks"]
    return [
        Check("callbacks stored", Receipt.objects.count(), posted["posted"]),
        Check(
            "callbacks not applied", Receipt.objects.exclude(state=ReceiptState.APPLIED).count(), 0
        ),
        Check("callbacks refused", posted["failed"], 0),
        Check("reports without a message", ParkedFact.objects.count(), 0),
    ]
