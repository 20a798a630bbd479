from datetime import UTC, datetime

import pytest

from campaigns.gates.explaining import Again, Met, again_of, explain, met_by
from campaigns.models import Campaign, Reason


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("code", ["", "003", "http_429", "WA_FrequencyCapping", "never seen"])
def test_every_reason_with_any_code_has_a_meaning(reason: Reason, code: str) -> None:
    assert explain(reason, code).meaning.strip() != ""


@pytest.mark.parametrize(
    ("reason", "code", "meaning"),
    [
        (Reason.REPORTED, "003", "This number is not on WhatsApp"),
        (Reason.REPORTED, "3", "This number is not on WhatsApp"),
        (
            Reason.REPORTED,
            "WA_FrequencyCapping",
            "Meta limits how many marketing messages this person gets",
        ),
        (
            Reason.REPORTED,
            "131050",
            "The person stopped marketing messages from your business in WhatsApp",
        ),
        (
            Reason.REPORTED,
            "132015",
            "WhatsApp has paused the template: too many people disliked it",
        ),
        (
            Reason.REFUSED,
            "131042",
            "Meta can't charge your account: something is wrong with the payment",
        ),
        (Reason.REPORTED, "OTHER", "WhatsApp could not deliver it and gave no reason"),
        (Reason.REPORTED, "NEW_CAUSE", "WhatsApp reported: NEW_CAUSE"),
        (Reason.REPORTED, "999", "WhatsApp reported: 999"),
        (Reason.REFUSED, "105", "Gupshup says that this is not a valid phone number"),
        (
            Reason.RETRIES_EXHAUSTED,
            "http_429",
            "Given up. The last time: Gupshup asks to send more slowly",
        ),
        (
            Reason.OPT_IN_REFUSED,
            "105",
            "Gupshup refused the opt-in: Gupshup says that this is not a valid phone number",
        ),
        (Reason.REFUSED, "not_composed", "Kabootar could not put this message together"),
    ],
)
def test_a_code_is_read_by_the_reason_it_came_with(reason: Reason, code: str, meaning: str) -> None:
    assert explain(reason, code).meaning == meaning


def test_a_code_that_this_installation_has_learnt_says_its_own_words(
    settings: object,
) -> None:
    learnt = {"313": {"trouble": "ip_refused", "meaning": "Our proxy's address is not listed"}}
    settings.GATEWAY_EXTRA_CODES = learnt  # type: ignore[attr-defined]
    assert explain(Reason.REFUSED, "313").meaning == "Our proxy's address is not listed"


@pytest.mark.parametrize(
    ("again", "way_out"),
    [
        (Again.BY_RETRY, "You can try these people again later, with “Try failed ones again”."),
        (
            Again.BY_NEW_CAMPAIGN,
            "This campaign has had its second try. A new one can still reach these people.",
        ),
        (Again.BY_ANOTHER, "A new campaign can still reach these people."),
        (Again.BY_HAND, "You can send it again later."),
    ],
)
def test_advice_is_about_what_is_possible_now(again: Again, way_out: str) -> None:
    assert explain(Reason.REPORTED, "001", again=again).way_out == way_out


@pytest.mark.parametrize("again", [Again.BY_NEW_CAMPAIGN, Again.BY_ANOTHER, Again.BY_HAND])
@pytest.mark.parametrize("code", ["001", "OTHER", "WA_FrequencyCapping", "131056", "never seen"])
@pytest.mark.parametrize("reason", [Reason.REPORTED, Reason.RETRIES_EXHAUSTED, Reason.REFUSED])
def test_no_retry_is_promised_where_none_is_possible(
    again: Again, code: str, reason: Reason
) -> None:
    assert "Try failed ones again" not in explain(reason, code, again=again).way_out


@pytest.mark.parametrize(
    ("campaign", "retried", "again"),
    [
        (Campaign(status="running"), False, Again.BY_RETRY),
        (Campaign(status="completed"), False, Again.BY_RETRY),
        (Campaign(status="completed"), True, Again.BY_NEW_CAMPAIGN),
        (Campaign(status="stopped"), False, Again.BY_ANOTHER),
        (Campaign(status="failed"), False, Again.BY_ANOTHER),
        (Campaign(status="running", kind="live"), False, Again.BY_ANOTHER),
        (Campaign(status="scheduled", kind="recurring"), False, Again.BY_ANOTHER),
        (Campaign(status="completed", kind="recurring"), False, Again.BY_RETRY),
        (
            Campaign(status="completed", ends_at=datetime(2020, 1, 1, tzinfo=UTC)),
            False,
            Again.BY_ANOTHER,
        ),
    ],
)
def test_a_second_try_is_promised_of_those_alone_that_may_have_one(
    campaign: Campaign, retried: bool, again: Again
) -> None:
    assert again_of(campaign, retried=retried) is again


@pytest.mark.parametrize(
    ("count", "among", "met"),
    [
        (1, 1, Met.NOBODY_KNOWS),
        (2, 2, Met.NOBODY_KNOWS),
        (3, 3, Met.MOST),
        (41, 81, Met.MOST),
        (1, 81, Met.FEW),
        (9, 36, Met.FEW),
        (9, 35, Met.NOBODY_KNOWS),
        (10, 10_000, Met.NOBODY_KNOWS),  # a storm that was ended looks like this
        (40, 81, Met.NOBODY_KNOWS),
    ],
)
def test_few_or_most_have_met_it_or_nobody_knows(count: int, among: int, met: Met) -> None:
    assert met_by(count, among=among) == met


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.OPT_IN_REFUSED])
@pytest.mark.parametrize("code", ["903", "313", "", "http_403", "http_401"])
def test_the_address_is_blamed_only_where_it_is_not_one_persons_matter(
    reason: Reason, code: str
) -> None:
    said = {met: explain(reason, code, met=met).way_out for met in Met}
    assert ["whitelist" in said[met] for met in (Met.FEW, Met.MOST)] == [False, True]
    assert len({*said.values()}) == 3


@pytest.mark.parametrize("code", ["105", "1003", "http_503"])
def test_what_gupshup_explains_means_the_same_however_many_met_it(code: str) -> None:
    assert len({explain(Reason.REFUSED, code, met=met).way_out for met in Met}) == 1
