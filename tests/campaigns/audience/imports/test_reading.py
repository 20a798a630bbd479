"""CSV files as spreadsheets write them, and what is not one."""

import csv
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.reading import (
    CELL_TOO_LONG,
    EMPTY_FILE,
    LINE_TOO_LONG,
    LONG_HEADER,
    NO_HEADER,
    NO_ROWS,
    NOT_UTF8,
    NOT_UTF8_FILE,
    NUL,
    OPEN_QUOTE,
    STRAY_BREAK,
    TOO_MANY_COLUMNS,
    Fault,
    Layout,
    Rows,
    read_layout,
)


def rows_of(content: bytes | str) -> list[list[str] | str]:
    """Each row's cells, or the reason why it has none."""
    raw = content.encode() if isinstance(content, str) else content
    rows = Rows(BytesIO(raw), read_layout(BytesIO(raw)))
    read = [row.reason if isinstance(row, Fault) else row for row in rows]
    assert rows.bytes_read == len(raw)
    return read


def refusal(content: bytes) -> str:
    with pytest.raises(FileError) as refused:
        read_layout(BytesIO(content))
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        (b"identity,Phone\nu-1,x\n", Layout(",", ("identity", "Phone"), 15)),
        (b"identity;Phone\r\nu-1;x", Layout(";", ("identity", "Phone"), 16)),
        (b"identity\tPhone\nu-1\tx", Layout("\t", ("identity", "Phone"), 15)),
        (b"\xef\xbb\xbfidentity,Phone\nu-1,x", Layout(",", ("identity", "Phone"), 18)),
        (b"sep=;\r\nidentity;Phone\nu-1;x", Layout(";", ("identity", "Phone"), 22)),
        (b'"a, b";c;d\n1;2;3', Layout(";", ("a, b", "c", "d"), 11)),
        (b'"Phone\nnumber",identity\n1,2', Layout(",", ("Phone number", "identity"), 24)),
        (b"\n\nidentity\nu-1", Layout(",", ("identity",), 11, first_row=4)),
        (b"identity|Phone\nu-1|x", Layout("|", ("identity", "Phone"), 15)),
        (b"identity\ru-1", Layout(",", ("identity",), 9, has_old_line_ends=True)),
        (b"\xef\xbb\xbfSEP=;\nidentity;Phone\nu-1;x", Layout(";", ("identity", "Phone"), 24)),
        ("identity,Город\nu-1,x".encode(), Layout(",", ("identity", "Город"), 20)),
    ],
)
def test_a_layout_is_read_off_the_header(content: bytes, layout: Layout) -> None:
    assert read_layout(BytesIO(content)) == layout


def test_a_column_without_a_name_gets_a_label() -> None:
    assert read_layout(BytesIO(b"identity,,Phone\n1,2,3")).labels == (
        "identity",
        "Column 2",
        "Phone",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", EMPTY_FILE),
        (b"\xef\xbb\xbf \n\n", EMPTY_FILE),
        (b"identity,Phone\n", NO_ROWS),
        (b"identity,Phone\n\n \n", NO_ROWS),
        ("identity,Город\nu-1,x\n".encode("cp1251"), NOT_UTF8_FILE),
        (b"u-1,+919000011122\nu-2,+919000011123\n", NO_HEADER),
        (b'"identity,Phone\nu-1,x\n', LONG_HEADER),
        (b"x" * 2_000_000, LONG_HEADER),
        (b"a," * 400 + b"\n1", TOO_MANY_COLUMNS),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_way_out(
    content: bytes, reason: str
) -> None:
    assert refusal(content) == reason


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"%PDF-1.7", "a PDF"),
        (b'[{"identity": 1}]', "a JSON file"),
        (b"\n<html><table>", "a web page or XML file"),
        (b"{\\rtf1 identity", "a text document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "a file of contacts (vCard)"),
    ],
)
def test_another_kind_of_file_with_the_name_of_a_csv_is_called_by_its_name(
    content: bytes, what: str
) -> None:
    assert refusal(content) == (
        f"This is {what}, not a CSV file. Open it in a spreadsheet and save it as “CSV UTF-8”."
    )


def test_quoted_cells_may_hold_line_breaks_delimiters_and_quotes() -> None:
    assert rows_of('a,b\n1,"x\r\ny"\n2,"p,""q"""\n') == [["1", "x\r\ny"], ["2", 'p,"q"']]


def test_empty_rows_are_passed_over_and_still_counted() -> None:
    assert rows_of("a,b\n\n1,2\n,\n   \n3,4") == [[], ["1", "2"], ["", ""], [], ["3", "4"]]


