"""What a refusal with the code 101 is about: its text names a parameter, whose part we know.

101 says only that something is missing or invalid. So that people are told what, and those with
the same cause are counted together, the code is kept with the part: 101-media.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

PARAMETER_CODE = "101"


@dataclass(frozen=True, slots=True)
class Part:
    """What a marketer calls it, and what can be done about it."""

    name: str
    named_by: re.Pattern[str]
    meaning: str
    way_out: str

    @property
    def code(self) -> str:
        return f"{PARAMETER_CODE}-{self.name}"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])", re.IGNORECASE)


# The first that is named counts: "the media of the template" is about the media.
PARTS: Sequence[Part] = (
    Part(
        "link",
        _words(r"button_?url_?params?|url_?buttons?"),
        "Gupshup finds the end of a button's link missing or invalid",
        "Look at what the campaign adds to the link: it must not be empty, and without blanks.",
    ),
    Part(
        "media",
        _words(r"media(?:_?url|_?type)?|url|file|image|picture|video|document|download(?:ed)?"),
        "Gupshup could not fetch the picture or file from its address",
        "Open the address in a private window of a browser: it must begin with https and show the"
        " file to everybody. Where another one is needed, clone the campaign and change it there.",
    ),
    Part(
        "number",
        _words(r"send_?to|phone(?:_?number)?|mobile"),
        "Gupshup finds the phone number missing or invalid",
        "Correct the person's number, with its country code.",
    ),
    Part(
        "text",
        _words(r"msg|message|caption|header|footer|body|text|var\d*|variables?|placeholders?"),
        "Gupshup finds the text, or a value in it, missing or invalid",
        "Compare the template with the approved one at Gupshup, and look at the person's values.",
    ),
    Part(
        "template",
        _words(r"template(?:_?id|_?name)?|is_?(?:template|hsm)"),
        "Gupshup finds the template's ID missing or invalid",
        "Compare the template with the approved one at Gupshup, synchronise it and publish again.",
    ),
)


def with_part(code: str, text: str) -> str:
    """101-media and the like where `text`, Gupshup's own, says what 101 is about."""
    if code != PARAMETER_CODE:
        return code
    named = (part.code for part in PARTS if part.named_by.search(text))
    return next(named, code)


def as_told(code: str) -> str:
    """Gupshup's own code again: whoever asks its support finds no 101-media there."""
    return PARAMETER_CODE if code.startswith(f"{PARAMETER_CODE}-") else code
