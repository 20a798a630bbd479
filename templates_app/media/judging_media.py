"""Is this a file that WhatsApp shows in such a header? By its bytes, never by its name.

Meta's sizes are errors; what is above Gupshup's own is let through with a warning.
"""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import puremagic
from PIL import Image

from templates_app.rules.problems import Problem, error, warning
from templates_app.wording.components import HeaderKind

MB = 1024 * 1024
LARGEST: Mapping[HeaderKind, int] = {
    HeaderKind.IMAGE: 5 * MB,
    HeaderKind.VIDEO: 16 * MB,
    HeaderKind.DOCUMENT: 100 * MB,
}
LARGEST_AT_GUPSHUP: Mapping[HeaderKind, int] = {
    HeaderKind.IMAGE: 2 * MB,
    HeaderKind.DOCUMENT: 2 * MB,
}
OFFICE = "application/vnd.openxmlformats-officedocument"
EXTENSIONS: Mapping[HeaderKind, Mapping[str, str]] = {
    HeaderKind.IMAGE: {"image/jpeg": "jpg", "image/png": "png"},
    HeaderKind.VIDEO: {"video/mp4": "mp4", "video/3gpp": "3gp"},
    HeaderKind.DOCUMENT: {
        "application/pdf": "pdf",
        "text/plain": "txt",
        "application/msword": "doc",
        "application/vnd.ms-excel": "xls",
        "application/vnd.ms-powerpoint": "ppt",
        f"{OFFICE}.wordprocessingml.document": "docx",
        f"{OFFICE}.spreadsheetml.sheet": "xlsx",
        f"{OFFICE}.presentationml.presentation": "pptx",
    },
}
WANTED: Mapping[HeaderKind, str] = {
    HeaderKind.IMAGE: "a JPEG or PNG picture",
    HeaderKind.VIDEO: "an MP4 or 3GP video",
    HeaderKind.DOCUMENT: "a PDF, text or Office document",
}
IMAGE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}
IMAGE_MODES = frozenset({"RGB", "RGBA", "L", "P", "LA", "1"})
MOST_PIXELS = 50_000_000
PLACE = "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`content_type` is empty for what no such header can show. `may_pass`: another try may find it
    otherwise."""

    content_type: str = ""
    extension: str = ""
    width: int = 0
    height: int = 0
    problems: tuple[Problem, ...] = ()
    may_pass: bool = False

    @property
    def is_usable(self) -> bool:
        return bool(self.content_type) and not any(p.severity == "error" for p in self.problems)


def judge(data: bytes, *, header: HeaderKind, declared: str = "", name: str = "") -> Judged:
    """`declared` is the type that a server gave with it, `name` that of an upload: a document's
    name tells Word from Excel, whose old files begin alike."""
    size = _size_problem(len(data), header)
    if size is not None:
        return Judged(problems=(size,))
    found = _image(data) if header is HeaderKind.IMAGE else _other(data, header, name)
    if not found.content_type:
        return Judged(problems=(error("MEDIA_TYPE", PLACE, f"This is not {WANTED[header]}."),))
    problems = (*found.problems, *_warnings(found, len(data), header, declared))
    return Judged(
        content_type=found.content_type,
        extension=EXTENSIONS[header][found.content_type],
        width=found.width,
        height=found.height,
        problems=problems,
    )


def _size_problem(size: int, header: HeaderKind) -> Problem | None:
    most = LARGEST[header]
    if size == 0:
        return error("MEDIA_SIZE", PLACE, "The file is empty.")
    if size > most:
        return error("MEDIA_SIZE", PLACE, f"WhatsApp takes up to {most // MB} MB here.")
    return None


def _image(data: bytes) -> Judged:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(IMAGE_TYPES)) as image:
                kind, mode, (width, height) = image.format or "", image.mode, image.size
                image.verify()
    except Exception:  # noqa: BLE001  a damaged picture raises almost anything
        return Judged()
    problems = []
    if mode not in IMAGE_MODES:
        problems.append(
            error("MEDIA_TYPE", PLACE, "Save the picture as 8-bit RGB: phones can't show this one.")
        )
    if width * height > MOST_PIXELS:
        problems.append(error("MEDIA_SIZE", PLACE, "The picture has too many pixels: shrink it."))
    return Judged(
        content_type=IMAGE_TYPES[kind], width=width, height=height, problems=tuple(problems)
    )


def _other(data: bytes, header: HeaderKind, name: str) -> Judged:
    allowed = EXTENSIONS[header]
    extension = name.rpartition(".")[2].lower()
    candidates = [kind for kind in _types_of(data) if kind in allowed]
    named = [kind for kind in candidates if allowed[kind] == extension]
    chosen = next(iter(named or candidates), "")
    if not chosen and header is HeaderKind.DOCUMENT and _is_text(data):
        chosen = "text/plain"
    return Judged(content_type=chosen)


def _types_of(data: bytes) -> list[str]:
    try:
        return [match.mime_type for match in puremagic.magic_string(data)]
    except (puremagic.PureError, ValueError):
        return []


def _is_text(data: bytes) -> bool:
    """A web page is text too, and what a lying link gives most often."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text and text.lstrip()[:1] != "<"


def _warnings(found: Judged, size: int, header: HeaderKind, declared: str) -> list[Problem]:
    told = []
    if declared and declared != found.content_type:
        told.append(
            error(
                "MEDIA_TYPE",
                PLACE,
                f"The server says that this is {declared}, but it is {found.content_type}. "
                "WhatsApp refuses files that are not what they are said to be.",
            )
        )
    most = LARGEST_AT_GUPSHUP.get(header)
    if most is not None and size > most:
        told.append(
            warning("MEDIA_SIZE", PLACE, f"Gupshup's own console takes up to {most // MB} MB only.")
        )
    if header is HeaderKind.DOCUMENT and found.content_type != "application/pdf":
        told.append(warning("MEDIA_NOT_PDF", PLACE, "Some pages of Meta allow PDF only here."))
    return told
