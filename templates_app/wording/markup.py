"""WhatsApp's *bold*, _italic_, ~strike~ and mono as HTML; all else is text, never HTML.

A mark works only where it hugs the text, stays on one line and has a boundary outside.
"""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MONO = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
SPANS = [
    (re.compile(rf"(?<![\w{mark}]){mark}(?=\S)([^{mark}\n]+?)(?<=\S){mark}(?![\w{mark}])"), tag)
    for mark, tag in ((r"\*", "strong"), ("_", "em"), ("~", "s"))
]
LINK = re.compile(r"https?://[^\s<]+[^\s<.,;:!?)]")
MISSING = re.compile(r"\{\{(\d+|[a-z_][a-z0-9_]*)\}\}")


def to_html(text: str) -> SafeString:
    pieces = []
    position = 0
    source = escape(text)
    for found in MONO.finditer(source):
        pieces.append(_spans(source[position : found.start()]))
        pieces.append(f"<code>{found[1] or found[2]}</code>")
        position = found.end()
    pieces.append(_spans(source[position:]))
    return mark_safe("".join(pieces))  # noqa: S308 escaped above; only our own tags are added


def to_plain(text: str) -> str:
    """Without the marks, for a line that shows no formatting."""
    plain = MONO.sub(lambda found: found[1] or found[2], text)
    for pattern, _ in SPANS:
        plain = pattern.sub(r"\1", plain)
    return plain


def _spans(source: str) -> str:
    pieces = []
    position = 0
    for found in LINK.finditer(source):
        pieces.append(_marks(source[position : found.start()]))
        pieces.append(f'<span class="phone-link">{found[0]}</span>')
        position = found.end()
    pieces.append(_marks(source[position:]))
    return "".join(pieces)


def _marks(source: str) -> str:
    for pattern, tag in SPANS:
        source = pattern.sub(rf"<{tag}>\1</{tag}>", source)
    return MISSING.sub(r'<span class="phone-missing">{{\1}}</span>', source)