def test_a_row_with_too_many_cells_is_refused_and_missing_ones_are_blank() -> None:
    assert rows_of("a,b\n1\n1,2,3\n1,2,,\n4,5\n") == [
        ["1", ""],
        "The row has 3 cells, the first row has 2.",
        ["1", "2"],
        ["4", "5"],
    ]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("other", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("header_end", ["\r", "\n", "\r\n"])
def test_no_row_is_lost_however_lines_end(header_end: str, end: str, other: str) -> None:
    rows = [[str(n), "x" * 20] for n in range(20_000)]
    lines = [f"{n},{text}{end if int(n) < 10_000 else other}" for n, text in rows]
    assert rows_of(f"a,b{header_end}" + "".join(lines)) == rows


def test_a_return_alone_in_a_cell_without_quotes_costs_what_it_parts_alone() -> None:
    assert rows_of("a,b\n1,x\ry\rz\n2,p\r3,q\n4\r,r\n5\n6,s\r") == [
        *[STRAY_BREAK] * 3,
        *[["2", "p"], ["3", "q"]],
        *[STRAY_BREAK] * 2,
        *[["5", ""], ["6", "s"]],
    ]


def test_missing_cells_after_a_cell_of_several_lines_are_blank() -> None:
    assert rows_of('a,b,c\n1,"x\ny"\n2,"p\n3,q,"\n4,r,s\n') == [
        ["1", "x\ny", ""],
        OPEN_QUOTE,
        OPEN_QUOTE,
        ["4", "r", "s"],
    ]


@pytest.mark.parametrize(
    "content",
    ['a,b\n1,"x\n2,y\n3,z\n', 'a,b\n1,"x\n2,y\n3,z', 'a,b\n"1,x\n2,y\n3,z\n'],
)
def test_an_open_quote_costs_its_own_row_alone(content: str) -> None:
    assert rows_of(content) == [OPEN_QUOTE, ["2", "y"], ["3", "z"]]


def test_an_open_quote_that_meets_another_quote_costs_its_own_row_alone() -> None:
    assert rows_of('a,b\n1,"x\n2,"y"\n3,"p\nq"\n') == [OPEN_QUOTE, ["2", "y"], ["3", "p\nq"]]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_quote_that_the_last_row_opens_and_nothing_closes_costs_that_row(end: str) -> None:
    assert rows_of(f'a,b\n1,x\n2,"y{end}') == [["1", "x"], OPEN_QUOTE]
    assert rows_of(f'a,b\n1,x\n2,"y\nz"{end}') == [["1", "x"], ["2", "y\nz"]]


@pytest.mark.parametrize("above", ["a,b\n1,x", "a,b\n1,x\n", "a\n1\n"])
def test_the_sign_that_ends_a_file_for_old_programs_is_no_row(above: str) -> None:
    assert rows_of(f"{above}\x1a") == rows_of(above)


def test_a_cell_may_not_be_endless() -> None:
    content = "a,b\n1," + "x" * 200_000 + "\n2,ok\n"
    assert rows_of(content) == [CELL_TOO_LONG, ["2", "ok"]]


def test_an_open_quote_over_many_rows_costs_its_own_row_alone() -> None:
    rows = [[str(n), "y" * 20] for n in range(10_000)]
    content = 'a,b\n0,"x\n' + "".join(f"{n},{text}\n" for n, text in rows)
    assert rows_of(content) == [CELL_TOO_LONG, *rows]


def test_a_row_longer_than_memory_should_hold_is_refused() -> None:
    assert rows_of(b"a,b\n1," + b"x" * 3_000_000 + b"\n2,ok\n") == [LINE_TOO_LONG, ["2", "ok"]]


def test_rows_with_foreign_bytes_are_refused_and_the_others_read() -> None:
    assert rows_of(b"a,b\n0,\xc3\xa4\n1,\xff\n2,x\x00\n3,x\ry\n4,ok\n") == [
        ["0", "ä"],
        NOT_UTF8,
        NUL,
        STRAY_BREAK,
        STRAY_BREAK,
        ["4", "ok"],
    ]


def test_a_refused_row_comes_with_an_excerpt_to_find_it_by() -> None:
    raw = b"a,b\n1,2,3\n" + b"4," + b"x" * 2_000 + b",5\n"
    rows = list(Rows(BytesIO(raw), read_layout(BytesIO(raw))))
    assert [row.excerpt for row in rows if isinstance(row, Fault)] == ["1,2,3", "4," + "x" * 498]


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=2),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(",;\t|"),
)
def test_whatever_a_spreadsheet_writes_is_read_as_it_was(
    rows: list[list[str]], delimiter: str
) -> None:
    text = _written([["a", "b"], *rows], delimiter)
    if not any(any(cell.strip() for cell in row) for row in rows):
        return
    assert _without_blanks(rows_of(text)) == _without_blanks(rows)


def _without_blanks(rows: list[list[str]]) -> list[list[str]]:
    """Those before a cell are no part of it: some programs write one behind each delimiter."""
    stripped = [[cell.lstrip(" ") for cell in row] for row in rows]
    return [row for row in stripped if any(row)]


def _written(rows: list[list[str]], delimiter: str) -> str:
    lines: list[str] = []
    csv.writer(_Lines(lines), delimiter=delimiter).writerows(rows)
    return "".join(lines)


class _Lines:
    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


@given(st.binary(max_size=300))
def test_no_bytes_whatever_end_in_anything_but_rows_or_a_reason(content: bytes) -> None:
    with suppress(FileError):
        rows_of(b"a,b\n" + content)
