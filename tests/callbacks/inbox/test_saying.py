import json

import pytest

from callbacks.inbox.saying import came_from, said
from callbacks.inbox.timeline import timeline_of
from callbacks.models import InboundMessage
from callbacks.receipts import processing
from campaigns.models import Reason, State
from providers.models import Project
from tests.callbacks.posting import inbound
from tests.factories import MessageFactory, ReceiptFactory, RunFactory


def heard(project: Project, **fields: object) -> InboundMessage:
    ReceiptFactory.create(project=project, payload={**inbound(), "text": None, **fields})
    processing.drain()
    return InboundMessage.objects.get()


def form(answers: object) -> dict[str, object]:
    return {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": answers}}


@pytest.mark.parametrize(
    ("type_", "content", "words"),
    [
        (
            "interactive",
            form(json.dumps({"size": "M", "days": ["Mon", "Tue"], "flow_token": "t-1"})),
            "Filled in a form: size: M; days: Mon, Tue",
        ),
        ("interactive", form({"size": "M"}), "Filled in a form: size: M"),
        ("interactive", form("broken"), "[interactive]"),
        (
            "interactive",
            {"type": "list_reply", "list_reply": {"id": "opt_2", "title": "Second"}},
            "Second",
        ),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "opt_2"}}, "Chose opt_2"),
        ("button", {"payload": "STOP"}, "STOP"),
        (
            "order",
            {
                "catalog_id": "c1",
                "text": "Please call first",
                "product_items": [
                    {
                        "product_retailer_id": "lamp-1",
                        "quantity": 2,
                        "item_price": 450,
                        "currency": "INR",
                    },
                    {"product_retailer_id": "bulb"},
                ],
            },
            "Ordered 2 × lamp-1 at 450 INR; 1 × bulb: Please call first",
        ),
        ("order", "nonsense", "Ordered"),
        (
            "contacts",
            [{"name": {"formatted_name": "Ravi"}, "phones": [{"phone": "+919000033344"}]}],
            "Contact: Ravi, +919000033344",
        ),
        ("contacts", {"name": 7}, "[contacts]"),
        (
            "location",
            {"latitude": "12.9", "longitude": 77.5, "name": "Cafe"},
            "Place: Cafe, 12.9, 77.5",
        ),
        ("reaction", {"emoji": "👍", "message_id": "1"}, "Reacted with 👍"),
        ("reaction", {"message_id": "1"}, "Took a reaction back"),
        ("image", {"url": "https://media.example/1", "caption": "my roof"}, "[image] my roof"),
        ("something_new", {"a": 1}, "[something_new]"),
    ],
)
@pytest.mark.parametrize("written", [json.dumps, lambda content: content], ids=["text", "object"])
def test_every_type_is_shown_readably(
    project: Project, type_: str, content: object, words: str, written: object
) -> None:
    assert callable(written)
    assert said(heard(project, type=type_, **{type_: written(content)})) == words


@pytest.mark.parametrize("depth", [50, 900, 3000])
def test_a_form_of_any_depth_is_shown(depth: int) -> None:
    deep = '{"a":' * depth + "1" + "}" * depth
    assert said(InboundMessage(type="interactive", payload=json.dumps(form(deep))))


@pytest.mark.parametrize(
    ("referral", "words"),
    [
        ({"source_type": "ad", "headline": "Lamps"}, "Came from the ad “Lamps”"),
        ({"source_type": "post", "source_id": "12"}, "Came from the post “12”"),
        ({"body": "Chat with us"}, "Came from an ad"),
        (None, ""),
    ],
)
def test_the_ad_that_somebody_came_from_is_shown(
    project: Project, referral: object, words: str
) -> None:
    message = heard(project, text="Hi", referral=referral)
    assert came_from(message) == words
    assert message.conversation is not None
    (line,) = timeline_of(message.conversation).lines
    assert line.detail.startswith(words)


def test_nothing_is_shown_of_a_campaign_that_chance_kept_from_somebody(project: Project) -> None:
    message = heard(project, text="Hi")
    assert message.conversation is not None
    told = {"state": State.SUPPRESSED, "send_key": message.conversation.match_key}
    for reason in (Reason.CONTROL_GROUP, Reason.NUMBER_BLOCKED):
        run = RunFactory.create(campaign__project=project)
        MessageFactory.create(run=run, reason=reason, **told)
    assert len(timeline_of(message.conversation).lines) == 2  # theirs, and what a claim dropped
