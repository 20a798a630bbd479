import io
import zipfile

import pytest
from PIL import Image

from templates_app.media.judging_media import MB, judge
from templates_app.wording.components import HeaderKind

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"x" * 64
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 128
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
PAGE = b"<!doctype html><title>Log in</title>"


def picture(kind: str = "PNG", *, mode: str = "RGB", size: tuple[int, int] = (8, 4)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


def word() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "header", "name", "told"),
    [
        (picture(), "IMAGE", "", ("image/png", "png", 8, 4)),
        (picture("JPEG"), "IMAGE", "lie.png", ("image/jpeg", "jpg", 8, 4)),
        (MP4, "VIDEO", "", ("video/mp4", "mp4", 0, 0)),
        (PDF, "DOCUMENT", "", ("application/pdf", "pdf", 0, 0)),
        (b"Dear Asha", "DOCUMENT", "a.txt", ("text/plain", "txt", 0, 0)),
    ],
    ids=str,
)
def test_a_file_is_known_by_its_bytes(
    data: bytes, header: str, name: str, told: tuple[str, str, int, int]
) -> None:
    judged = judge(data, header=HeaderKind(header), name=name)
    assert judged.is_usable
    assert (judged.content_type, judged.extension, judged.width, judged.height) == told


def test_word_is_told_from_excel_by_its_name() -> None:
    assert judge(word(), header=HeaderKind.DOCUMENT, name="letter.docx").extension == "docx"


@pytest.mark.parametrize(
    ("data", "header", "code"),
    [
        (b"", "IMAGE", "MEDIA_SIZE"),
        (b"\x00" * (5 * MB + 1), "IMAGE", "MEDIA_SIZE"),
        (GIF, "IMAGE", "MEDIA_TYPE"),
        (picture()[:40], "IMAGE", "MEDIA_TYPE"),
        (picture(mode="I;16"), "IMAGE", "MEDIA_TYPE"),
        (PAGE, "IMAGE", "MEDIA_TYPE"),
        (PAGE, "DOCUMENT", "MEDIA_TYPE"),
        (picture(), "VIDEO", "MEDIA_TYPE"),
        (PDF, "VIDEO", "MEDIA_TYPE"),
        (MP4, "DOCUMENT", "MEDIA_TYPE"),
        (b"\x00\xff\xfe" * 40, "DOCUMENT", "MEDIA_TYPE"),
    ],
    ids=str,
)
def test_what_whatsapp_cannot_show_is_refused(data: bytes, header: str, code: str) -> None:
    judged = judge(data, header=HeaderKind(header))
    assert (judged.is_usable, [problem.code for problem in judged.problems]) == (False, [code])


def test_a_server_that_lies_about_the_type_is_found_out() -> None:
    judged = judge(picture(), header=HeaderKind.IMAGE, declared="text/html")
    assert not judged.is_usable
    assert "The server says that this is text/html, but it is image/png." in (
        judged.problems[0].message
    )


def test_what_gupshup_finds_large_or_odd_is_let_through_with_a_warning() -> None:
    large = judge(PDF + b"x" * (2 * MB), header=HeaderKind.DOCUMENT)
    text = judge(b"Dear Asha", header=HeaderKind.DOCUMENT)
    told = [[p.code for p in judged.problems] for judged in (large, text)]
    assert (large.is_usable, text.is_usable, told) == (
        True,
        True,
        [["MEDIA_SIZE"], ["MEDIA_NOT_PDF"]],
    )
