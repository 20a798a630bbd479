"""The numbers and sentences by which CleverTap says why it did not take a record.

The pattern of its sentences, and those of the numbers below, are as recorded from it; where it says
nothing that fits, ours stand in the same pattern.
"""

from campaigns.audience.uploads.verdicts import Outcome, Verdict

OF_PROFILES = "Profile data is incorrect. {reason}.Skipped record number : {number}"
OF_EVENTS = (
    "Event {part} is incorrect. ErrorCode: {code} - {reason}. Skipped record number : {number}"
)
OF_NEITHER = "ErrorCode: {code} - {reason}. Skipped record number : {number}"
NO_NAME, BAD_TIME = 509, 525
REASONS = {
    NO_NAME: "Event name is mandatory",
    514: "Gender needs to be M/F",
    515: "Email is not valid",
    516: "Phone number is not valid",
    517: "Employed needs to be Y/N",
    518: "Education needs to be School/College/Graduate.",
    519: "Married needs to be Y/N",
    520: "Age is invalid",
    BAD_TIME: "Timestamp should be present in the Unix Epoch format",
    528: "The event is discarded",
}
# What our uploads say → its number.
_NUMBERS = {
    "profile.email_unreadable": 515,
    "person.phone_unreadable": 516,
    "person.missing": 523,
    "person.identity_unreadable": 523,
    "person.not_a_text": 523,
    "event.name_missing": NO_NAME,
    "event.name_reserved": 513,
    "event.time_unreadable": BAD_TIME,
    "event.time_in_milliseconds": BAD_TIME,
    "event.too_old": BAD_TIME,
    "event.in_the_future": BAD_TIME,
    "event.too_many_names": 528,
}
_OF_BOTH = 523  # from here on a number says the same of an event and a profile
OTHERWISE = 512  # its structure is invalid
_IN_OUR_WORDS = {"event.too_old", "event.in_the_future", "event.too_many_names"}


class RecordNotTaken(Exception):  # noqa: N818 -- an ordinary outcome, not an error
    """`kind` is event or profile, where that is known; `reason` has no full stop."""

    def __init__(self, code: int, reason: str = "", *, kind: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason, self.kind = code, reason or REASONS[code], kind

    def sentence(self, number: int) -> str:
        """`number`: which record it is, from 1."""
        said = {"code": self.code, "reason": self.reason, "number": number}
        match self.kind:
            case "profile" if self.code < _OF_BOTH:
                return OF_PROFILES.format(**said)
            case "event":
                part = "Name" if self.code == NO_NAME else "data"
                return OF_EVENTS.format(part=part, **said)
        return OF_NEITHER.format(**said)


def problem_of(verdict: Verdict, *, kind: str = "") -> RecordNotTaken | None:
    """None where the record was taken."""
    if verdict.outcome == Outcome.IGNORED:
        return RecordNotTaken(528, kind=kind)
    if verdict.outcome != Outcome.REFUSED:
        return None
    code = _NUMBERS.get(verdict.code, OTHERWISE)
    is_theirs = code in REASONS and verdict.code not in _IN_OUR_WORDS
    return RecordNotTaken(code, "" if is_theirs else verdict.reason.rstrip("."), kind=kind)
