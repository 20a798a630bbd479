"""The codes of Gupshup's send answers in plain words, and our own for calls that got none.

Apart from the causes of delivery reports (`report_codes.py`): 101 answers a send with "a parameter
is missing", and reports later that the 24-hour window was closed. Every look-up gives an entry; a
code that no table lists gets a general one that names it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from providers.gateway.meta_codes import META_CODES
from providers.gateway.named_parts import PARAMETER_CODE, PARTS
from providers.gateway.report_classes import LATER, ReportClass
from providers.gateway.troubles import CONSEQUENCES, Consequence, Trouble


@dataclass(frozen=True, slots=True)
class SendCode:
    """One code of a send answer: what happened, and what the marketer can do about it."""

    code: str
    trouble: Trouble
    meaning: str
    way_out: str

    @property
    def consequence(self) -> Consequence:
        return CONSEQUENCES[self.trouble]


# Our own codes, for calls that ended without a verdict of Gupshup's.
UNREACHABLE = "unreachable"
CONNECT_TIMED_OUT = "connect_timed_out"
TLS_FAILED = "tls_failed"
TIMED_OUT = "timed_out"
CONNECTION_LOST = "connection_lost"
UNREADABLE = "unreadable"
TOO_LARGE = "too_large"

ALREADY_REQUESTED = "322"

_CHECK_LOGIN = "Check the account's user id and password on the provider page, then verify again."
_ASK_GUPSHUP = "Send the code and the text to Gupshup's support; they can see what it refers to."
# What the next ones get tells whose fault a code is that nobody explains.
UNEXPLAINED = f"{_ASK_GUPSHUP} If nearly every message gets it: often, the IP is not whitelisted."
OF_THE_ACCOUNT = (
    "Most who were sent to got this, so it is about your account. Often: IP not whitelisted."
    " Compare the addresses on the IP whitelist page with those that Gupshup allows, on both"
    " accounts."
)
OF_FEW = f"Most others got theirs, so it is not about your account. {_ASK_GUPSHUP}"
AT_THE_DOOR = (
    "Often: this server's IP is not whitelisted at Gupshup on both accounts, or the address is"
    " wrong."
)
_WAIT = "Nothing to do: Kabootar tries again by itself."
_IN_DOUBT = (
    "The message may have left. A delivery report settles it; please don't send it again by hand."
)
_FIX_TEMPLATE = (
    "Compare the template with the approved one at Gupshup, synchronise it and publish again."
)
_COLLECT_OPT_IN = "Ask the person to subscribe, or let Kabootar opt them in before it sends."

_SEND_CODES = (
    SendCode(
        "100",
        Trouble.INTERNAL_ERROR,
        "Gupshup had an internal error and asks to try again later",
        _WAIT,
    ),
    SendCode(
        PARAMETER_CODE,
        Trouble.REQUEST,
        "Gupshup misses something in the message, or finds it invalid, and does not say what",
        "Check the campaign's values and files. If they look right, send Gupshup's text, which"
        " stands with the message, to its support.",
    ),
    *(SendCode(part.code, Trouble.REQUEST, part.meaning, part.way_out) for part in PARTS),
    SendCode("102", Trouble.CREDENTIALS, "Wrong user id or password", _CHECK_LOGIN),
    SendCode("103", Trouble.CREDENTIALS, "Gupshup doesn't know this user id", _CHECK_LOGIN),
    SendCode(
        "104",
        Trouble.ACCOUNT_DISABLED,
        "Gupshup has disabled this account",
        "Ask Gupshup's support to enable the account, then resume your campaigns.",
    ),
    SendCode(
        "105",
        Trouble.NUMBER,
        "Gupshup says that this is not a valid phone number",
        "Correct the person's number, with its country code.",
    ),
    SendCode(
        "106",
        Trouble.ACCOUNT_SETUP,
        "This account may not do that; often the HSM and the two-way account are swapped",
        "Check which account is which on the provider page, and that Gupshup has enabled WhatsApp"
        " on both.",
    ),
    SendCode("107", Trouble.REQUEST, "Gupshup doesn't know this version of its API", _ASK_GUPSHUP),
    SendCode("108", Trouble.REQUEST, "The sender name is not valid", _ASK_GUPSHUP),
    SendCode("109", Trouble.REQUEST, "A do-not-disturb flag is not valid", _ASK_GUPSHUP),
    SendCode(
        "175",
        Trouble.NUMBER,
        "This account can't send to numbers abroad",
        "Ask Gupshup to enable international numbers, or leave foreign numbers out.",
    ),
    SendCode(
        ALREADY_REQUESTED,
        Trouble.ALREADY_DONE,
        "Gupshup had this request already",
        "Nothing to do for an opt-in. For anything else, send the code to Gupshup's support.",
    ),
    SendCode("401", Trouble.CREDENTIALS, "Gupshup didn't accept the login", _CHECK_LOGIN),
    # Gupshup's self-serve product documents these; on this gateway they are rare.
    SendCode("500", Trouble.UNCLEAR, "Gupshup had an internal error", _IN_DOUBT),
    SendCode(
        "1001", Trouble.ACCOUNT_SETUP, "Sender and account don't belong together", _ASK_GUPSHUP
    ),
    SendCode(
        "1002",
        Trouble.NUMBER,
        "Gupshup says that this number is not on WhatsApp",
        "Check the number. Gupshup has said this wrongly during outages, so the person stays"
        " subscribed.",
    ),
    SendCode(
        "1003",
        Trouble.BALANCE,
        "Your balance at Gupshup is too low",
        "Top up the account at Gupshup, then resume your campaigns.",
    ),
    SendCode(
        "1004",
        Trouble.ACCOUNT_SETUP,
        "Template messages are switched off for this account",
        "Ask Gupshup to enable template messages, then resume your campaigns.",
    ),
    SendCode("1005", Trouble.TEMPLATE, "The text matches no approved template", _FIX_TEMPLATE),
    SendCode(
        "1006",
        Trouble.NOT_OPTED_IN,
        "The person has not opted in at Gupshup",
        _COLLECT_OPT_IN,
    ),
    SendCode(
        "1007",
        Trouble.TEMPLATE,
        "The text matches no approved template, and the person has not opted in",
        _FIX_TEMPLATE,
    ),
    SendCode(
        "1008",
        Trouble.NOT_OPTED_IN,
        "The person has not opted in and has not written to you lately",
        _COLLECT_OPT_IN,
    ),
    SendCode(
        "1010",
        Trouble.MEDIA,
        "Gupshup can't use the file's address",
        "Use a public https address that opens without a login.",
    ),
    SendCode(
        "1011",
        Trouble.MEDIA,
        "The file is too large for WhatsApp",
        "Use a smaller file: images up to 5 MB, videos up to 16 MB, documents up to 100 MB.",
    ),
    SendCode(
        "1012",
        Trouble.NOT_OPTED_IN,
        "The person has opted out at Gupshup",
        "Nothing to do, unless they ask to get messages again.",
    ),
    SendCode("4001", Trouble.THROTTLED, "Gupshup asks to send more slowly", _WAIT),
    SendCode("4002", Trouble.UNCLEAR, "WhatsApp gave Gupshup no clear answer", _IN_DOUBT),
    SendCode("4003", Trouble.TEMPLATE, "The message matches no approved template", _FIX_TEMPLATE),
    SendCode(
        "4004",
        Trouble.ACCOUNT_SETUP,
        "This kind of message needs WhatsApp's cloud API",
        _ASK_GUPSHUP,
    ),
    SendCode(
        "4005",
        Trouble.TEMPLATE,
        "WhatsApp has paused this template",
        "Too many people blocked or reported it. Wait until the pause ends, or use another one.",
    ),
    # Our own.
    SendCode(
        UNREACHABLE,
        Trouble.UNREACHABLE,
        "Gupshup could not be reached; nothing was sent",
        _WAIT + " If it lasts, ask your operator whether this server may open https connections.",
    ),
    SendCode(
        CONNECT_TIMED_OUT,
        Trouble.UNREACHABLE,
        "No connection to Gupshup could be had in time; nothing was sent",
        _WAIT,
    ),
    SendCode(
        TLS_FAILED,
        Trouble.UNREACHABLE,
        "No secure connection to Gupshup could be made; nothing was sent",
        "Ask your operator to check this server's clock and certificates.",
    ),
    SendCode(TIMED_OUT, Trouble.UNCLEAR, "Gupshup didn't answer in time", _IN_DOUBT),
    SendCode(CONNECTION_LOST, Trouble.UNCLEAR, "The connection broke before the answer", _IN_DOUBT),
    SendCode(UNREADABLE, Trouble.UNCLEAR, "Gupshup's answer could not be understood", _IN_DOUBT),
    SendCode(TOO_LARGE, Trouble.UNCLEAR, "Gupshup's answer was far too long", _IN_DOUBT),
    SendCode("http_429", Trouble.THROTTLED, "Gupshup asks to send more slowly", _WAIT),
    SendCode("http_503", Trouble.OVERLOADED, "Gupshup is overloaded at the moment", _WAIT),
    SendCode("http_500", Trouble.UNCLEAR, "Gupshup broke down while it was answering", _IN_DOUBT),
    SendCode("http_502", Trouble.UNCLEAR, "Gupshup's front answered in its place", _IN_DOUBT),
    SendCode("http_504", Trouble.UNCLEAR, "Gupshup's front gave up waiting", _IN_DOUBT),
    SendCode(
        "http_401",
        Trouble.TURNED_AWAY,
        "Gupshup's front didn't let the call in",
        AT_THE_DOOR,
    ),
    SendCode(
        "http_403",
        Trouble.TURNED_AWAY,
        "Gupshup's front didn't let the call in",
        AT_THE_DOOR,
    ),
)
# The next person would meet the same.
NOT_OF_A_PERSON = {ReportClass.CONFIG, ReportClass.TRANSIENT}
# Not on WhatsApp, window closed, marketing stopped or limited: the next person is another matter.
META_ON_A_PERSON = re.compile(r"1310\d\d")
SEND_CODES: Mapping[str, SendCode] = {entry.code: entry for entry in _SEND_CODES}


def send_code(code: str, extra: Mapping[str, SendCode] | None = None) -> SendCode:
    """The entry of a code; `extra`, the codes an operator has learnt, goes before the table."""
    known = (extra or {}).get(code) or SEND_CODES.get(code)
    if known is not None:
        return known
    if (cause := META_CODES.get(code)) is not None:
        trouble = Trouble.UNKNOWN if cause.report_class in NOT_OF_A_PERSON else Trouble.NUMBER
        # A second try takes what a report calls passing, not what was refused.
        way_out = _ASK_GUPSHUP if cause.way_out == LATER else cause.way_out
        return SendCode(code, trouble, cause.meaning, way_out)
    if META_ON_A_PERSON.fullmatch(code):
        return SendCode(
            code,
            Trouble.NUMBER,
            f"WhatsApp did not take the message for this person, with Meta's code {code}",
            "Look at the person's number, and whether they still want your messages.",
        )
    return SendCode(
        code,
        Trouble.UNCLEAR if code.startswith("http_") else Trouble.UNKNOWN,
        f"Gupshup answered with the code {code}, which its documentation doesn't explain"
        if code
        else "Gupshup refused the message without a code",
        UNEXPLAINED,
    )


_LEARNT_TEXTS: Mapping[Trouble, tuple[str, str]] = {
    Trouble.IP_REFUSED: (
        "Gupshup refuses this server's IP address",
        "Have the addresses on the IP whitelist page whitelisted on both accounts.",
    ),
    Trouble.CREDENTIALS: ("Gupshup didn't accept the login", _CHECK_LOGIN),
    Trouble.BALANCE: (
        "Your balance at Gupshup is too low",
        "Top up the account at Gupshup, then resume your campaigns.",
    ),
    Trouble.THROTTLED: ("Gupshup asks to send more slowly", _WAIT),
    Trouble.NOT_OPTED_IN: ("The person has not opted in at Gupshup", _COLLECT_OPT_IN),
    Trouble.TEMPLATE: ("The message matches no approved template", _FIX_TEMPLATE),
}


def learnt_code(code: str, trouble: Trouble, *, meaning: str, way_out: str) -> SendCode:
    """A code that only this installation knows, with our words where the operator gave none."""
    usual = _LEARNT_TEXTS.get(trouble, (f"Gupshup answered with the code {code}", _ASK_GUPSHUP))
    return SendCode(code, trouble, meaning or usual[0], way_out or usual[1])
