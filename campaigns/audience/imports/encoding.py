"""In which encoding a file is, and the same file in UTF-8.

Windows-1252 is taken alone of its kind: programs that tell it from its sisters need pages of text,
and of a short file of names they take German for Polish. What it would make nonsense of stays what
it is, and is refused with the way out.
"""

import codecs
import re
from typing import BinaryIO, Protocol

BLOCK = 256 * 1024  # bytes
UTF8 = "utf-8"
WINDOWS = "windows-1252"

# What somebody may choose where the guess is wrong, as they may have heard of it.
ENCODINGS = {
    UTF8: "UTF-8",
    "utf-16": "UTF-16",
    WINDOWS: "Western European (Windows-1252)",
    "windows-1250": "Central European (Windows-1250)",
    "windows-1251": "Cyrillic (Windows-1251)",
    "windows-1253": "Greek (Windows-1253)",
    "windows-1254": "Turkish (Windows-1254)",
    "windows-1255": "Hebrew (Windows-1255)",
    "windows-1256": "Arabic (Windows-1256)",
    "windows-1257": "Baltic (Windows-1257)",
    "windows-1258": "Vietnamese (Windows-1258)",
    "cp874": "Thai (Windows-874)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp932": "Japanese (Shift JIS)",
    "cp949": "Korean (Windows-949)",
    "mac_roman": "Western European (Mac)",
}

_MARKS = {
    codecs.BOM_UTF8: UTF8,
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# In Western words such letters stand between plain ones (or ß), capitals not behind small letters,
# and signs beside words, not in them: that is what Polish letters would become.
_NONSENSE = re.compile(
    r"[À-ÖØ-Þà-öø-ÿŠšŽžŸŒœ]{2}|[a-zß-öø-ÿ][À-ÖØ-ÞŠŽŸŒ]"
    r"|[a-zà-öø-ÿ][¹¿]|[a-zà-öø-ÿ]{3}³|[£¥¯¹³][A-Za-zà-öø-ÿ]"
)
_FEW = 0.25


def encoding_of(file: BinaryIO) -> str:
    """A name that `codecs` knows, by the mark or by the first letters that are not plain."""
    file.seek(0)
    first = file.read(BLOCK)
    for mark, encoding in _MARKS.items():
        if first.startswith(mark):
            return encoding
    if wide := _wide(first[:200]):
        return wide
    block = first
    while block.isascii() and (following := file.read(BLOCK)):
        block = following
    return UTF8 if block.isascii() else _by_letters(block)


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of plain text is 0."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) <= len(head) / 4:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _by_letters(block: bytes) -> str:
    lines = block.splitlines()
    whole = lines[1:-1] if len(lines) > 3 and len(block) == BLOCK else lines
    strange = [line for line in whole if not line.isascii()]
    foreign = [line for line in strange if not _is_utf8(line)]
    if 2 * len(foreign) <= len(strange):
        return UTF8
    return WINDOWS if _is_western(b"\n".join(foreign)) else UTF8


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_western(raw: bytes) -> bool:
    try:
        text = raw.decode(WINDOWS)
    except UnicodeDecodeError:
        return False
    strange = sum(not sign.isascii() for sign in text)
    return len(_NONSENSE.findall(text)) <= _FEW * strange


class Utf8(Protocol):
    """What is read of a file, in UTF-8; `tell` is how far the file itself is read."""

    def seek(self, at: int, /) -> object: ...

    def read(self, least: int, /) -> bytes: ...

    def tell(self) -> int: ...


class InUtf8:
    """Enough of a binary file for reading it from the top; `tell` is how far the file is read."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._encoding = file, encoding
        self._decoder = self._at_start()
        self._ready = b""

    def _at_start(self) -> codecs.IncrementalDecoder:
        self._file.seek(0)
        return codecs.getincrementaldecoder(self._encoding)(errors="replace")

    def seek(self, at: int) -> None:
        """To a byte of the UTF-8 text that is not far from its beginning."""
        self._decoder, self._ready = self._at_start(), b""
        self._ready = self.read(at)[at:] if at else b""

    def read(self, least: int) -> bytes:
        """More than asked for, where the letters take more bytes in UTF-8."""
        ready, self._ready = self._ready, b""
        while len(ready) < least:
            block = self._file.read(BLOCK)
            ready += self._decoder.decode(block, final=not block).encode(UTF8, "replace")
            if not block:
                break
        return ready

    def tell(self) -> int:
        return self._file.tell()
