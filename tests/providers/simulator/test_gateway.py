"""The simulator as a gateway: as strict as Gupshup, and its answers in Gupshup's shapes."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.gateway_simulator import SimulatorClient, running_simulator
from tests.providers.simulator.wire import (
    COMMON,
    HSM,
    OPT_IN,
    PHONE,
    SESSION,
    TEMPLATE,
    TWO_WAY,
    ask,
    code,
    raw,
)

SALE = {
    "id": "100",
    "name": "sale",
    "type": "TEXT",
    "language": "en",
    "status": "ENABLED",
    "header": "For {{1}}",
    "body": "Hello {{1}}, {{2}} off until {{3}}",
    "buttons": [{"type": "URL", "text": "Shop", "url": "https://shop.example/{{1}}"}],
}
POSTER = {"id": "200", "name": "poster", "type": "IMAGE", "body": "Hello {{1}}"}
VALUES = {
    "hvar1": "Asha",
    "var1": "Asha",
    "var2": "20 %",
    "var3": "Friday",
    "buttonUrlParam": "tea",
}


@pytest.fixture
def gateway() -> Iterator[SimulatorClient]:
    with running_simulator() as simulator:
        simulator.opt_in(PHONE)
        yield simulator


def test_a_template_to_somebody_who_opted_in_is_accepted(gateway: SimulatorClient) -> None:
    response = ask(gateway, HSM, TEMPLATE)
    assert re.fullmatch(r"\d{19}-7-1", response.pop("id"))
    assert response == {"phone": PHONE, "details": "", "status": "success"}


def test_without_an_id_of_ours_the_gateway_makes_up_both_halves(gateway: SimulatorClient) -> None:
    assert re.fullmatch(r"\d{19}-\d{15,18}", ask(gateway, HSM, TEMPLATE, msg_id="")["id"])


def test_text_is_answered_where_json_is_not_asked_for(gateway: SimulatorClient) -> None:
    status, body = raw(gateway, **COMMON | HSM | TEMPLATE | {"format": "text"})
    assert (status, re.sub(r"\d{19}", "…", body)) == (200, f"success | {PHONE} | …-7-1\n")
    _, error = raw(gateway, **COMMON | HSM | TEMPLATE | {"format": "text", "password": "no"})
    assert error == "error | 102 | Authentication failed due to invalid userId or password.\n"


def test_a_call_may_also_be_a_get(gateway: SimulatorClient) -> None:
    query = urlencode(COMMON | TWO_WAY | SESSION)
    with urlopen(f"{gateway.gateway_url}?{query}", timeout=10) as answer:
        assert b'"status":"success"' in answer.read()


@pytest.mark.parametrize("name", ["userid", "password", "method", "auth_scheme", "v"])
def test_what_every_call_needs_is_missed_by_name(gateway: SimulatorClient, name: str) -> None:
    response = ask(gateway, HSM, TEMPLATE, **{name: ""})
    assert (response["id"], response["details"]) == (
        "101",
        f"The parameter '{name}' is missing or invalid.",
    )


@pytest.mark.parametrize(
    ("parts", "changed", "expected"),
    [
        ((HSM, TEMPLATE), {"password": "wrong"}, "102"),
        ((HSM, TEMPLATE), {"userid": "999"}, "103"),
        ((HSM, TEMPLATE), {"v": "2.0"}, "107"),
        ((HSM, TEMPLATE), {"auth_scheme": "basic"}, "101"),
        ((HSM, TEMPLATE), {"method": "DANCE"}, "101"),
        ((HSM, TEMPLATE), {"send_to": ""}, "101"),
        ((HSM, TEMPLATE), {"send_to": "+919000000011"}, "105"),
        ((HSM, TEMPLATE), {"send_to": "12345"}, "105"),
        ((HSM, TEMPLATE), {"send_to": "919000000099"}, "902"),
        ((HSM, TEMPLATE), {"isHSM": "false"}, "106"),
        ((HSM, TEMPLATE), {"wa_template_json": "{"}, "101"),
        ((HSM, TEMPLATE), {"wa_template_json": '{"components": []}'}, "success"),
        ((HSM, SESSION), {"msg": ""}, "101"),
        ((TWO_WAY, TEMPLATE), {}, "106"),
        ((TWO_WAY, SESSION), {}, "success"),
        ((TWO_WAY, SESSION), {"msg": ""}, "101"),
        ((TWO_WAY, SESSION), {"msg": "x" * 4096}, "success"),
        ((TWO_WAY, SESSION), {"msg": "x" * 4097}, "101"),
        ((TWO_WAY, SESSION), {"method": "sendMediaMessage"}, "101"),
        ((TWO_WAY, OPT_IN), {}, "106"),
        ((HSM, OPT_IN), {}, "322"),
        ((HSM, OPT_IN), {"phone_number": "919000000012"}, "success"),
        ((HSM, OPT_IN), {"phone_number": "0"}, "105"),
        ((HSM, OPT_IN), {"phone_number": "919000009941"}, "903"),
        ((HSM, OPT_IN), {"channel": ""}, "101"),
        ((HSM, OPT_IN), {"method": "opt_out"}, "success"),
    ],
)
def test_a_call_is_checked_as_gupshup_would(
    gateway: SimulatorClient,
    parts: tuple[dict[str, str], ...],
    changed: dict[str, str],
    expected: str,
) -> None:
    assert code(gateway, *parts, **changed) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "success"),
        ({"whatsAppTemplateId": "999"}, "101"),
        ({"var3": ""}, "101"),
        ({"var4": "more"}, "101"),
        ({"hvar1": ""}, "101"),
        ({"hvar2": "more"}, "101"),
        ({"buttonUrlParam": ""}, "101"),
        ({"buttonUrlParam": "", "wa_template_json": '{"components": []}'}, "success"),
        ({"method": "SENDMEDIAMESSAGE"}, "101"),
    ],
)
def test_a_template_is_checked_against_the_approved_one(
    gateway: SimulatorClient, changed: dict[str, str], expected: str
) -> None:
    gateway.register(templates=[SALE], opted_in=[PHONE])
    assert code(gateway, HSM, TEMPLATE, VALUES, **changed) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "success"),
        ({"msg_type": "VIDEO"}, "101"),
        ({"media_url": "http://files.example/a.jpg"}, "101"),
        ({"method": "SENDMESSAGE"}, "101"),
        ({"buttonUrlParam": "tea"}, "101"),
    ],
)
def test_a_picture_template_needs_its_picture(
    gateway: SimulatorClient, changed: dict[str, str], expected: str
) -> None:
    gateway.register(templates=[POSTER], opted_in=[PHONE])
    poster = TEMPLATE | {
        "method": "SENDMEDIAMESSAGE",
        "msg_type": "IMAGE",
        "media_url": "https://files.example/a.jpg",
        "whatsAppTemplateId": "200",
        "var1": "Asha",
    }
    assert code(gateway, HSM, poster, **changed) == expected


def test_a_paused_template_is_refused(gateway: SimulatorClient) -> None:
    gateway.register(templates=[SALE | {"status": "PAUSED"}], opted_in=[PHONE])
    assert code(gateway, HSM, TEMPLATE, VALUES) == "101"


def test_a_disabled_account_is_refused(gateway: SimulatorClient) -> None:
    gateway.register(disabled=True)
    assert code(gateway, HSM, TEMPLATE) == "104"


def test_who_opted_out_gets_no_template_any_more(gateway: SimulatorClient) -> None:
    ask(gateway, HSM, OPT_IN, method="OPT_OUT")
    assert code(gateway, HSM, TEMPLATE) == "902"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"ip_refused": True}, "901"),
        ({"ip_refused": True, "ip_refused_code": "777"}, "777"),
        ({"require_opt_in": False}, "success"),
    ],
)
def test_options_change_what_the_gateway_says(
    gateway: SimulatorClient, options: dict[str, Any], expected: str
) -> None:
    gateway.options(**options)
    assert code(gateway, HSM, TEMPLATE, send_to="919000000099") == expected


def test_above_the_rate_the_gateway_throttles(gateway: SimulatorClient) -> None:
    gateway.options(rate_per_second=5)
    statuses = [raw(gateway, **COMMON | TWO_WAY | SESSION)[0] for _ in range(20)]
    assert 429 in statuses
    assert statuses[:5] == [200] * 5


@pytest.mark.parametrize(("outage", "status"), [("unavailable", 503)])
def test_an_outage_meets_everybody(gateway: SimulatorClient, outage: str, status: int) -> None:
    gateway.options(outage=outage)
    assert raw(gateway, **COMMON | TWO_WAY | SESSION)[0] == status


def test_an_account_may_have_many_neighbours(gateway: SimulatorClient) -> None:
    gateway.register(name="other", hsm_user="1", two_way_user="2")
    assert code(gateway, HSM, TEMPLATE) == "success"
    assert code(gateway, HSM, TEMPLATE, userid="1") == "902"


def test_registering_again_replaces_the_login(gateway: SimulatorClient) -> None:
    gateway.register(hsm_user="3", hsm_password="new")
    assert code(gateway, HSM, TEMPLATE) == "103"
    assert code(gateway, {"userid": "3", "password": "new"}, OPT_IN) == "success"
