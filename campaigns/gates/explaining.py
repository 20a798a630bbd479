"""Why a message did not arrive, in words for the marketer, and what can be done about it now."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum, auto

from django.conf import settings
from django.utils import timezone

from campaigns.gates.base import Explanation
from campaigns.gates.registry import explanation_of
from campaigns.models import Campaign, CampaignStatus, Message, OwnCode, Reason, Run
from providers.gateway.codes import (
    AT_THE_DOOR,
    OF_FEW,
    OF_THE_ACCOUNT,
    UNEXPLAINED,
    send_code,
)
from providers.gateway.report_classes import A_DAY_LATER, LATER
from providers.gateway.report_codes import ASK_GUPSHUP, kept_cause
from providers.gateway.settings import gateway_settings


class Again(Enum):
    """How a message that failed can still go out."""

    BY_RETRY = auto()
    BY_NEW_CAMPAIGN = auto()
    """The campaign has had its one second try, or is in it."""
    BY_ANOTHER = auto()
    """The campaign has no second try: it is live, stopped, past its end, or between its dates."""
    BY_HAND = auto()
    """It is of no campaign."""


class Met(Enum):
    """Who else met it, of those who were sent to about then: it tells whose fault a code is that
    Gupshup doesn't explain."""

    NOBODY_KNOWS = auto()
    FEW = auto()
    MOST = auto()


# Of what no gate says.
OURS: Mapping[str, Explanation] = {
    Reason.EXCLUDED: Explanation("Excluded from this campaign"),
    Reason.MISSING_VALUE: Explanation(
        "A placeholder would have been empty for them",
        "Add a fallback in the next campaign, or import the missing values.",
    ),
    Reason.VALUE_TOO_LONG: Explanation(
        "With their values the text would have been too long",
        "Shorten the text or these people's values.",
    ),
    Reason.OFFER_EXPIRED: Explanation("The offer had expired"),
    Reason.TEMPLATE_NOT_APPROVED: Explanation("The template was not approved any more"),
    Reason.CAMPAIGN_STOPPED: Explanation("The campaign was stopped before their turn"),
    Reason.DISCONNECTED: Explanation("The provider was disconnected before its turn"),
    Reason.ERASED: Explanation("They were erased before their turn"),
    Reason.UNKNOWN: Explanation(
        "Gupshup gave no answer and no report came: nobody knows whether it arrived",
        "Please don't send it again by hand without asking Gupshup.",
    ),
}

_NOT_COMPOSED = Explanation(
    "Kabootar could not put this message together",
    "Please tell your operator: the log of the sending worker says why.",
)


WITHOUT_A_SECOND_TRY = (CampaignStatus.STOPPED, CampaignStatus.FAILED)

# Only what was certainly not sent is tried again, or given up.
GIVEN_UP = "It was not sent. You can send it again once Gupshup is well."

# What the advice of the tables becomes where no retry of a campaign is possible.
_INSTEAD: Mapping[Again, Mapping[str, str]] = {
    Again.BY_RETRY: {},
    Again.BY_NEW_CAMPAIGN: {
        LATER: "This campaign has had its second try. A new one can still reach these people.",
        A_DAY_LATER: "This campaign has had its second try. A new one can still reach these"
        " people, after a day or more.",
        GIVEN_UP: "It was not sent, and this campaign has had its second try. A new one can still"
        " reach these people.",
        ASK_GUPSHUP: "Gupshup can tell what happened.",
    },
    Again.BY_ANOTHER: {
        LATER: "A new campaign can still reach these people.",
        A_DAY_LATER: "A new campaign can still reach these people, after a day or more.",
        GIVEN_UP: "It was not sent. A new campaign can still reach these people.",
        ASK_GUPSHUP: "Gupshup can tell what happened.",
    },
    Again.BY_HAND: {
        LATER: "You can send it again later.",
        ASK_GUPSHUP: "Gupshup can tell what happened.",
    },
}


# And of a code that Gupshup doesn't explain, once it is known who else met it.
_BY_MET: Mapping[Met, Mapping[str, str]] = {
    Met.NOBODY_KNOWS: {},
    Met.FEW: {UNEXPLAINED: OF_FEW, AT_THE_DOOR: OF_FEW},
    Met.MOST: {UNEXPLAINED: OF_THE_ACCOUNT, AT_THE_DOOR: OF_THE_ACCOUNT},
}
ENOUGH_TO_TELL = 3


def explain(
    reason: str, code: str, *, again: Again = Again.BY_RETRY, met: Met = Met.NOBODY_KNOWS
) -> Explanation:
    """Of a message that was suppressed or failed."""
    said = _explain(reason, code)
    for instead in (_INSTEAD[again], _BY_MET[met]):
        said = replace(said, way_out=instead.get(said.way_out, said.way_out))
    return said


def explain_message(
    message: Message, *, retried: Iterable[int] | None = None, met: Met = Met.NOBODY_KNOWS
) -> Explanation | None:
    """None where nothing is to be explained. `retried`: the campaigns that had their second try,
    where they are known already, for many messages."""
    if not message.reason:
        return None
    if message.campaign is None:
        return explain(message.reason, message.code, again=Again.BY_HAND, met=met)
    known = retried_among([message.campaign.pk]) if retried is None else retried
    again = again_of(message.campaign, retried=message.campaign.pk in known)
    return explain(message.reason, message.code, again=again, met=met)


def again_of(campaign: Campaign, *, retried: bool) -> Again:
    """`retried`: it had its one second try. Where it may have one later, that counts."""
    if retried:
        return Again.BY_NEW_CAMPAIGN
    is_past = campaign.ends_at is not None and campaign.ends_at <= timezone.now()
    has_dates_left = campaign.recurs and campaign.status != CampaignStatus.COMPLETED
    never = campaign.is_live or is_past or has_dates_left or campaign.status in WITHOUT_A_SECOND_TRY
    return Again.BY_ANOTHER if never else Again.BY_RETRY


def met_by(count: int, *, among: int) -> Met:
    """Few are fewer than make a storm, and far from half: a storm that was ended is no few."""
    if among < ENOUGH_TO_TELL:
        return Met.NOBODY_KNOWS
    if 2 * count > among:
        return Met.MOST
    is_few = count < settings.SEND_STORM_AFTER and 4 * count <= among
    return Met.FEW if is_few else Met.NOBODY_KNOWS


def depends_on_others(message: Message) -> bool:
    """Whether the advice of its code is another one where others met the same."""
    return (
        bool(message.reason) and _explain(message.reason, message.code).way_out in _BY_MET[Met.MOST]
    )


def retried_among(campaign_ids: Iterable[int]) -> set[int]:
    """Those that had their one second try."""
    ids = set(campaign_ids)
    retries = Run.objects.filter(campaign__in=ids, retry_of__isnull=False)
    return set(retries.values_list("campaign_id", flat=True)) if ids else set()


def _explain(reason: str, code: str) -> Explanation:
    if (ours := explanation_of(reason) or OURS.get(reason)) is not None:
        return ours
    if reason == Reason.REPORTED:
        return _of_report(code)
    if code == OwnCode.NOT_COMPOSED:
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
