"""Which kind of workbook a file is, and whether it may be unpacked: asked of its table of contents,
before anything in it is read.
"""

from io import SEEK_END
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from campaigns.audience.imports.file_error import FileError

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0"  # Excel before 2007, and the envelope of what is encrypted
LARGEST_PACKED = 50 * 1024**2  # bytes
LARGEST_UNPACKED = 500 * 1024**2
MOST_RATIO = 100
LARGEST_CONTENTS = 1024**2  # of a table of contents, which is read at one go
LARGEST_PART = 8 * 1024**2  # of a part that is read at one go; rows and texts are not
MOST_TAGS = 100_000  # in such a part: some seconds

WAY_OUT = "Open it in a spreadsheet and save it as “Excel Workbook (.xlsx)” or “CSV UTF-8”."
OLD_EXCEL = f"This is an old Excel file (.xls). {WAY_OUT}"
ENCRYPTED = (
    "This workbook is protected by a password. Open it, take the password off under File → Info → "
    "Protect Workbook, save it and upload it again."
)
WITH_MACROS = (
    "This is an Excel workbook with macros (.xlsm), which are not let in. Save it as “Excel "
    "Workbook (.xlsx)” or “CSV UTF-8”."
)
BINARY = f"This is a binary Excel workbook (.xlsb). {WAY_OUT}"
OPEN_DOCUMENT = f"This is an OpenDocument spreadsheet (.ods). {WAY_OUT}"
NO_WORKBOOK = (
    f"This is a zip file and no Excel workbook. If there is one in it, unpack it. {WAY_OUT}"
)
DAMAGED = f"This workbook is damaged and can't be read. {WAY_OUT}"
TOO_LARGE = (
    "The workbook is larger than 50 MB, or than 500 MB when unpacked. Save it as “CSV UTF-8”, "
    "which may have up to 1 GB."
)
TOO_DENSE = (
    "The workbook is packed more than a hundredfold, as files are that are made to do harm. Save "
    "it as “CSV UTF-8” and upload that."
)
TOO_INTRICATE = (
    "The workbook has too many sheets, styles or names. Copy the sheet that you need into a new "
    "one, or save it as “CSV UTF-8”, and upload that."
)
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")


def is_workbook(head: bytes) -> bool:
    """By the first bytes of a file; it may still be one that is refused."""
    return head.startswith((ZIP, COMPOUND))


def checked_archive(file: BinaryIO) -> ZipFile:
    """The parts of a workbook, none of which has been read. Raises FileError."""
    file.seek(0)
    if file.read(len(COMPOUND)) == COMPOUND:
        raise FileError(ENCRYPTED if _is_encrypted(file) else OLD_EXCEL)
    if file.seek(0, SEEK_END) > LARGEST_PACKED:
        raise FileError(TOO_LARGE)
    try:
        archive = SmallParts(_InSmallPieces(file))
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileError(DAMAGED) from None
    _refuse_others(archive.namelist())
    _refuse_bombs(archive)
    return archive


class _InSmallPieces:
    """A file of which nothing is read at one go that is larger than a table of contents may be."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self.mode = "rb"

    def read(self, most: int = -1) -> bytes:
        if most > LARGEST_CONTENTS:
            raise FileError(TOO_DENSE)
        return self._file.read(most)


class SmallParts(ZipFile):
    """Whose parts are read at one go only where they are small."""

    def read(self, name: object, _password: bytes | None = None) -> bytes:
        info = self.getinfo(str(name))
        if info.file_size > LARGEST_PART:
            raise FileError(TOO_LARGE)
        with self.open(info) as part:
            content = part.read(LARGEST_PART)
        if content.count(b"<") > MOST_TAGS:
            raise FileError(TOO_INTRICATE)
        return content


def _is_encrypted(file: BinaryIO) -> bool:
    """Whether the directory names what is encrypted. Where it lies stands in the first bytes."""
    file.seek(0)
    head = file.read(52)
    if len(head) < 52:
        return False
    sector = 1 << min(int.from_bytes(head[30:32], "little"), 12)
    file.seek((int.from_bytes(head[48:52], "little") + 1) * sector)
    return _ENCRYPTED_PART in file.read(sector)


def _refuse_others(names: list[str]) -> None:
    parts = set(names)
    if any(name.lower().endswith("vbaproject.bin") for name in parts):
        raise FileError(WITH_MACROS)
    if "xl/workbook.bin" in parts:
        raise FileError(BINARY)
    if "[Content_Types].xml" not in parts:
        is_document = {"content.xml", "mimetype"} <= parts
        raise FileError(OPEN_DOCUMENT if is_document else NO_WORKBOOK)


def _refuse_bombs(archive: ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise FileError(ENCRYPTED)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > LARGEST_UNPACKED:
        raise FileError(TOO_LARGE)
    if unpacked > MOST_RATIO * sum(part.compress_size for part in parts):
        raise FileError(TOO_DENSE)
