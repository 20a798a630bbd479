"""What happens to a message is decided by the last four digits of the recipient's number.

This table is the one place; `docs/simulator.md` shows it to people. Numbers that end in none of
these digits get the default. A number or an option can also name a behaviour outright.
"""

from dataclasses import dataclass
from enum import StrEnum


class Answering(StrEnum):
    """How the gateway answers once it has read the request."""

    NORMAL = "normal"
    ERROR = "error"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    HANG = "hang"
    RESET = "reset"
    BAD_GATEWAY = "bad_gateway"
    HTML = "html"
    EMPTY = "empty"


class Reaction(StrEnum):
    """What the person does after reading."""

    CLICK = "click"
    CLICK_GENERIC = "click_generic"
    CLICK_TWICE = "click_twice"
    REPLY = "reply"
    STOP = "stop"
    BUTTON = "button"
    PICTURE = "picture"


class Order(StrEnum):
    """How the reports of one message are posted."""

    NORMAL = "normal"
    REVERSED = "reversed"
    TWICE = "twice"
    TOGETHER = "together"
    EARLY = "early"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Report:
    event: str
    cause: str
    code: str


SENT = Report("SENT", "SENT", "025")
DELIVERED = Report("DELIVERED", "SUCCESS", "000")
READ = Report("READ", "READ", "026")


def _failed(cause: str, code: str) -> tuple[Report, ...]:
    return (Report("FAILED", cause, code),)


WINDOW_CLOSED = _failed("24HR_TimeExceed", "101")
NO_SUCH_TEMPLATE = _failed("MSG_DOES_NOT_MATCH_TEMPLATE", "038")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """`accepts` says whether the message goes out, whatever the answer was. `once` limits the
    trouble to the first request for a number: the next one is accepted."""

    name: str
    digits: str
    what: str
    answering: Answering = Answering.NORMAL
    accepts: bool = True
    once: bool = False
    code: str = ""
    text: str = "The request was refused."
    reports: tuple[Report, ...] = (SENT, DELIVERED, READ)
    order: Order = Order.NORMAL
    reaction: Reaction | None = None
    refuses_opt_in: bool = False


DEFAULT = Behaviour(name="read", digits="", what="sent, delivered and read")

