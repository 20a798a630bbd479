"""Making a value fit for WhatsApp, which refuses line breaks, tabs and more than 4 blanks in a row.

Invisible characters go as well: they hide text, turn its direction or break an encoding. The
joiners that hold an emoji or a Persian or Indic word together stay where they join something.
"""

import re
from urllib.parse import quote

# Each looks at a run of blanks or joiners once, from its start: looked at from every place in it, a
# run of ten thousand would take seconds.
BREAKS = re.compile(
    "(?<! )[ ]*+[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029 ]*"
)
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e001f]"
)
# Tags draw the flags of regions behind a black flag; anywhere else they only hide text.
STRAY_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]++\U000e007f)|[\U000e0020-\U000e007f]+")
IDLE_JOINERS = re.compile("(?<!\\S)[\u200c\u200d]+|(?<![\u200c\u200d])[\u200c\u200d]++(?!\\S)")
MANY_BLANKS = re.compile(r"[^\S\n]{5,}")
FIVE_BLANKS = " " * 5
VISIBLE = re.compile(
    f"[^\\s\u200c\u200d\U000e0020-\U000e007f{INVISIBLE.pattern.removeprefix('[').removesuffix(']')}]"
)


def clean(value: str) -> str:
    """Idempotent; empty when nothing visible is left."""
    # Printable means: letters, marks, signs and the plain blank; nothing below has work to do.
    if value.isprintable() and FIVE_BLANKS not in value:
        return value.strip()
    value = INVISIBLE.sub("", BREAKS.sub(" ", value))
    value = IDLE_JOINERS.sub("", STRAY_TAGS.sub(_only_flags, value))
    return MANY_BLANKS.sub(" ", value).strip()


def _only_flags(found: re.Match[str]) -> str:
    return found[1] or ""


def shows_nothing(value: str) -> bool:
    """As `not clean(value)`, without making the clean text."""
    # Printable are the plain blank and what is seen.
    return not (value.strip() if value.isprintable() else VISIBLE.search(value))


# Kept in the end of a link, because whoever writes a path or a query means them.
URL_SAFE = "/?&=#+,;@!$'()*~-._"
STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def encode_url_tail(value: str) -> str:
    """Percent-encoded UTF-8; what is encoded already stays as it is."""
    return quote(STRAY_PERCENT.sub("%25", clean(value)), safe=f"{URL_SAFE}%")
