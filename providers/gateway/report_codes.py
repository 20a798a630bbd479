"""The causes of delivery reports, in plain words.

Apart from the codes of send answers (`codes.py`): the same number means other things there.
"""

import re
from collections.abc import Mapping

from providers.gateway.meta_codes import META_CODES
from providers.gateway.report_classes import A_DAY_LATER, LATER, ReportCause, ReportClass

# Not 24HR_TimeExceed, which is a name.
_CODE = re.compile(r"\d[0-9A-Za-z]{0,5}")
ASK_GUPSHUP = "“Try failed ones again” leaves these people out. Gupshup can tell what happened."
_TEMPLATE = "Compare the template with the approved one at Gupshup before you send again."

_CAUSES = (
    ReportCause("SUCCESS", "000", ReportClass.OK, "Delivered"),
    ReportCause("SENT", "025", ReportClass.OK, "Handed over to WhatsApp"),
    ReportCause("READ", "026", ReportClass.OK, "Read"),
    ReportCause(
        "ABSENT_SUBSCRIBER", "001", ReportClass.TRANSIENT, "The phone was away or off", LATER
    ),
    ReportCause("CALL_BARRED", "002", ReportClass.RECIPIENT, "The number doesn't take messages"),
    ReportCause(
        "UNKNOWN_SUBSCRIBER",
        "003",
        ReportClass.RECIPIENT,
        "This number is not on WhatsApp",
        "Check the number with the person. One report alone can be wrong.",
    ),
    ReportCause("SERVICE_DOWN", "004", ReportClass.TRANSIENT, "A service was down", LATER),
    ReportCause("SYSTEM_FAILURE", "005", ReportClass.TRANSIENT, "A system failed", LATER),
    ReportCause("DND_FAIL", "006", ReportClass.RECIPIENT, "Stopped by a do-not-disturb list"),
    ReportCause("BLOCKED", "007", ReportClass.BLOCKED, "The number is blocked"),
    ReportCause("DND_TIMEOUT", "008", ReportClass.TRANSIENT, "A do-not-disturb check was too slow"),
    ReportCause(
        "OUTSIDE_WORKING_HOURS",
        "009",
        ReportClass.TRANSIENT,
        "Outside the hours in which messages are allowed",
        LATER,
    ),
    ReportCause(
        "OTHER",
        "00a",
        ReportClass.UNKNOWN,
        "WhatsApp could not deliver it and gave no reason",
        ASK_GUPSHUP,
    ),
    ReportCause("BLOCKED_MASK", "00b", ReportClass.CONFIG, "The sender name is blocked"),
    ReportCause("SMSCTIMEDOUT", "00c", ReportClass.TRANSIENT, "It ran out of time", LATER),
    ReportCause("CANCEL_CAUSEID", "00d", ReportClass.CONFIG, "The message was cancelled"),
    ReportCause("CANCEL_SCHEDULE", "00e", ReportClass.CONFIG, "The schedule was cancelled"),
    ReportCause(
        "DEFERRED", "010", ReportClass.TRANSIENT, "It could not be handed to WhatsApp", LATER
    ),
    ReportCause("INBOXFULL", "011", ReportClass.TRANSIENT, "The inbox is full", LATER),
    ReportCause("CONGESTION", "012", ReportClass.TRANSIENT, "Too much traffic on the way", LATER),
    ReportCause("NO_ACK_FROM_OPERATOR", "013", ReportClass.TRANSIENT, "Nobody confirmed it", LATER),
    ReportCause(
        "MSG_DOES_NOT_MATCH_TEMPLATE",
        "038",
        ReportClass.CONFIG,
        "The message matches no approved template",
        _TEMPLATE,
    ),
    ReportCause(
        "24HR_TimeExceed",
        "101",
        ReportClass.WINDOW_CLOSED,
        "The person last wrote more than 24 hours ago, so only templates are allowed",
        "Send an approved template, or wait until the person writes.",
    ),
    ReportCause(
        "WA_FrequencyCapping",
        "121",
        ReportClass.CAPPED,
        "Meta limits how many marketing messages this person gets",
        A_DAY_LATER,
    ),
    ReportCause(
        "WA_Experiment_Fail",
        "",
        ReportClass.UNKNOWN,
        "Meta keeps this person out of marketing messages for an experiment",
        "Nothing to do: it ends by itself.",
    ),
    ReportCause(
        "BLOCKED_FOR_USER",
        "",
        ReportClass.BLOCKED,
        "The person has blocked your business on WhatsApp",
        "Please don't write to them again.",
    ),
)
_ALL = (*_CAUSES, *META_CODES.values())
_BY_CAUSE: Mapping[str, ReportCause] = {entry.cause.casefold(): entry for entry in _CAUSES}
_BY_CODE: Mapping[str, ReportCause] = {entry.code: entry for entry in _ALL if entry.code}


def report_cause(*, cause: str, code: str) -> ReportCause:
    """By the cause's name, else by the code (three places, leading zeros may be missing)."""
    known = _BY_CAUSE.get(cause.strip().casefold()) or _BY_CODE.get(_padded(code))
    if known is not None:
        return known
    named = " ".join([part for part in (cause.strip(), code.strip()) if part])
    meaning = f"WhatsApp reported: {named}" if named else "WhatsApp reported no reason"
    return ReportCause(cause.strip(), code.strip(), ReportClass.UNKNOWN, meaning, ASK_GUPSHUP)


def kept_cause(kept: str) -> ReportCause:
    """Of what a message has kept: the code, or the name of a cause that has none."""
    if _CODE.fullmatch(kept):
        return report_cause(cause="", code=kept)
    return report_cause(cause=kept, code="")


def codes_of(report_class: ReportClass) -> list[str]:
    """Every way in which a message may have kept the causes of this class: by code, with or without
    its leading zeros, or by name."""
    causes = [entry for entry in _ALL if entry.report_class is report_class]
    numbers = [entry.code for entry in causes if entry.code]
    names = [entry.cause for entry in causes if entry.cause]
    return names + numbers + [code.lstrip("0") for code in numbers if code.startswith("0")]


def _padded(code: str) -> str:
    """Nothing stays nothing: it is not the code 000."""
    return code.strip().lower().zfill(3) if code.strip() else ""