TABLE = (
    Behaviour(
        name="delivered",
        digits="9901",
        what="sent and delivered, never read (read receipts are off)",
        reports=(SENT, DELIVERED),
    ),
    Behaviour(name="sent", digits="9902", what="sent, nothing after that", reports=(SENT,)),
    Behaviour(name="silent", digits="9903", what="accepted, no report at all", reports=()),
    Behaviour(
        name="click",
        digits="9904",
        what="reads, then clicks the link (click tracking format)",
        reaction=Reaction.CLICK,
    ),
    Behaviour(
        name="click_generic",
        digits="9905",
        what="reads, then clicks the link (generic format)",
        reaction=Reaction.CLICK_GENERIC,
    ),
    Behaviour(
        name="click_twice",
        digits="9906",
        what="reads, then clicks the link twice",
        reaction=Reaction.CLICK_TWICE,
    ),
    Behaviour(
        name="reply", digits="9907", what="reads, then replies a text", reaction=Reaction.REPLY
    ),
    Behaviour(name="stop", digits="9908", what="reads, then replies STOP", reaction=Reaction.STOP),
    Behaviour(
        name="button",
        digits="9909",
        what="reads, then presses the first quick-reply button",
        reaction=Reaction.BUTTON,
    ),
    Behaviour(
        name="picture",
        digits="9910",
        what="reads, then replies with a picture",
        reaction=Reaction.PICTURE,
    ),
    Behaviour(
        name="not_on_whatsapp",
        digits="9911",
        what="fails: 003 UNKNOWN_SUBSCRIBER, never on WhatsApp",
        reports=_failed("UNKNOWN_SUBSCRIBER", "003"),
    ),
    Behaviour(
        name="blocked",
        digits="9912",
        what="fails: BLOCKED_FOR_USER, the person has blocked the business",
        reports=_failed("BLOCKED_FOR_USER", ""),
    ),
    Behaviour(
        name="capped",
        digits="9913",
        what="fails: 121 WA_FrequencyCapping, Meta's marketing limit",
        reports=_failed("WA_FrequencyCapping", "121"),
    ),
    Behaviour(
        name="template_mismatch",
        digits="9914",
        what="fails: 038 MSG_DOES_NOT_MATCH_TEMPLATE",
        reports=NO_SUCH_TEMPLATE,
    ),
    Behaviour(
        name="deferred",
        digits="9915",
        what="fails: 010 DEFERRED",
        reports=_failed("DEFERRED", "010"),
    ),
    Behaviour(
        name="other", digits="9916", what="fails: 00a OTHER", reports=_failed("OTHER", "00a")
    ),
    Behaviour(
        name="sent_then_failed",
        digits="9917",
        what="sent, then fails: 00a OTHER",
        reports=(SENT, *_failed("OTHER", "00a")),
    ),
    Behaviour(
        name="experiment",
        digits="9918",
        what="fails: WA_Experiment_Fail, held back by Meta",
        reports=_failed("WA_Experiment_Fail", ""),
    ),
    Behaviour(
        name="throttled_once",
        digits="9921",
        what="HTTP 429 the first time, then accepted",
        answering=Answering.THROTTLED,
        accepts=False,
        once=True,
    ),
    Behaviour(
        name="throttled",
        digits="9922",
        what="HTTP 429 every time",
        answering=Answering.THROTTLED,
        accepts=False,
    ),
    Behaviour(
        name="error_100_once",
        digits="9923",
        what="error 100 the first time, then accepted",
        answering=Answering.ERROR,
        accepts=False,
        once=True,
        code="100",
    ),
    Behaviour(
        name="error_100",
        digits="9924",
        what="error 100 every time",
        answering=Answering.ERROR,
        accepts=False,
        code="100",
    ),
    Behaviour(
        name="unavailable_once",
        digits="9925",
        what="HTTP 503 the first time, then accepted",
        answering=Answering.UNAVAILABLE,
        accepts=False,
        once=True,
    ),
    Behaviour(
        name="hang_accepted",
        digits="9931",
        what="never answers, but the message goes out and reports come",
        answering=Answering.HANG,
    ),
    Behaviour(
        name="hang",
        digits="9932",
        what="never answers, and the message is lost",
        answering=Answering.HANG,
        accepts=False,
    ),
    Behaviour(
        name="reset_accepted",
        digits="9933",
        what="resets the connection after reading, but the message goes out",
        answering=Answering.RESET,
    ),
    Behaviour(
        name="reset",
        digits="9934",
        what="resets the connection after reading, and the message is lost",
        answering=Answering.RESET,
        accepts=False,
    ),
    Behaviour(
        name="bad_gateway_accepted",
        digits="9935",
        what="HTTP 502, but the message goes out",
        answering=Answering.BAD_GATEWAY,
    ),
    Behaviour(
        name="bad_gateway",
        digits="9936",
        what="HTTP 502, and the message is lost",
        answering=Answering.BAD_GATEWAY,
        accepts=False,
    ),
    Behaviour(
        name="html",
        digits="9937",
        what="HTTP 200 with a page of HTML, but the message goes out",
        answering=Answering.HTML,
    ),
    Behaviour(
        name="empty",
        digits="9938",
        what="HTTP 200 with nothing in it, but the message goes out",
        answering=Answering.EMPTY,
    ),
    Behaviour(
        name="opt_in_refused",
        digits="9941",
        what="the opt-in is refused, so templates are refused too",
        refuses_opt_in=True,
    ),
    Behaviour(
        name="unknown_code",
        digits="9942",
        what="refused with error 313, which no documentation explains",
        answering=Answering.ERROR,
        accepts=False,
        code="313",
    ),
    Behaviour(
        name="invalid_number",
        digits="9943",
        what="refused with error 105, invalid phone number",
        answering=Answering.ERROR,
        accepts=False,
        code="105",
    ),
    Behaviour(
        name="media_refused",
        digits="9944",
        what="refused with error 101, the file can't be fetched",
        answering=Answering.ERROR,
        accepts=False,
        code="101",
        text="The media could not be fetched from the given URL.",
    ),
    Behaviour(
        name="twice", digits="9951", what="read; every report comes twice", order=Order.TWICE
    ),
    Behaviour(
        name="reversed",
        digits="9952",
        what="read; the reports come in reversed order",
        order=Order.REVERSED,
    ),
    Behaviour(
        name="together",
        digits="9953",
        what="read; all reports come in one call",
        order=Order.TOGETHER,
    ),
    Behaviour(
        name="early",
        digits="9954",
        what="read; all reports come before the answer to the send",
        order=Order.EARLY,
    ),
    Behaviour(
        name="late",
        digits="9955",
        what="read; the reports come half a minute late",
        order=Order.LATE,
    ),
)

BY_DIGITS = {behaviour.digits: behaviour for behaviour in TABLE}
BY_NAME = {behaviour.name: behaviour for behaviour in (DEFAULT, *TABLE)}
