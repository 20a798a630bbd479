"""The two tables of codes, and what an operator may add."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from providers.gateway.codes import SEND_CODES, SendCode, learnt_code, send_code
from providers.gateway.report_classes import LATER, ReportClass
from providers.gateway.report_codes import codes_of, kept_cause, report_cause
from providers.gateway.results import Scope, Verdict
from providers.gateway.settings import gateway_settings
from providers.gateway.troubles import CONSEQUENCES, Trouble

ACCOUNT_STOPPERS = {"102", "103", "104", "106", "401", "1001", "1003", "1004", "4004"}

EVERYBODYS = (
    *("131031", "131042", "131048", "131052", "131053", "471"),
    *map(str, range(132000, 132017)),
)
EVERY_REPORT_CODE = [code for class_ in ReportClass for code in codes_of(class_)]


def test_every_trouble_has_a_consequence() -> None:
    assert set(CONSEQUENCES) == set(Trouble)


def test_every_code_says_what_happened_and_what_to_do() -> None:
    assert [
        entry.code for entry in SEND_CODES.values() if not (entry.meaning and entry.way_out)
    ] == []


def test_these_codes_stop_the_whole_account() -> None:
    stoppers = {
        code
        for code, entry in SEND_CODES.items()
        if entry.consequence.verdict is Verdict.REFUSED and entry.consequence.scope is Scope.ACCOUNT
    }
    assert stoppers == ACCOUNT_STOPPERS


def test_every_refusal_names_its_scope() -> None:
    nameless = [
        code
        for code, entry in SEND_CODES.items()
        if entry.consequence.verdict is Verdict.REFUSED and entry.consequence.scope is None
    ]
    assert nameless == []


@given(st.text())
def test_every_code_has_an_entry(code: str) -> None:
    entry = send_code(code)
    assert (entry.code, bool(entry.meaning), bool(entry.way_out)) == (code, True, True)


def test_an_unknown_status_is_unclear() -> None:
    assert send_code("http_599").consequence.verdict is Verdict.IN_DOUBT


def test_the_operators_own_words_are_kept() -> None:
    learnt = learnt_code("313", Trouble.IP_REFUSED, meaning="Not our IP", way_out="Call Ravi")
    assert learnt == SendCode("313", Trouble.IP_REFUSED, "Not our IP", "Call Ravi")


def test_codes_are_learnt_from_the_settings(settings: Settings) -> None:
    settings.GATEWAY_EXTRA_CODES = {
        "313": "ip_refused",
        "777": {"trouble": "not_opted_in", "meaning": "They never said yes"},
    }
    codes = gateway_settings().extra_codes
    assert {code: (entry.trouble, entry.meaning) for code, entry in codes.items()} == {
        "313": (Trouble.IP_REFUSED, "Gupshup refuses this server's IP address"),
        "777": (Trouble.NOT_OPTED_IN, "They never said yes"),
    }


def test_a_trouble_that_does_not_exist_is_refused_by_name(settings: Settings) -> None:
    settings.GATEWAY_EXTRA_CODES = {"313": "nonsense"}
    with pytest.raises(ImproperlyConfigured, match="code 313"):
        gateway_settings()


@pytest.mark.parametrize(
    ("cause", "code", "expected"),
    [
        ("READ", "026", ReportClass.OK),
        ("UNKNOWN_SUBSCRIBER", "003", ReportClass.RECIPIENT),
        ("", "3", ReportClass.RECIPIENT),
        ("BLOCKED_FOR_USER", "", ReportClass.BLOCKED),
        ("blocked_for_user", "999", ReportClass.BLOCKED),
        ("24HR_TimeExceed", "101", ReportClass.WINDOW_CLOSED),
        ("WA_FREQUENCYCAPPING", "121", ReportClass.CAPPED),
        ("OTHER", "00A", ReportClass.UNKNOWN),
        ("", "00A", ReportClass.UNKNOWN),
        ("DEFERRED", "010", ReportClass.TRANSIENT),
        (" MSG_DOES_NOT_MATCH_TEMPLATE ", "38", ReportClass.CONFIG),
        ("WA_Experiment_Fail", "", ReportClass.UNKNOWN),
        ("Message undeliverable", "131026", ReportClass.RECIPIENT),
        ("", "131050", ReportClass.BLOCKED),
        ("", "131049", ReportClass.CAPPED),
        ("", "130472", ReportClass.UNKNOWN),
        ("", "131047", ReportClass.WINDOW_CLOSED),
        ("", "470", ReportClass.WINDOW_CLOSED),
        ("", "131056", ReportClass.TRANSIENT),
        *(("", code, ReportClass.CONFIG) for code in EVERYBODYS),
    ],
)
def test_a_report_is_known_by_its_cause_or_its_code(
    cause: str, code: str, expected: ReportClass
) -> None:
    assert report_cause(cause=cause, code=code).report_class is expected


def test_the_same_number_means_different_things_in_the_two_tables() -> None:
    assert send_code("101").trouble is Trouble.REQUEST
    assert report_cause(cause="", code="101").report_class is ReportClass.WINDOW_CLOSED


def test_metas_codes_about_a_person_say_nothing_of_the_next_one() -> None:
    of_a_person = ("131026", "131047", "131049", "131050", "130472", "470", "131099")
    assert {send_code(code).consequence.scope for code in of_a_person} == {Scope.RECIPIENT}
    assert {send_code(code).consequence.scope for code in EVERYBODYS} == {Scope.UNKNOWN}


def test_only_what_a_second_try_takes_is_promised_one() -> None:
    promised = {report_cause(cause="", code=code) for code in EVERY_REPORT_CODE}
    promised |= {report_cause(cause="SOLAR_FLARE", code="777"), kept_cause("WA_Experiment_Fail")}
    classes = {cause.report_class for cause in promised if cause.way_out == LATER}
    assert classes == {ReportClass.TRANSIENT}


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ("131050", ReportClass.BLOCKED),
        ("26", ReportClass.OK),
        ("00a", ReportClass.UNKNOWN),
        ("OTHER", ReportClass.UNKNOWN),
        ("BLOCKED", ReportClass.BLOCKED),
        ("24HR_TimeExceed", ReportClass.WINDOW_CLOSED),
    ],
)
def test_what_a_message_has_kept_is_a_code_or_a_name(kept: str, expected: ReportClass) -> None:
    cause = kept_cause(kept)
    assert (cause.report_class, "reported:" in cause.meaning) == (expected, False)


def test_an_unknown_report_names_its_cause_and_code() -> None:
    assert report_cause(cause="SOLAR_FLARE", code="777").meaning == (
        "WhatsApp reported: SOLAR_FLARE 777"
    )


@given(cause=st.text(), code=st.text())
def test_every_report_has_a_meaning(cause: str, code: str) -> None:
    assert report_cause(cause=cause, code=code).meaning
