"""Why a message did not arrive, in words for the marketer, and what can be done about it."""

from collections.abc import Mapping

from campaigns.gates.base import Explanation
from campaigns.gates.registry import explanation_of
from campaigns.models import Reason
from providers.gateway.codes import send_code
from providers.gateway.report_codes import kept_cause
from providers.gateway.settings import gateway_settings

# Of what no gate says.
OURS: Mapping[str, Explanation] = {
    Reason.CONTROL_GROUP: Explanation("In the control group"),
    Reason.EXCLUDED: Explanation("Excluded from this campaign"),
    Reason.CAP_REACHED: Explanation("The campaign's cap was reached"),
    Reason.MISSING_VALUE: Explanation(
        "A placeholder would have been empty for them",
        "Add a fallback in the next campaign, or import the missing values.",
    ),
    Reason.VALUE_TOO_LONG: Explanation(
        "With their values the text would have been too long",
        "Shorten the text or these people's values.",
    ),
    Reason.OFFER_EXPIRED: Explanation("The offer had expired"),
    Reason.FREQUENCY_CAP: Explanation("They had enough messages already"),
    Reason.TEMPLATE_NOT_APPROVED: Explanation("The template was not approved any more"),
    Reason.CAMPAIGN_STOPPED: Explanation("The campaign was stopped before their turn"),
    Reason.DISCONNECTED: Explanation("The provider was disconnected before its turn"),
    Reason.UNKNOWN: Explanation(
        "Gupshup gave no answer and no report came: nobody knows whether it arrived",
        "Please don't send it again by hand without asking Gupshup.",
    ),
}

# Our own code of a message that failed before there was a request.
NOT_COMPOSED = "not_composed"
_NOT_COMPOSED = Explanation(
    "Kabootar could not put this message together",
    "Please tell your operator: the log of the sending worker says why.",
)


# Only what was certainly not sent is tried again, or given up.
GIVEN_UP = "It was not sent. You can send it again once Gupshup is well."


def explain(reason: str, code: str) -> Explanation:
    """Of a message that was suppressed or failed."""
    if (ours := explanation_of(reason) or OURS.get(reason)) is not None:
        return ours
    if reason == Reason.REPORTED:
        return _of_report(code)
    if code == NOT_COMPOSED:
        return _NOT_COMPOSED
    answer = send_code(code, gateway_settings().extra_codes)
    if reason == Reason.RETRIES_EXHAUSTED:
        return Explanation(f"Given up. The last time: {answer.meaning}", GIVEN_UP)
    if reason == Reason.OPT_IN_REFUSED:
        return Explanation(f"Gupshup refused the opt-in: {answer.meaning}", answer.way_out)
    return Explanation(answer.meaning, answer.way_out)


def _of_report(code: str) -> Explanation:
    cause = kept_cause(code)
    return Explanation(cause.meaning, cause.way_out)
