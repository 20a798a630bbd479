"""Every rule by its code: how grave it is, and what it asks for. docs/template-rules.md is made of
this, and a test compares it with what the rules say."""

from dataclasses import dataclass
from enum import StrEnum

from templates_app.rules.buttons import (
    CODE_MAX,
    CODE_MAX_AT_GUPSHUP,
    LABEL_MAX,
    PAYLOAD_MAX,
    PHONE_MAX,
    QUICK_REPLIES_AT_CLEVERTAP,
    TOTAL_MAX,
    URL_MAX,
)
from templates_app.rules.cards import (
    CARD_BODY_MAX,
    CARD_BUTTONS_MAX,
    CARD_LINE_BREAKS,
    CARDS_MAX,
    CARDS_MIN,
)
from templates_app.rules.headers import FOOTER_MAX, HEADER_MAX
from templates_app.rules.identity import NAME_MAX, NAME_MAX_AT_GUPSHUP
from templates_app.rules.offers import BODY_MAX_IN_OFFERS, CODE_MAX_IN_OFFERS, OFFER_MAX
from templates_app.rules.problems import Severity
from templates_app.rules.set_aside import SETTABLE_ASIDE
from templates_app.rules.texts import BODY_EMOJI, BODY_LONG, BODY_MAX


class Area(StrEnum):
    """A part of a template, or of what a campaign does with it."""

    TEMPLATE = "The template"
    BODY = "Message"
    PLACEHOLDERS = "Placeholders, in every text"
    HEADER = "Header"
    FOOTER = "Footer"
    BUTTONS = "Buttons"
    OFFER = "Limited-time offers"
    CAROUSEL = "Carousels"
    FILES = "Files with templates"
    VALUES = "What a campaign fills in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`for_samples`: an error where a template is written or submitted, a warning where an
    approved one is only replicated."""

    code: str
    area: Area
    severity: Severity
    asks: str
    for_samples: bool = False


def _rules(area: Area, severity: Severity, asked: dict[str, str]) -> list[Rule]:
    return [
        Rule(code=code, area=area, severity=severity, asks=asks) for code, asks in asked.items()
    ]


def _samples(area: Area, asked: dict[str, str]) -> list[Rule]:
    return [
        Rule(code=code, area=area, severity=Severity.ERROR, asks=asks, for_samples=True)
        for code, asks in asked.items()
    ]


E, W = Severity.ERROR, Severity.WARNING
RULES = [
    *_rules(
        Area.TEMPLATE,
        E,
        {
            "NAME_REQUIRED": "It has a name.",
            "NAME_CHARS": "The name has small letters a–z, digits and _ only.",
            "NAME_LEN": f"The name has at most {NAME_MAX} characters.",
            "LANG_UNKNOWN": "The language is one of Meta's codes, like en_US.",
            "CAT_UNSUPPORTED": "The category is marketing or utility.",
            "TYPE_MIXED": "It has an offer or cards, not both, and each only in its own type.",
            "SHAPE_UNKNOWN": "It has the parts that Meta knows, each once.",
            "VENDOR_ID_REQUIRED": "To be sent by its ID it has the ID that Gupshup lists.",
        },
    ),
    *_rules(
        Area.TEMPLATE,
        W,
        {
            "NAME_LEN_GUPSHUP": f"Gupshup takes names of {NAME_MAX_AT_GUPSHUP} characters.",
            "LEN_UTF16": "A text keeps its limit also where an emoji counts as two characters.",
            "CAT_CAROUSEL": "Meta allows carousels in marketing templates only.",
        },
    ),
    *_rules(
        Area.BODY,
        E,
        {
            "BODY_REQUIRED": "It has a text.",
            "BODY_LEN": f"At most {BODY_MAX:,} characters.",
            "BODY_LEN_LTO": f"At most {BODY_MAX_IN_OFFERS} characters in a limited-time offer.",
            "VAR_EDGE": "It neither starts nor ends with a placeholder.",
        },
    ),
    *_rules(
        Area.BODY,
        W,
        {
            "BODY_LONG": f"Some reviewers refuse more than {BODY_LONG} characters.",
            "BODY_EMOJI": f"Some reviewers refuse more than {BODY_EMOJI} emoji.",
            "VAR_EDGE_PUNCT": "More than punctuation stands before the first and after the last "
            "placeholder.",
            "VAR_RATIO": "For n placeholders there are at least 2 n + 1 words.",
        },
    ),
    *_rules(
        Area.PLACEHOLDERS,
        E,
        {
            "VAR_MALFORMED": "Two braces on each side, nothing else inside: {{1}} or "
            "{{first_name}}; no other braces.",
            "VAR_NAME": "Names have small letters, digits and _, and don't start with a digit.",
            "VAR_MIXED": "Numbers or names, not both, in the whole template.",
            "VAR_GAP": "Numbers start at {{1}} and have no gap; each text counts on its own.",
            "VAR_ADJACENT": "A word or a comma stands between two placeholders.",
        },
    ),
    *_samples(Area.PLACEHOLDERS, {"VAR_EXAMPLE": "There is a sample for each placeholder."}),
    *_rules(
        Area.PLACEHOLDERS,
        W,
        {
            "VAR_ORDER": "Numbers come in order.",
            "VAR_REPEAT": "No placeholder comes twice.",
        },
    ),
    *_rules(
        Area.HEADER,
        E,
        {
            "HDR_TYPE": "It is a text, an image, a video, a document or a location.",
            "HDR_LEN": f"A text has at most {HEADER_MAX} characters.",
            "HDR_VARS": "A text has one placeholder at most.",
            "HDR_NEWLINE": "A text is one line.",
            "HDR_EMOJI": "A text has no emoji.",
            "HDR_FORMAT": "A text has no * _ ~ or ` marks.",
            "MEDIA_LINK": "The link of a sample answers over https with the file, without a login.",
            "MEDIA_TYPE": "The sample is of the header's kind: JPEG or PNG, MP4 or 3GP, PDF.",
            "MEDIA_SIZE": "The sample is not larger than WhatsApp takes: 5 MB for an image, 16 MB "
            "for a video, 100 MB for a document.",
        },
    ),
    *_samples(Area.HEADER, {"HDR_MEDIA_EXAMPLE": "A file has a sample."}),
    *_rules(
        Area.HEADER,
        W,
        {
            "HDR_VAR_EDGE": "A text neither starts nor ends with a placeholder.",
            "MEDIA_NOT_PDF": "A document is a PDF.",
        },
    ),
    *_rules(
        Area.FOOTER,
        E,
        {
            "FTR_LEN": f"At most {FOOTER_MAX} characters.",
            "FTR_VAR": "No placeholder.",
            "FTR_NEWLINE": "One line.",
        },
    ),
    *_rules(Area.FOOTER, W, {"FTR_EMOJI": "No emoji.", "FTR_FORMAT": "No * _ ~ or ` marks."}),
    *_rules(
        Area.BUTTONS,
        E,
        {
            "BTN_TOTAL": f"At most {TOTAL_MAX}.",
            "BTN_URL_MAX": "At most 2 links.",
            "BTN_PHONE_MAX": "At most 1 phone number.",
            "BTN_CODE_MAX": "At most 1 code to copy.",
            "BTN_TYPE": "Quick replies, links, phone numbers and codes only.",
            "BTN_GROUPING": "All quick replies stand together, before or after the others.",
            "BTN_TEXT_REQUIRED": "Each says something.",
            "BTN_TEXT_LEN": f"What it says has at most {LABEL_MAX} characters.",
            "BTN_TEXT_VAR": "What it says has no placeholder.",
            "BTN_TEXT_NEWLINE": "What it says is one line.",
            "URL_SCHEME": "A link is a whole web address with a fixed host.",
            "URL_LEN": f"A link has at most {URL_MAX:,} characters.",
            "URL_VAR_COUNT": "A link has one placeholder at most.",
            "URL_VAR_END": "A link's placeholder stands at its very end.",
            "PHONE_FORMAT": "A phone number has digits only, with or without a + in front.",
            "PHONE_LEN": f"A phone number has at most {PHONE_MAX} characters.",
            "CODE_LEN": f"A code has at most {CODE_MAX} characters.",
        },
    ),
    *_samples(Area.BUTTONS, {"URL_EXAMPLE": "A link with a placeholder has a sample of its end."}),
    *_rules(
        Area.BUTTONS,
        W,
        {
            "BTN_QR_CT": f"Some consoles stop at {QUICK_REPLIES_AT_CLEVERTAP} quick replies.",
            "BTN_TEXT_DUP": "No two say the same.",
            "URL_SHORT": "Links don't go through a shortener or wa.me.",
            "PHONE_ZERO": "No zero follows the country code.",
            "CODE_LEN_15": f"Gupshup documents {CODE_MAX_AT_GUPSHUP} characters for a code.",
            "CODE_CATEGORY": "Codes to copy are in marketing templates only.",
        },
    ),
    *_rules(
        Area.BUTTONS,
        Severity.INFO,
        {
            "BTN_DESKTOP": "Desktops can't show four or more buttons, nor quick replies beside "
            "others.",
        },
    ),
    *_rules(
        Area.OFFER,
        Severity.INFO,
        {"LTO_DESKTOP": "The web and desktops show a notice instead of the offer."},
    ),
    *_rules(
        Area.OFFER,
        E,
        {
            "LTO_CATEGORY": "It is marketing.",
            "LTO_HEADER": "On top is an image, a video, or nothing.",
            "LTO_TEXT_REQUIRED": "It has a title.",
            "LTO_TEXT_LEN": f"The title has at most {OFFER_MAX} characters.",
            "LTO_TEXT_VAR": "The title has no placeholder.",
            "LTO_TEXT_NEWLINE": "The title is one line.",
            "LTO_FOOTER": "It has no footer.",
            "LTO_CODE_REQUIRED": "With a countdown it has a code to copy.",
            "LTO_CODE_ORDER": "The code to copy is the first button.",
            "LTO_CODE_LEN": f"The code has at most {CODE_MAX_IN_OFFERS} characters.",
        },
    ),
    *_rules(
        Area.OFFER,
        W,
        {
            "LTO_CODE_MISSING": "It has a code to copy, also without a countdown.",
            "LTO_URL_MISSING": "It has a link.",
        },
    ),
    *_rules(
        Area.CAROUSEL,
        E,
        {
            "CAR_TOPLEVEL": "Beside its message it has cards and nothing else.",
            "CAR_CARDS_MIN": f"At least {CARDS_MIN} cards.",
            "CAR_CARDS_MAX": f"At most {CARDS_MAX} cards.",
            "CAR_HEADER_REQUIRED": "Each card has an image or a video.",
            "CAR_HEADER_TYPE": "A card shows an image or a video, nothing else.",
            "CAR_HEADER_MIXED": "All cards show images, or all show videos.",
            "CAR_BODY_LEN": f"A card's text has at most {CARD_BODY_MAX} characters.",
            "CAR_BODY_UNEQUAL": "All cards have a text, or none.",
            "CAR_BTN_MAX": f"At most {CARD_BUTTONS_MAX} buttons on a card.",
            "CAR_BTN_TYPE": "A card's buttons are quick replies, links and phone numbers.",
            "CAR_BTN_UNEQUAL": "All cards have the same kinds of buttons in the same order.",
        },
    ),
    *_rules(
        Area.CAROUSEL,
        W,
        {
            "CARD_VAR_EDGE": "A card's text neither starts nor ends with a placeholder.",
            "CAR_BODY_LINES": f"A card's text has at most {CARD_LINE_BREAKS} line breaks.",
            "CAR_BTN_NONE": "Each card has a button.",
            "CAR_URL_KIND": "At one place all cards' links have a placeholder, or none has.",
        },
    ),
    *_rules(
        Area.FILES,
        E,
        {
            "FILE_UNREADABLE": "The file is there and can be read.",
            "FILE_TOO_LARGE": "It has at most 1 MiB.",
            "JSON_INVALID": "It is JSON.",
        },
    ),
    *_rules(
        Area.VALUES,
        E,
        {
            "VALUE_MISSING": "Everything that the template asks for is filled in.",
            "VALUE_FORMAT": "A value can be read: properties, filters, conditions, a day and time.",
            "VALUE_TOO_LONG": "A text keeps its limit with its values filled in.",
            "URL_SUFFIX": f"A link has at most {URL_MAX:,} characters with its end.",
            "PAYLOAD_LEN": f"What a quick reply sends back has at most {PAYLOAD_MAX} characters.",
            "CODE_CHARS": "A code has letters and digits only.",
            "HEADER_MEDIA": "A file is an https link that everybody can open.",
            "CARD_MEDIA": "The same of a card's file.",
            "LOCATION_RANGE": "Latitudes go from −90 to 90, longitudes from −180 to 180.",
            "OFFER_EXPIRED": "An offer is not over when the first message leaves.",
        },
    ),
    *_rules(
        Area.VALUES,
        W,
        {
            "VALUE_WHITESPACE": "No line breaks, tabs or five blanks in a row; they become one "
            "blank.",
            "VALUE_NO_FALLBACK": "A property has a fallback for people who lack it.",
            "PROPERTY_UNKNOWN": "A property is one that some profile has.",
        },
    ),
]


GRAVE = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "good to know",
}
HEAD = "| code | | what it asks for |\n| --- | --- | --- |"


def as_markdown() -> str:
    """The tables of docs/template-rules.md."""
    parts = []
    for area in Area:
        rows = "\n".join(_row(rule) for rule in RULES if rule.area is area)
        parts.append(f"## {area.value}\n\n{HEAD}\n{rows}\n")
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    grave = "error when written" if rule.for_samples else GRAVE[rule.severity]
    if rule.severity is Severity.ERROR and rule.code in SETTABLE_ASIDE:
        grave += ", can be set aside"
    return f"| `{rule.code}` | {grave} | {rule.asks} |"
