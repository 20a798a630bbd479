import pytest

from campaigns.gates.explaining import explain
from campaigns.models import Reason


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
