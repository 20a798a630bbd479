import csv
import io
from typing import Any

import pytest

from providers.gateway.template_list import ListedTemplate
from templates_app.incoming.found import Found, Haul, IncomingError, Refused
from templates_app.incoming.gupshup_csv import ID_LOST, read_csv
from templates_app.incoming.gupshup_rows import button_of, from_list
from templates_app.incoming.uploads import LARGEST, read_upload
from templates_app.models import Status

COLUMNS = (
    "TEMPLATEID,NAME,PREVIOUSCATEGORY,CATEGORY,LANGUAGE,TYPE,HEADER,BODY,FOOTER,BUTTONTYPE,"
    "NOOFBUTTONS,BUTTON1,BUTTON2,BUTTON3,QUALITYRATING,REJECTIONREASON,STATUS,CREATEDON"
)


def listed(**fields: Any) -> ListedTemplate:
    given: dict[str, Any] = {
        "template_id": "7001",
        "name": "sale",
        "category": "MARKETING",
        "language": "en",
        "kind": "TEXT",
        "status": "ENABLED",
        "body": "Hello {{1}}, come today",
        "header": "",
        "footer": "",
        "button_type": "NONE",
        "buttons_json": "",
        "quality_score": "GREEN",
    }
    return ListedTemplate(**(given | fields))


def components(**fields: Any) -> Any:
    return from_list([listed(**fields)]).found[0].content["components"]


BODY = {"type": "BODY", "text": "Hello {{1}}, come today"}


def test_a_listed_template_becomes_one_of_metas() -> None:
    assert from_list([listed(header="Sale", footer="Reply STOP")]) == Haul(
        (
            Found(
                name="sale",
                language="en",
                category="MARKETING",
                content={
                    "components": [
                        {"type": "HEADER", "format": "TEXT", "text": "Sale"},
                        BODY,
                        {"type": "FOOTER", "text": "Reply STOP"},
                    ]
                },
                status=Status.APPROVED,
                vendor_id="7001",
            ),
        )
    )


def test_headers_of_files_keep_their_sample_link() -> None:
    link = "https://a.b/c.jpg"
    assert [components(kind=kind, header=header)[0] for kind, header in [
        ("IMAGE", link), ("document", "4::aW"), ("LOCATION", "")]] == [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [link]}},
        {"type": "HEADER", "format": "DOCUMENT"},
        {"type": "HEADER", "format": "LOCATION"},
    ]  # fmt: skip


def test_a_listed_carousel_asks_for_its_cards() -> None:
    assert components(kind="CAROUSEL")[-1] == {"type": "CAROUSEL", "cards": []}


