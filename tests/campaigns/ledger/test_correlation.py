from datetime import UTC, datetime

import pytest

from campaigns.ledger.correlation import (
    Reference,
    extra_of,
    msg_id_of,
    read_extra,
    read_msg_id,
    reference_of,
)

AT = datetime(2022, 7, 19, 21, 8, 13, tzinfo=UTC)


def test_an_extra_names_campaign_time_day_message_and_variant() -> None:
    extra = extra_of(message_id=9001, campaign_id=12, variant=1, at=AT)

    assert extra == "12|1658264893|20220719|9001|1"
    assert read_extra(extra) == Reference(9001, campaign_id=12)


def test_a_message_without_a_campaign_says_zero() -> None:
    extra = extra_of(message_id=7, campaign_id=None, variant=0, at=AT)

    assert extra == "0|1658264893|20220719|7|0"


def test_four_fields_are_enough() -> None:
    assert read_extra("4930004|1731918555|20241118|4930005") == Reference(
        4930005, campaign_id=4930004
    )


@pytest.mark.parametrize(
    "extra",
    [
        None,
        "",
        "order-77",
        "1|2|3",
        "1|2|3|4|5|6",
        "a|1|2|3|4",
        "1|1|20220720|0|0",
        "1|1|20220720|1000000000000000000|0",
        "1|1|20220720|٣|0",
        '{"order": 1}',
    ],
)
def test_what_is_not_of_our_form_names_nothing(extra: str | None) -> None:
    assert read_extra(extra) is None


def test_a_msg_id_names_message_and_attempt() -> None:
    assert msg_id_of(9001, 3) == "9001-3"
    assert read_msg_id("9001-3") == Reference(9001, 3)


def test_an_external_id_ends_in_our_msg_id() -> None:
    assert reference_of("5145722132009541678-9001-2") == Reference(9001, 2)


@pytest.mark.parametrize(
    "external_id",
    [None, "", "9001", "4687162516402008133-497817541934555810", "1-2", "1-2-99999", "1-a-1"],
)
def test_gupshups_own_ids_name_no_message_of_ours(external_id: str | None) -> None:
    assert reference_of(external_id) is None
