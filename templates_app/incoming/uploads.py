"""A pasted text or a file → what is in it, whatever of the two it is."""

import re
from pathlib import PurePath

from templates_app.incoming.found import Haul, IncomingError
from templates_app.incoming.gupshup_csv import read_csv
from templates_app.incoming.meta_json import read_json

LARGEST = 4 * 1024 * 1024  # bytes
# A brace, the fence that chats put round it, or a key that has lost its brace.
JSON_BEGINS = re.compile(r"""[\[{`]|"[^"\n]*"\s*:""")
TOO_LARGE = "That is more than 4 MB, so it was not read. Bring the templates in in parts."


def read_upload(data: bytes, *, file_name: str = "") -> Haul:
    """Raises IncomingError."""
    if len(data) > LARGEST:
        raise IncomingError(TOO_LARGE)
    text = _decoded(data).replace("\x00", "")
    if not text.strip():
        raise IncomingError("There is nothing in it.")
    if _is_meant_as_json(text.strip(), file_name):
        return read_json(text, fallback_name=_name_of(file_name))
    return read_csv(text.strip())


def _is_meant_as_json(text: str, file_name: str) -> bool:
    """Though it may be broken: told of columns, whoever lost a brace would look for a table."""
    return PurePath(file_name).suffix.lower() == ".json" or bool(JSON_BEGINS.match(text))


def _decoded(data: bytes) -> str:
    """Spreadsheets save UTF-16 too."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise IncomingError(
            "The text is not in UTF-8. Save the file again as “UTF-8”, or paste its content."
        ) from None


def _name_of(file_name: str) -> str:
    """For a template without a name: that of its file."""
    return re.sub(r"[^a-z0-9_]+", "_", PurePath(file_name).stem.lower()).strip("_")
