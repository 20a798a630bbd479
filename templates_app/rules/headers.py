"""The line or the file on top, and the small line below."""

import re
from collections.abc import Iterator

from templates_app.rules.problems import Problem, Severity, error, warning
from templates_app.rules.texts import length_problems, placeholder_problems, without_unseen
from templates_app.values.cleaning import shows_nothing
from templates_app.wording import placeholders
from templates_app.wording.components import MEDIA_HEADERS, Header, HeaderKind, Text
from templates_app.wording.emoji import count_emoji

HEADER_MAX = 60
FOOTER_MAX = 60
# WEBP, GIF and others are images too, but none that WhatsApp takes.
KIND_OF_ENDING = {
    **dict.fromkeys(("jpg", "jpeg", "png"), HeaderKind.IMAGE),
    **dict.fromkeys(("mp4", "3gp", "3gpp"), HeaderKind.VIDEO),
    **dict.fromkeys(
        ("pdf", "txt", "doc", "docx", "xls", "xlsx", "ppt", "pptx"), HeaderKind.DOCUMENT
    ),
    **dict.fromkeys(
        ("webp", "gif", "heic", "bmp", "svg", "tiff", "avif", "mov", "avi", "webm", "mkv", "mp3"),
        HeaderKind.OTHER,
    ),
}
TAKEN = {
    HeaderKind.IMAGE: "JPEG and PNG",
    HeaderKind.VIDEO: "MP4 and 3GP",
    HeaderKind.DOCUMENT: "PDF",
}
FORMAT_MARKS = re.compile(r"[*~`]|(?<!\w)_|_(?!\w)")


def header_problems(header: Header | None, *, samples: Severity) -> Iterator[Problem]:
    if header is None:
        return
    if header.kind is HeaderKind.TEXT:
        yield from _text_header(header.text, samples=samples)
    elif header.kind is HeaderKind.OTHER:
        yield error(
            "HDR_TYPE",
            "header",
            f"A header can't be {header.given}: use text, image, video, document or location.",
        )
    elif header.kind in MEDIA_HEADERS:
        yield from media_problems(header, place="header", samples=samples)


def media_problems(header: Header, *, place: str, samples: Severity) -> Iterator[Problem]:
    """Of a header that shows a file."""
    if not header.media_sample.strip():
        yield Problem(
            code="HDR_MEDIA_EXAMPLE",
            severity=samples,
            place=place,
            message="Give the link of a sample file, as the template has one at Gupshup.",
        )
    yield from _file_type_problems(header, place=place)


def _file_type_problems(header: Header, *, place: str) -> Iterator[Problem]:
    """By the name alone; a name that says nothing is fine."""
    ending = _ending(header.media_sample)
    kind = KIND_OF_ENDING.get(ending, header.kind)
    if kind is not header.kind:
        takes = TAKEN[header.kind]
        yield error(
            "MEDIA_TYPE", place, f"The sample ends in .{ending}; this header takes {takes}."
        )
    elif header.kind is HeaderKind.DOCUMENT and ending not in {"", "pdf"}:
        yield warning("MEDIA_NOT_PDF", place, "Some pages of Meta allow PDF files only.")


def _ending(link: str) -> str:
    """What the path of a link ends in, like "jpg"; empty for what is no link or has no ending."""
    found = re.match(r"https?://[^/?#]+/[^?#]*?\.([A-Za-z0-9]{2,5})(?:[?#]|\Z)", link.strip())
    return found[1].lower() if found else ""


def _text_header(header: Text, *, samples: Severity) -> Iterator[Problem]:
    text = header.text
    if shows_nothing(text):
        yield error("HDR_TYPE", "header", "Write the header's text, or choose “No header”.")
    yield from length_problems(text, code="HDR_LEN", place="header", limit=HEADER_MAX)
    yield from placeholder_problems(header, place="header", samples=samples)
    yield from _plain_line(text)
    if len(placeholders.names_in(text)) > 1:
        yield error("HDR_VARS", "header", "A text header can have one placeholder at most.")
    if _starts_or_ends_open(without_unseen(text)):
        yield warning(
            "HDR_VAR_EDGE",
            "header",
            "A header that starts or ends with a placeholder is refused by some reviewers.",
        )


def _plain_line(text: str) -> Iterator[Problem]:
    if re.search(r"[\r\n]", text):
        yield error("HDR_NEWLINE", "header", "A header is one line: take the line break out.")
    if count_emoji(text):
        yield error("HDR_EMOJI", "header", "A text header can't have emoji; the body can.")
    if FORMAT_MARKS.search(placeholders.without_placeholders(text)):
        yield error(
            "HDR_FORMAT", "header", "A header is bold by itself and can't have * _ ~ or ` marks."
        )


def _starts_or_ends_open(text: str) -> bool:
    return text.startswith("{{") or text.endswith("}}")


def footer_problems(footer: str) -> Iterator[Problem]:
    yield from length_problems(footer, code="FTR_LEN", place="footer", limit=FOOTER_MAX)
    if re.search(r"\{\{|\}\}", footer):
        yield error(
            "FTR_VAR", "footer", "A footer is the same for everybody: take the placeholder out."
        )
    if re.search(r"[\r\n]", footer):
        yield error("FTR_NEWLINE", "footer", "A footer is one line: take the line break out.")
    if count_emoji(footer):
        yield warning("FTR_EMOJI", "footer", "Emoji in a footer are refused by some reviewers.")
    if FORMAT_MARKS.search(footer):
        yield warning("FTR_FORMAT", "footer", "WhatsApp shows * _ ~ and ` in a footer as they are.")
