"""Accounts, playing the customer, the page; and what the simulator must not know."""

import ast
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.gateway_simulator import (
    ACCOUNT,
    HSM_PASSWORD,
    TWO_WAY_PASSWORD,
    SimulatorClient,
    running_simulator,
    simulator_process,
)
from tests.providers.simulator.wire import HSM, PHONE, TEMPLATE, ask, code

ROOT = Path(__file__).parents[3]
SALE = {
    "id": "100",
    "header": "For {{1}}",
    "footer": "Tea shop",
    "body": "Hello {{1}}, see https://shop.example/all",
    "buttons": [
        {"text": "Shop", "url": "https://shop.example/{{1}}"},
        {"text": "Call", "phone_number": "+919000000001"},
        {"text": "Not now"},
    ],
}

VALUES = {"hvar1": "Asha", "var1": "Asha", "buttonUrlParam": "tea"}


@pytest.fixture
def gateway() -> Iterator[SimulatorClient]:
    with running_simulator(require_opt_in=False) as simulator:
        yield simulator


def test_a_registered_account_is_shown_without_its_secrets(gateway: SimulatorClient) -> None:
    gateway.register(status_url="https://kabootar.example/status?a=key", templates=[SALE])
    shown = gateway.get("/_sim/accounts")
    assert shown == [
        {
            "name": "demo",
            "hsm_user": ACCOUNT["hsm_user"],
            "two_way_user": ACCOUNT["two_way_user"],
            "number": "919000000001",
            "templates": ["100"],
            "opted_in": 0,
        }
    ]
    assert not {HSM_PASSWORD, TWO_WAY_PASSWORD, "key"} & set(str(shown).split("'"))


@pytest.mark.parametrize(
    ("path", "given", "complaint"),
    [
        ("/_sim/accounts", {"name": "x"}, "an account has:"),
        ("/_sim/accounts", ACCOUNT | {"name": "x"}, "another account has this user id"),
        ("/_sim/accounts", ACCOUNT | {"templates": [{"body": "Hi"}]}, "a template needs an id"),
        ("/_sim/phones", {"phone": PHONE, "behaviour": "dance"}, "no such behaviour"),
        ("/_sim/phones", {"phone": PHONE}, "behaviour is missing"),
        ("/_sim/inbound", {"phone": PHONE}, "text is missing"),
        ("/_sim/inbound", {"phone": PHONE, "text": "x", "account": "y"}, "no such account"),
        ("/_sim/click", {"phone": PHONE}, "no such message on this phone"),
        ("/_sim/nothing", {}, "no such address"),
    ],
)
def test_an_order_that_cannot_be_followed_says_why(
    gateway: SimulatorClient, path: str, given: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        gateway.post(path, **given)


def test_with_two_accounts_one_must_be_named(gateway: SimulatorClient) -> None:
    gateway.register(name="other", hsm_user="1", two_way_user="2")
    with pytest.raises(ValueError, match="name the account"):
        gateway.inbound(PHONE, text="Hi")
    gateway.inbound(PHONE, text="Hi", account="other")


def test_a_chat_shows_what_stands_on_the_phone(gateway: SimulatorClient) -> None:
    gateway.register(templates=[SALE], status_url="http://127.0.0.1:9/")
    external_id = ask(gateway, HSM, TEMPLATE, VALUES)["id"]
    gateway.inbound(PHONE, text="Which teas?")
    chat = gateway.get("/_sim/chat", phone=PHONE)
    for message in chat["messages"]:
        assert message.pop("at") > 0
    assert chat == {
        "account": "demo",
        "phone": PHONE,
        "name": chat["name"],
        "business": "919000000001",
        "window_open": True,
        "messages": [
            {
                "from": "business",
                "text": "Hello Asha, see https://shop.example/all",
                "header": "For Asha",
                "footer": "Tea shop",
                "media": "",
                "external_id": external_id,
                "stage": "READ",
                "buttons": [
                    {"text": "Shop", "target": "https://shop.example/tea", "payload": ""},
                    {"text": "Call", "target": "tel:+919000000001", "payload": ""},
                    {"text": "Not now", "target": "", "payload": "Not now"},
                ],
                "offer": None,
                "cards": [],
            },
            {"from": "customer", "text": "Which teas?"},
        ],
    }


def test_the_latest_people_come_first(gateway: SimulatorClient) -> None:
    for phone in (PHONE, "919000000012", PHONE):
        ask(gateway, HSM, TEMPLATE, send_to=phone)
    assert [person["phone"] for person in gateway.get("/_sim/people")] == [PHONE, "919000000012"]


def test_a_link_can_be_clicked_by_hand(gateway: SimulatorClient) -> None:
    gateway.register(templates=[SALE])
    external_id = ask(gateway, HSM, TEMPLATE, VALUES)["id"]
    assert gateway.click(PHONE, external_id=external_id) == "https://shop.example/tea"
    assert gateway.click(PHONE, target="https://shop.example/all") == "https://shop.example/all"


def test_people_can_be_opted_in_beforehand(gateway: SimulatorClient) -> None:
    gateway.options(require_opt_in=True)
    gateway.opt_in(PHONE)
    assert code(gateway, HSM, TEMPLATE) == "success"


@pytest.mark.parametrize("path", ["/", "/page.css", "/page.js"])
def test_the_page_comes_whole_from_here(gateway: SimulatorClient, path: str) -> None:
    with urlopen(f"{gateway.base_url}{path}", timeout=5) as answer:
        text = answer.read().decode()
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert (len(text) > 500, "//" in text.replace("// ", "").replace("http://www.w3.org", "")) == (
        True,
        False,
    )


def test_it_runs_as_a_process_of_its_own() -> None:
    with simulator_process(require_opt_in=False) as gateway:
        assert code(gateway, HSM, TEMPLATE) == "success"
        assert gateway.state()["requests"] == 1


def imports_of(package: Path) -> set[str]:
    found = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                found.add(node.module or "")
            elif isinstance(node, ast.Import):
                found.update(name.name for name in node.names)
    return found


def test_the_simulator_imports_nothing_of_ours() -> None:
    ours = ("config", "providers", "templates_app", "campaigns", "callbacks", "django")
    foreign = {
        name
        for name in imports_of(ROOT / "providers" / "simulator")
        if name.split(".")[0] in ours and not name.startswith("providers.simulator")
    }
    assert foreign == set()


def test_nothing_of_ours_imports_the_simulator() -> None:
    users = [
        app
        for app in ("providers/gateway", "templates_app", "campaigns", "callbacks")
        if any("simulator" in name for name in imports_of(ROOT / app))
    ]
    assert users == []
