"""Who may get a message: one rule, as SQL for launching and sending, as a query for pages.

The rule is about two flags: MSG-whatsapp of the profile must be true, MSG-dndWhatsApp of the phone
must not be. Whatever else holds a message back is not here: see gates/.
"""

from collections.abc import Mapping

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from campaigns.models import PhoneBlock, Profile, Reason

# For statements that have campaigns_profile as p: adds the phone's block as b.
BLOCK_JOIN = (
    "LEFT JOIN campaigns_phoneblock b ON b.project_id = p.project_id AND b.match_key = p.match_key"
)
# Why p gets no message, the first reason first; of b, too.
UNREACHABLE: Mapping[Reason, str] = {
    Reason.INVALID_PHONE: "p.phone_is_invalid",
    Reason.NO_PHONE: "p.match_key IS NULL",
    Reason.NOT_SUBSCRIBED: "p.subscribed IS NOT TRUE",
    Reason.NUMBER_BLOCKED: "b.blocked",
}


def blocked_phone() -> Exists:
    """Of the outer profile."""
    return Exists(
        PhoneBlock.objects.filter(
            project=OuterRef("project"), match_key=OuterRef("match_key"), blocked=True
        )
    )


def own_stop() -> Exists:
    """Of the outer profile: blocked by the person's own word."""
    return Exists(
        PhoneBlock.objects.filter(
            project=OuterRef("project"),
            match_key=OuterRef("match_key"),
            blocked=True,
            own_word=True,
        )
    )


def stopped_marketing() -> Exists:
    """Of the outer profile: what utility templates and answers don't mind."""
    return Exists(
        PhoneBlock.objects.filter(
            project=OuterRef("project"), match_key=OuterRef("match_key"), marketing_stopped=True
        )
    )


def with_reason(profiles: models.QuerySet[Profile]) -> models.QuerySet[Profile]:
    """Each with `unreachable`: the Reason, or "" for those who may get messages; and with
    `no_marketing`."""
    return profiles.annotate(
        no_marketing=stopped_marketing(),
        unreachable=Case(
            When(phone_is_invalid=True, then=Value(Reason.INVALID_PHONE.value)),
            When(match_key=None, then=Value(Reason.NO_PHONE.value)),
            When(Q(subscribed=None) | Q(subscribed=False), then=Value(Reason.NOT_SUBSCRIBED.value)),
            When(blocked_phone(), then=Value(Reason.NUMBER_BLOCKED.value)),
            default=Value(""),
        ),
    )