@pytest.mark.parametrize(
    ("given", "button"),
    [
        ("Yes", {"type": "QUICK_REPLY", "text": "Yes"}),
        ({"text": "Yes"}, {"type": "QUICK_REPLY", "text": "Yes"}),
        (
            {"type": "phone", "text": "Call", "phone_number": "+919000000001"},
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+919000000001"},
        ),
        ({"text": "Shop", "url": "https://a.b/"},
         {"type": "URL", "text": "Shop", "url": "https://a.b/"}),
        ("Shop | https://a.b/{{1}}", {"type": "URL", "text": "Shop", "url": "https://a.b/{{1}}"}),
        ("Call us: +91 90000 00001",
         {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+919000000001"}),
        ('{"type": "URL", "text": "Shop", "url": "https://a.b/"}',
         {"type": "URL", "text": "Shop", "url": "https://a.b/"}),
        ("{broken", None),
        (" ", None),
        (7, None),
    ],
)  # fmt: skip
def test_a_button_is_read_in_every_shape(given: object, button: object) -> None:
    assert button_of(given) == button


@pytest.mark.parametrize("text", ["[1, null]", "{{{", '"x"', '{"buttons": 4}', "[" * 9999])
def test_odd_buttons_never_stop_a_list(text: str) -> None:
    assert components(buttons_json=text)[0] == BODY


def test_the_dashboards_file_is_read_with_its_odd_line_ends() -> None:
    text = (
        f"{COLUMNS}\r\n"
        '7001,sale,,MARKETING,en,TEXT,,"Hello {{1}}\n\r\ncome today",Reply STOP,QUICK_REPLY,1,'
        "Yes,,,GREEN,,ENABLED,2026-01-01\r\n"
        "7002,rejected_one,,UTILITY,Hindi,IMAGE,,Namaste,,NONE,0,,,,,INVALID_FORMAT,REJECTED,\r\n"
        "7003,no_text,,UTILITY,en,TEXT,,,,NONE,0,,,,,,ENABLED,\r\n"
    )
    assert read_upload(b"\xef\xbb\xbf" + text.encode()) == Haul(
        (
            Found(
                name="sale",
                language="en",
                category="MARKETING",
                content={
                    "components": [
                        {"type": "BODY", "text": "Hello {{1}}\n\ncome today"},
                        {"type": "FOOTER", "text": "Reply STOP"},
                        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}]},
                    ]
                },
                status=Status.APPROVED,
                vendor_id="7001",
            ),
            Found(
                name="rejected_one",
                language="hi",
                category="UTILITY",
                content={
                    "components": [
                        {"type": "HEADER", "format": "IMAGE"},
                        {"type": "BODY", "text": "Namaste"},
                    ]
                },
                status=Status.REJECTED,
                reason="INVALID_FORMAT",
                vendor_id="7002",
            ),
        ),
        (Refused("no_text", "It has no text."),),
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "nothing in it"),
        (b"  \n ", "nothing in it"),
        (b"identity,Phone\n1,2", "neither Meta's JSON.* nor the dashboard's file"),
        (b"name,text\nsale,Hi", "the column BODY is missing"),
        (b"\x89PNG\r\n\x1a\n\xff", "not in UTF-8"),
        (b"{", "no readable JSON"),
        (b"[" * (LARGEST + 1), "more than 4 MB"),
        (f"{COLUMNS}\n{'x' * 200_000}".encode(), "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, words: str) -> None:
    with pytest.raises(IncomingError, match=words):
        read_upload(data)


def test_a_spreadsheets_utf16_is_read_too() -> None:
    text = f"{COLUMNS}\n7001,sale,,MARKETING,en,TEXT,,नमस्ते,,NONE,0,,,,,,ENABLED,"
    assert read_upload(text.encode("utf-16")) == read_csv(text)


ROW = (
    '900000000000001,sale,,MARKETING,en,TEXT,,"Hello {{1}}, come today",,NONE,0,,,,GREEN,,ENABLED,'
)


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_a_spreadsheet_makes_of_the_dashboards_file_is_that_file_too(
    delimiter: str, encoding: str
) -> None:
    text = f"{COLUMNS}\n{ROW}\n"
    rows = csv.reader(io.StringIO(text))
    saved = io.StringIO()
    csv.writer(saved, delimiter=delimiter).writerows(rows)
    assert read_upload(saved.getvalue().encode(encoding)) == read_csv(text)


@pytest.mark.parametrize(
    "template_id",
    ["9.00E+14", "'9,00E+14'", "9E+14", "#NUM!", "#REF!", "########", "900000000000000.0"],
)
def test_an_id_that_a_spreadsheet_has_spoilt_is_refused(template_id: str) -> None:
    row = ROW.replace("900000000000001", template_id.replace("'", '"'))
    assert read_csv(f"{COLUMNS}\n{row}\n") == Haul((), (Refused("sale", ID_LOST),))


def test_what_postgresql_cannot_keep_is_left_out_of_gupshups_list() -> None:
    odd = components(body="Hi \ud83d there\x00", buttons_json='[{"text": "\\ud83d"}]')
    assert odd == [
        {"type": "BODY", "text": "Hi ? there"},
        {
            "type": "BUTTONS",
            "buttons": [{"type": "QUICK_REPLY", "text": '[{"text": "\\ud83d"}]'}],
        },
    ]
