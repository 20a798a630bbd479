"""Excel workbooks go through the same door and by the same rules as CSV files."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone
from openpyxl.xml.constants import ARC_STYLE

from campaigns.audience.imports.reading import NO_ROWS, TOO_MANY_COLUMNS
from campaigns.audience.imports.workbooks import recognizing
from campaigns.audience.imports.workbooks.opening import TOO_MANY_SHEETS
from campaigns.audience.imports.workbooks.recognizing import (
    BINARY,
    DAMAGED,
    ENCRYPTED,
    NO_WORKBOOK,
    OLD_EXCEL,
    OPEN_DOCUMENT,
    TOO_DENSE,
    TOO_INTRICATE,
    TOO_LARGE,
    WITH_MACROS,
)
from campaigns.models import CustomList, ImportKind, Occurrence, Profile
from providers.models import Project
from tests.campaigns.audience.imports.checked import checked, outcome
from tests.campaigns.audience.imports.uploads import counts, imported, refused_rows
from tests.campaigns.audience.imports.workbooks import (
    MAIN,
    SHEET,
    TEXTS,
    WORKBOOK,
    Rows,
    padded,
    with_names,
    with_parts,
    with_rows,
    with_texts,
    workbook,
)
from tests.factories import CustomListFactory, ProfileFactory

HEAD = ["identity", "Phone", "Value"]
EVENING = datetime(2026, 1, 31, 18, 30)  # noqa: DTZ001  a spreadsheet knows no zone


def value_read(value: Any, **more: Any) -> Any:
    """What becomes of a cell, as a property."""
    book = workbook([HEAD, ["u-1", "+919000011122", value]], **more)
    found = checked(book)
    assert found["refused"] == []
    return found["first"]["properties"].get("Value")


# What cells hold ------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [919000011122, 9.19000011122e11, "+91 90000 11122", 9000011122])
def test_phones_that_a_spreadsheet_took_for_numbers_come_whole(phone: Any) -> None:
    found = checked(workbook([HEAD, ["u-1", phone, "x"]]))
    assert (found["first"]["phone"], found["refused"]) == ("+919000011122", [])


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (12.5, 12.5),
        (0.1 + 0.2, 0.3),
        (-3, -3),
        (1e-7, 1e-7),
        (0, 0),
        (123456789012345, 123456789012345),
        (True, True),
        (False, False),
        (date(2026, 1, 31), "2026-01-31"),
        (EVENING, "2026-01-31T18:30:00Z"),
        (EVENING - timedelta(microseconds=300), "2026-01-31T18:30:00Z"),
        (time(18, 30), "18:30:00"),
        ("two\nlines", "two\nlines"),
        ("two_x000D_\nlines", "two\nlines"),
        ('a "quote", a comma; a | bar', 'a "quote", a comma; a | bar'),
        ("sep=;", "sep=;"),
        ("é 🙂 नमस्ते", "é 🙂 नमस्ते"),
        ("", None),
        (None, None),
    ],
)
def test_what_a_cell_holds_is_read_as_a_spreadsheet_would_save_it(value: Any, read: Any) -> None:
    assert value_read(value) == read


def test_dates_of_both_systems_are_the_days_that_are_shown() -> None:
    day = date(2026, 1, 31)
    assert [value_read(day, counts_from_1904=since) for since in (False, True)] == [
        "2026-01-31"
    ] * 2


def test_zeros_that_a_format_puts_in_front_stay() -> None:
    book = workbook([["identity", "Phone"], [42, "+919000011122"]], formats={"A2": "00000"})
    assert checked(book)["first"]["identity"] == "00042"


def test_digits_that_the_spreadsheet_has_lost_are_no_identity() -> None:
    assert outcome(workbook([["identity"], [1234567890123456789.0], ["u-1"]])) == (2, 1, [2])


def test_formulas_are_what_they_were_last_calculated_to() -> None:
    cells = (
        '<row r="1"><c r="A1" t="str"><v>identity</v></c><c r="B1" t="str"><v>Spent</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>"u-"&amp;1</f><v>u-1</v></c>'
        '<c r="B2"><f>6*7</f><v>42</v></c></row>'
        '<row r="3"><c r="A3" t="str"><f>"u-"&amp;2</f><v>u-2</v></c><c r="B3"><f>1+1</f></c></row>'
        '<row r="4"><c r="A4" t="e"><f>#REF!</f><v>#REF!</v></c></row>'
    )
    found = checked(with_rows(cells))
    assert (found["rows"], found["good"], found["first"]["properties"]) == (3, 2, {"Spent": 42})
    assert [row["row"] for row in found["refused"]] == [4]


def test_texts_come_whole_in_whatever_way_they_are_written() -> None:
    texts = "<si><r><t>As</t></r><r><t>ha</t></r><rPh><t>アシャ</t></rPh></si>"
    texts += "<si><t>identity</t></si>"
    sheet = (
        '<row><c t="s"><v>1</v></c><c t="inlineStr"><is><t>Name</t></is></c></row>'
        '<row><c t="inlineStr"><is><r><t>u</t></r><r><t>-1</t></r></is></c>'
        '<c t="s"><v>0</v></c></row>'
    )
    found = checked(with_texts(with_rows(sheet), texts))
    assert (found["first"]["identity"], found["first"]["name"]) == ("u-1", "Asha")


# Rows and columns -----------------------------------------------------------------------------


def test_titles_merged_cells_and_blank_rows_are_nobody_and_rows_keep_their_numbers() -> None:
    book = workbook(
        [
            ["Our customers", None, None],
            [],
            ["identity", "Phone", "City"],
            ["u-1", "+919000011122", "Pune"],
            [None, "+919000011123", None],  # what a merged cell hides
            [],
            ["null", None, "Delhi"],
        ],
        merged=["A1:C1", "A4:A5"],
    )
    assert outcome(book) == (3, 1, [5, 7])


def test_a_row_may_leave_out_cells_and_numbers() -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>identity</v></c><c r="C1" t="str"><v>City</v></c></row>'
        '<row r="9"><c r="C9" t="str"><v>Pune</v></c><c r="A9" t="str"><v>u-1</v></c></row>'
        '<row r="12"><c r="C12" t="str"><v>Delhi</v></c></row>'
    )
    found = checked(with_rows(rows))
    assert found["first"]["properties"] == {"City": "Pune"}
    assert [row["row"] for row in found["refused"]] == [12]


def test_cells_that_are_only_formatted_are_blank() -> None:
    far = '<c r="XFD2" s="0"/>'
    rows = (
        '<row r="1"><c r="A1" t="str"><v>identity</v></c><c r="XFD1"/></row>'
        f'<row r="2"><c r="A2" t="str"><v>u-1</v></c>{far}</row><row r="1048576" ht="20"/>'
    )
    assert outcome(with_rows(rows)) == (1, 1, [])


def test_16384_columns_are_too_many() -> None:
    book = workbook([[f"c{n}" for n in range(16_384)], ["x"] * 16_384])
    assert checked(book)["error"] == TOO_MANY_COLUMNS


def test_a_row_longer_than_the_others_is_refused_as_in_a_csv() -> None:
    assert outcome(workbook([["identity", "City"], ["u-1", "Pune", "?"], ["u-2"]])) == (2, 1, [2])


def test_one_text_in_every_cell_of_a_row_does_not_fill_the_memory() -> None:
    names = "".join('<c t="s"><v>0</v></c>' for _ in range(16_384))
    rows = f'<row><c t="str"><v>identity</v></c></row><row>{names}</row>'
    book = with_texts(with_rows(rows), f"<si><t>{'x' * 32_767}</t></si>")
    assert outcome(book) == (1, 0, [2])


# Sheets ---------------------------------------------------------------------------------------


def test_the_first_sheet_that_is_shown_is_read() -> None:
    people = [["identity"], ["u-1"]]
    book = workbook({"Old": [["x"]], "People": people, "More": people}, hidden=["Old"])
    found = checked(book)
    assert (found["sheet"], found["first"]["identity"]) == ("People", "u-1")


def test_a_cover_without_rows_is_passed_by() -> None:
    people = [["identity"], ["u-1"]]
    covers: dict[str, Rows] = {"Cover": [["Spring list"]], "Blank": [[]]}
    found = checked(workbook({**covers, "Old": people, "People": people}, hidden=["Old"]))
    assert (found["sheet"], found["first"]["identity"]) == ("People", "u-1")
    hidden = checked(workbook({**covers, "Old": people}, hidden=["Old"]))
    assert hidden["error"] == NO_ROWS


@pytest.mark.parametrize(
    ("rows", "error"), [([], "The file is empty."), ([["identity", "Phone"]], NO_ROWS)]
)
def test_a_sheet_without_rows_is_refused(rows: list[list[str]], error: str) -> None:
    assert checked(workbook(rows))["error"] == error


# What is no workbook, or no good one ----------------------------------------------------------


def zipped(**parts: str) -> bytes:
    raw = BytesIO()
    with ZipFile(raw, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return raw.getvalue()


GOOD = with_texts(
    with_rows('<row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>'),
    "<si><t>identity</t></si><si><t>u-1</t></si>",
)
ENVELOPE = recognizing.COMPOUND + b"\0" * 26 + b"\x09\0" + b"\0" * 16 + b"\0" * 4 + b"\0" * 460


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (ENVELOPE + b"\0" * 512, OLD_EXCEL),
        (recognizing.COMPOUND, OLD_EXCEL),
        (ENVELOPE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 480, ENCRYPTED),
        (with_parts(GOOD, {"xl/vbaProject.bin": b"macro"}), WITH_MACROS),
        (
            with_parts(
                GOOD,
                {
                    "[Content_Types].xml": ZipFile(BytesIO(GOOD))
                    .read("[Content_Types].xml")
                    .replace(
                        b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
                        b"vnd.ms-excel.sheet.macroEnabled.main",
                    )
                },
            ),
            WITH_MACROS,
        ),
        (zipped(xl__workbook_bin="x"), BINARY),
        (zipped(mimetype="application/vnd.oasis", content_xml="<x/>"), OPEN_DOCUMENT),
        (zipped(people_csv="identity\nu-1\n"), NO_WORKBOOK),
        (GOOD[:-40], DAMAGED),
        (GOOD.replace(b"sheet1.xml", b"sheet7.xml", 1), DAMAGED),
        (with_parts(GOOD, {WORKBOOK: "<workbook"}), DAMAGED),
        (with_parts(GOOD, {SHEET: "no XML at all"}), DAMAGED),
        (with_rows('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), DAMAGED),
        (with_rows('<row r="1"><c r="A1"><v>many</v></c></row>'), DAMAGED),
        (with_rows('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'), DAMAGED),
        (with_rows('<row r="99999999999"><c r="A1"><v>1</v></c></row>'), DAMAGED),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_no_good_workbook_is_refused_by_its_name(raw: bytes, error: str) -> None:
    assert checked(raw)["error"] == error


def test_a_good_workbook_stays_one_when_it_is_packed_anew() -> None:
    assert outcome(with_parts(GOOD, {})) == (1, 1, [])


@pytest.mark.parametrize("part", [SHEET, TEXTS, WORKBOOK, "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize(
    "entity", ['<!ENTITY a "aaaa">', '<!ENTITY a SYSTEM "file:///etc/hostname">']
)
def test_entities_end_the_reading_in_every_part(part: str, entity: str) -> None:
    xml = ZipFile(BytesIO(GOOD)).read(part).decode()
    body = xml[xml.index("?>") + 2 :] if xml.startswith("<?xml") else xml
    hostile = f"<!DOCTYPE x [{entity}]>{body}"
    assert checked(with_parts(GOOD, {part: hostile}))["error"] == DAMAGED


@pytest.mark.parametrize("part", [SHEET, TEXTS, "xl/media/picture.png"])
def test_a_bomb_is_seen_before_it_is_unpacked(part: str) -> None:
    bomb = with_parts(GOOD, {part: b" " * 3_000_000})
    assert (len(bomb) < 100_000, checked(bomb)["error"]) == (True, TOO_DENSE)


def test_what_is_too_large_packed_or_unpacked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognizing, "LARGEST_UNPACKED", 1_000)
    unpacked = checked(GOOD)["error"]
    monkeypatch.setattr(recognizing, "LARGEST_PACKED", 1_000)
    assert [unpacked, checked(GOOD)["error"]] == [TOO_LARGE] * 2


def test_parts_that_are_read_at_one_go_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognizing, "LARGEST_PART", 1_000)
    assert checked(GOOD)["error"] == TOO_LARGE


# Imported -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_people_come_from_a_workbook_and_its_refused_rows_as_a_csv(project: Project) -> None:
    upload = imported(
        project,
        workbook([["identity", "Phone", "Age"], ["u-1", 919000011122, 30], ["null", None, 31]]),
    )
    assert counts(upload) == {"rows_read": 2, "created": 1, "refused": 1}
    assert upload.bytes_done == upload.bytes_total
    assert Profile.objects.get().properties == {"Age": 30}
    assert [row[0] for row in refused_rows(upload)] == ["Row", "3"]


@pytest.mark.django_db
def test_a_list_and_events_come_from_workbooks_too(project: Project) -> None:
    ProfileFactory.create(project=project, identity="u-1")
    chosen = CustomListFactory.create(project=project)
    imported(project, workbook([["identity"], ["u-1"]]), kind=ImportKind.LIST, into_list=chosen)
    happened = timezone.now().replace(tzinfo=None)
    upload = imported(
        project,
        workbook([["identity", "event", "time"], ["u-1", "Order placed", happened]]),
        kind=ImportKind.EVENTS,
    )
    assert CustomList.objects.get().members.count() == 1
    assert (counts(upload), Occurrence.objects.count()) == ({"rows_read": 1, "created": 1}, 1)


@pytest.mark.parametrize(("names", "error"), [(200, TOO_MANY_SHEETS), (110_000, TOO_INTRICATE)])
def test_a_workbook_of_very_many_sheets_is_refused_at_once(names: int, error: str) -> None:
    assert checked(with_names(GOOD, names))["error"] == error


def test_a_workbook_of_many_sheets_is_read() -> None:
    assert outcome(with_names(GOOD, 199)) == (1, 1, [])


def test_a_workbook_with_very_many_styles_is_refused_before_they_are_read() -> None:
    styles = f"<styleSheet {MAIN}><cellXfs>{'<xf/>' * 110_000}</cellXfs></styleSheet>"
    assert checked(padded(with_parts(GOOD, {ARC_STYLE: styles})))["error"] == TOO_INTRICATE
