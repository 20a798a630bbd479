"""Every variable of docs/settings.md with values that it can't hold, given to a real process."""

import re
from pathlib import Path

import pytest

from config.settings.required import REQUIRED
from config.settings.values import CHECKS, FREE, bad_values
from providers.gateway.troubles import Trouble
from tests.config.settings.test_production_settings import COMPLETE, manage

ROOT = Path(__file__).resolve().parents[3]
VARIABLES = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
SECRET = "s3cret-p1ece"
# Whatever is written here is at least one of: no number, no JSON, no address, no zone.
JUNK = [
    SECRET,
    f"{SECRET} \n{{%",
    f"://{SECRET}@[::1",
    f"smtp://{SECRET}:{SECRET}@host:port",
    f"postgres://{SECRET}:{SECRET}@host:port/name",
    f"redis://:{SECRET}@host:port/x",
    f"../../{SECRET}",
    f'["{SECRET}"]',
    "-1",
    "nan",
    "1e999",
    "9" * 40,
    "٣",
    "[" * 3_000,
]
# What is no more than text can't be told from junk.
TAKES_WORDS = {"ALLOWED_HOSTS", "INBOUND_MEDIA_HOSTS", "INSTANCE_ID", "MEDIA_ROOT"}


def test_every_variable_of_the_table_is_looked_at() -> None:
    assert sorted(VARIABLES) == sorted([*CHECKS, *FREE])


@pytest.mark.parametrize(
    ("settings", "junk"),
    [("config.settings.local", SECRET), *(("config.settings.production", junk) for junk in JUNK)],
)
def test_junk_in_every_variable_at_once_is_one_line_that_names_them(
    settings: str, junk: str
) -> None:
    run = manage("check", settings=settings, **dict.fromkeys(VARIABLES, junk))
    lines = run.stderr.splitlines()
    assert (run.returncode, run.stdout, len(lines)) == (1, "", 1)
    assert lines[0].startswith("Kabootar can't start: ")
    assert SECRET not in lines[0]
    assert {name for name in CHECKS if f"{name} must" in lines[0]} >= set(CHECKS) - TAKES_WORDS - {
        name for name, check in CHECKS.items() if check(junk) is None
    }


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "CREDENTIAL_KEYS"]
)
def test_each_that_holds_a_secret_is_named_alone_and_nothing_of_it_shown(name: str) -> None:
    run = manage("check", **(COMPLETE | {name: f"{SECRET} @[::1"}))
    assert (run.returncode, run.stdout) == (1, "")
    assert re.fullmatch(rf"Kabootar can't start: {name} [^\n]*\n", run.stderr)
    assert SECRET not in run.stderr


def test_what_begins_with_a_dollar_is_taken_for_no_variable_and_not_shown() -> None:
    run = manage("check", **dict.fromkeys(VARIABLES, f"${SECRET}"))
    assert {name for name in VARIABLES if f"{name} must not begin" in run.stderr} == set(VARIABLES)
    assert (len(run.stderr.splitlines()), SECRET in run.stderr) == (1, False)


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        (
            "GATEWAY_EXTRA_CODES",
            ["[]", '{"313": "nothing"}', '{"313": {"meaning": "x"}}', '{"313": 5}',
             '{"313": {"trouble": "balance", "scope": "x"}}',
             '{"313": {"trouble": "balance", "meaning": 5}}', '{"313": {"trouble": ["balance"]}}'],
            ["{}", '{"313": "ip_refused"}', '{"313": {"trouble": "balance", "way_out": "Pay"}}'],
        ),
        (
            "GATEWAY_VERIFY_CALLS",
            ["5", '{"hsm": "ask"}', '{"other": "none"}', '{"hsm": ["none"]}'],
            ["{}", '{"hsm": "none", "two_way": "empty_send"}'],
        ),
        (
            "GATEWAY_VERIFY_WORKS",
            ["{", '{"two_way": "101"}', '{"two_way": [101]}', '{"other": []}'],
            ["{}", '{"two_way": ["101", "313"]}'],
        ),
    ],
)  # fmt: skip
def test_what_is_said_of_gupshup_is_known_or_refused(
    name: str, wrong: list[str], right: list[str]
) -> None:
    """Else it would be found out by the first message."""
    assert [value for value in wrong if not bad_values({name: value})] == []
    assert [value for value in right if bad_values({name: value})] == []


def test_what_documents_show_of_gupshups_codes_is_right() -> None:
    gateway = (ROOT / "docs/gateway.md").read_text()
    told = gateway + (ROOT / "docs/settings.md").read_text()
    examples = re.findall(r"""GATEWAY_EXTRA_CODES='(.+?)'|as JSON: `({"313".+?)`""", told)
    values = ["".join(example) for example in examples]
    assert [bad_values({"GATEWAY_EXTRA_CODES": value}) for value in values] == [[], []]
    assert {kind for kind in Trouble if f"`{kind}`" not in gateway} == set()


@pytest.mark.parametrize("slow", [{"GATEWAY_TOTAL_TIMEOUT": "55"}, {"SEND_FENCE_MARGIN": "40"}])
def test_a_lease_in_which_no_call_could_be_started_is_refused(slow: dict[str, str]) -> None:
    """Nothing would ever be sent, and nothing would say why."""
    run = manage("check", **COMPLETE, **slow)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "Kabootar can't start: SEND_LEASE must be more than GATEWAY_TOTAL_TIMEOUT and "
        "SEND_FENCE_MARGIN together. See docs/settings.md.\n"
    )
    assert manage("check", **COMPLETE, **slow, SEND_LEASE="60.5").returncode == 0


def test_values_that_are_right_stay_right() -> None:
    run = manage(
        "check",
        **COMPLETE,
        ALLOWED_HOSTS="kabootar.example.com,.example.org, [2001:db8::1]",
        EMAIL_URL="smtp+tls://user:p%40ss@smtp.example.com:587",
        DEFAULT_FROM_EMAIL="Kabootar <kabootar@example.com>",
        DEBUG="off",
        SECURE_HSTS_PRELOAD="False",
        TRUSTED_HOPS="2",
        GATEWAY_SEND_URL="http://127.0.0.1:8002/GatewayAPI/rest",
        GATEWAY_EXTRA_CODES='{"313": "ip_refused"}',
        GATEWAY_TOTAL_TIMEOUT="20.5",
        EGRESS_IP_URL="",
        INBOUND_MEDIA_HOSTS="*.gupshup.io",
        CLICK_TIME_ZONE="UTC",
        SEND_STORM_WINDOW="0",
        SEND_STORM_SHARE="1",
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_an_empty_required_variable_is_not_set() -> None:
    run = manage("check", **dict.fromkeys(REQUIRED, ""))
    missing = "; ".join(f"{name} is not set" for name in REQUIRED)
    assert run.stderr == f"Kabootar can't start: {missing}. See docs/settings.md.\n"
