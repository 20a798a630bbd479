"""What the simulator posts back: the vendor's formats, late, twice, in batches, and again."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway_simulator import SimulatorClient, running_simulator
from tests.providers.simulator.callbacks import Sink, taking_callbacks
from tests.providers.simulator.wire import HSM, PHONE, SESSION, TEMPLATE, TWO_WAY, ask

EXTRA = TEMPLATE["extra"]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with taking_callbacks() as taker:
        yield taker


@pytest.fixture
def gateway(sink: Sink) -> Iterator[SimulatorClient]:
    with running_simulator(require_opt_in=False) as simulator:
        simulator.register(
            mask="CLVTAP", status_url=sink.status_url, response_url=sink.response_url
        )
        yield simulator


def send(gateway: SimulatorClient, behaviour: str = "read", **changed: str) -> str:
    """The external id of a template message to somebody who behaves so."""
    gateway.behave(PHONE, behaviour)
    return str(ask(gateway, HSM, TEMPLATE, **changed)["id"])


def events(sink: Sink) -> list[str]:
    return [report["eventType"] for report in sink.reports]


def test_a_report_comes_as_the_vendor_prints_it(gateway: SimulatorClient, sink: Sink) -> None:
    external_id = send(gateway, "sent")
    gateway.wait_until_quiet()
    callback = sink.taken[0]
    assert (callback.path, callback.content_type) == (
        "/gupshup/status?a=key",
        "application/x-www-form-urlencoded",
    )
    report = callback.reports[0]
    assert 10**12 < report.pop("eventTs") < 10**13
    assert report == {
        "srcAddr": "CLVTAP",
        "extra": EXTRA,
        "channel": "WHATSAPP",
        "externalId": external_id,
        "cause": "SENT",
        "errorCode": "025",
        "destAddr": f"+{PHONE}",
        "eventType": "SENT",
    }


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("read", [("SENT", "025"), ("DELIVERED", "000"), ("READ", "026")]),
        ("delivered", [("SENT", "025"), ("DELIVERED", "000")]),
        ("sent", [("SENT", "025")]),
        ("silent", []),
        ("not_on_whatsapp", [("FAILED", "003")]),
        ("blocked", [("FAILED", "")]),
        ("capped", [("FAILED", "121")]),
        ("template_mismatch", [("FAILED", "038")]),
        ("deferred", [("FAILED", "010")]),
        ("other", [("FAILED", "00a")]),
        ("sent_then_failed", [("SENT", "025"), ("FAILED", "00a")]),
        ("twice", [("SENT", "025")] * 2 + [("DELIVERED", "000")] * 2 + [("READ", "026")] * 2),
    ],
)
def test_the_behaviour_decides_which_reports_come(
    gateway: SimulatorClient, sink: Sink, behaviour: str, expected: list[tuple[str, str]]
) -> None:
    send(gateway, behaviour)
    gateway.wait_until_quiet()
    found = [(report["eventType"], report["errorCode"]) for report in sink.reports]
    assert sorted(found) == sorted(expected)


def test_reports_come_in_the_order_of_their_times(gateway: SimulatorClient, sink: Sink) -> None:
    gateway.options(delays={"sent": 0.0, "delivered": 0.2, "read": 0.4})
    send(gateway)
    gateway.wait_until_quiet()
    times = [report["eventTs"] for report in sink.reports]
    assert (events(sink), times) == (["SENT", "DELIVERED", "READ"], sorted(times))


def test_reversed_reports_keep_their_true_times(gateway: SimulatorClient, sink: Sink) -> None:
    gateway.options(delays={"sent": 0.0, "delivered": 0.2, "read": 0.4})
    send(gateway, "reversed")
    gateway.wait_until_quiet()
    times = [report["eventTs"] for report in sink.reports]
    assert (events(sink), times) == (["READ", "DELIVERED", "SENT"], sorted(times, reverse=True))


def test_all_reports_may_come_in_one_call(gateway: SimulatorClient, sink: Sink) -> None:
    send(gateway, "together")
    gateway.wait_until_quiet()
    assert [len(callback.reports) for callback in sink.taken] == [3]


def test_reports_may_come_before_the_answer(gateway: SimulatorClient, sink: Sink) -> None:
    external_id = send(gateway, "early")
    assert {report["externalId"] for report in sink.reports} == {external_id}


def test_reports_are_batched_up_to_the_number_set(gateway: SimulatorClient, sink: Sink) -> None:
    gateway.options(reports_per_post=20, batch_wait=0.3)
    for number in range(10):
        ask(gateway, HSM, TEMPLATE, msg_id=f"{number}-1")
    gateway.wait_for(lambda state: state["callbacks"]["reports"] == 30)
    sizes = [len(callback.reports) for callback in sink.taken]
    assert (max(sizes) <= 20, len(sizes) < 10, sum(sizes)) == (True, True, 30)


def test_every_report_may_be_doubled(gateway: SimulatorClient, sink: Sink) -> None:
    gateway.options(duplicates=1.0)
    send(gateway)
    gateway.wait_until_quiet()
    assert Counter(events(sink)) == {"SENT": 2, "DELIVERED": 2, "READ": 2}


def test_a_refused_callback_is_posted_again(gateway: SimulatorClient, sink: Sink) -> None:
    sink.refusals = 1
    send(gateway, "sent")
    counts = gateway.wait_until_quiet()["callbacks"]
    assert (events(sink), counts) == (
        ["SENT"],
        {
            "posted": 1,
            "reports": 1,
            "retried": 1,
            "failed": 0,
            "statuses": {"503": 1, "200": 1},
            "waiting": 0,
        },
    )


def test_a_callback_that_nobody_takes_is_given_up(gateway: SimulatorClient, sink: Sink) -> None:
    sink.refusals = 99
    gateway.options(callback_tries=2)
    send(gateway, "sent")
    counts = gateway.wait_until_quiet()["callbacks"]
    assert (counts["posted"], counts["retried"], counts["failed"]) == (0, 1, 1)


def test_reports_can_be_switched_off(gateway: SimulatorClient, sink: Sink) -> None:
    gateway.options(reports=False)
    send(gateway)
    gateway.wait_until_quiet()
    assert sink.taken == []


def test_a_message_lost_after_an_error_is_never_reported(
    gateway: SimulatorClient, sink: Sink
) -> None:
    gateway.behave(PHONE, "error_100")
    ask(gateway, HSM, TEMPLATE)
    gateway.wait_until_quiet()
    assert sink.taken == []


def test_session_text_outside_the_window_fails_late(gateway: SimulatorClient, sink: Sink) -> None:
    assert ask(gateway, TWO_WAY, SESSION)["status"] == "success"
    gateway.wait_until_quiet()
    assert [(report["cause"], report["errorCode"]) for report in sink.reports] == [
        ("24HR_TimeExceed", "101")
    ]


def test_session_text_inside_the_window_is_read(gateway: SimulatorClient, sink: Sink) -> None:
    gateway.inbound(PHONE, text="Hi")
    ask(gateway, TWO_WAY, SESSION)
    gateway.wait_until_quiet()
    assert sorted(events(sink)) == ["DELIVERED", "READ", "SENT"]


def test_a_text_that_matches_no_template_fails_late(gateway: SimulatorClient, sink: Sink) -> None:
    template = {"id": "100", "body": "Hello {{1}}!"}
    gateway.register(status_url=sink.status_url, templates=[template])
    by_text = {name: TEMPLATE[name] for name in ("method", "send_to", "isHSM", "msg_id")}
    ask(gateway, HSM, by_text, msg="Hello Asha!")
    ask(gateway, HSM, by_text, msg="Goodbye Asha!", msg_id="8-1")
    gateway.wait_until_quiet()
    failed = [
        (report["externalId"].partition("-")[2], report["cause"])
        for report in sink.reports
        if report["eventType"] == "FAILED"
    ]
    assert failed == [("8-1", "MSG_DOES_NOT_MATCH_TEMPLATE")]


def click_of(sink: Sink) -> dict[str, Any]:
    clicks = [post.json for post in sink.taken if post.content_type == "application/json"]
    found: dict[str, Any] = clicks[0]
    return found


def test_a_click_comes_in_the_tracking_format(gateway: SimulatorClient, sink: Sink) -> None:
    external_id = send(gateway, "click", buttonUrlParam="tea")
    gateway.wait_until_quiet()
    click = click_of(sink)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", click.pop("clickTime"))
    kept = ("originalURL", "mobile", "extra", "msg_id_or_blank", "causeId", "device")
    assert {name: click[name] for name in kept} == {
        "originalURL": "https://shop.example/tea",
        "mobile": PHONE,
        "extra": EXTRA,
        "msg_id_or_blank": "7-1",
        "causeId": external_id.partition("-")[0],
        "device": "Linux+Mobile",
    }


def test_a_click_comes_in_the_generic_format(gateway: SimulatorClient, sink: Sink) -> None:
    send(gateway, "click_generic", buttonUrlParam="tea")
    gateway.wait_until_quiet()
    click = click_of(sink)
    status = click["statuses"][0]
    assert (click["payloadVersion"], status["msgId"], status["status"], status["url"]) == (
        0.1,
        EXTRA,
        "clicked",
        "https://shop.example/tea",
    )
    assert 10**9 < status["timestamp"] < 10**10


def test_a_reply_comes_with_the_six_fields(gateway: SimulatorClient, sink: Sink) -> None:
    gateway.inbound(PHONE, text="incoming text", name="John Doe")
    gateway.wait_until_quiet()
    callback = sink.taken[0]
    message = callback.json
    assert (callback.path, callback.content_type) == (
        "/gupshup/response?a=key",
        "application/json",
    )
    assert re.fullmatch(r"\d{13}", message.pop("timestamp"))
    assert message == {
        "waNumber": "919000000001",
        "mobile": PHONE,
        "name": "John Doe",
        "text": "incoming text",
        "type": "text",
    }


def test_a_button_comes_form_encoded_and_names_the_message(
    gateway: SimulatorClient, sink: Sink
) -> None:
    external_id = send(gateway, "silent")
    gateway.inbound(PHONE, button="Yes please", payload="yes-1")
    gateway.wait_until_quiet()
    form = sink.taken[0].form
    assert (form["type"], form["button"], f"{form['replyId']}-{form['messageId']}") == (
        "button",
        '{"payload": "yes-1", "text": "Yes please"}',
        external_id,
    )


@pytest.mark.parametrize(
    ("behaviour", "field", "expected"),
    [
        ("reply", "text", "Thank you, that is good to know!"),
        ("stop", "text", "STOP"),
    ],
)
def test_some_people_answer_by_themselves(
    gateway: SimulatorClient, sink: Sink, behaviour: str, field: str, expected: str
) -> None:
    send(gateway, behaviour)
    gateway.wait_until_quiet()
    answers = [post.json for post in sink.taken if post.path.startswith("/gupshup/response")]
    assert [answer[field] for answer in answers] == [expected]


def test_some_people_press_the_first_button(gateway: SimulatorClient, sink: Sink) -> None:
    buttons = [{"text": "Shop", "url": "https://shop.example"}, {"text": "Not now"}]
    gateway.register(
        status_url=sink.status_url,
        response_url=sink.response_url,
        templates=[{"id": "100", "body": "Hello", "buttons": buttons}],
    )
    send(gateway, "button")
    gateway.wait_until_quiet()
    pressed = [post.form["button"] for post in sink.taken if "button" in post.form]
    assert pressed == ['{"payload": "Not now", "text": "Not now"}']


def test_some_people_send_a_picture(gateway: SimulatorClient, sink: Sink) -> None:
    send(gateway, "picture")
    gateway.wait_until_quiet()
    types = [post.form["type"] for post in sink.taken if "image" in post.form]
    assert types == ["image"]


def test_a_reset_forgets_what_was_still_to_be_posted(gateway: SimulatorClient, sink: Sink) -> None:
    gateway.options(delays={"sent": 30.0, "delivered": 30.0, "read": 30.0, "reaction": 30.0})
    send(gateway, "reply")
    before = gateway.state()["callbacks"]["waiting"]
    gateway.reset()
    assert (before, gateway.state()["callbacks"]["waiting"], sink.taken) == (4, 0, [])
