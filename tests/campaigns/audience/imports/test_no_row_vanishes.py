"""Whatever a file holds, each of its rows is either good or refused; and what is good is saved."""

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.audience.imports import reading
from campaigns.audience.imports.checking import Checking
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.judging_file import JudgedFile
from campaigns.audience.imports.mapping import guess
from campaigns.audience.imports.people_rows import People
from campaigns.audience.imports.reading import Fault, Rows, read_layout
from campaigns.audience.imports.uploading import sample_from
from campaigns.models import Import, ImportKind, ImportStatus, Profile
from providers.models import Project
from tests.campaigns.audience.imports.uploads import imported, refused_rows

PIECES = st.sampled_from(
    ["u-1", "null", "9000011122", "+91", "Asha", "é", "नाम", '"', "'", ",", ";", "\t", "|",
     "\r", "\n", "\r\n", "\0", "\ufeff", "\x1f", "\x1e", "\u2028", "\x85", "=1+1", " ", "sep=;"]
)  # fmt: skip
BODIES = st.lists(PIECES, max_size=60).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
CELLS = st.lists(st.text(max_size=8), min_size=3, max_size=3)


def counted(raw: bytes) -> tuple[int, int, int, int] | None:
    """Rows, good, refused, lines staged; None where the file is refused as a whole."""
    file = io.BytesIO(raw)
    try:
        sample = sample_from(file)
    except FileError:
        return None
    mapping = guess(sample.layout.labels, sample.rows, kind=ImportKind.PEOPLE, known={})
    judged, count = JudgedFile(), 0
    reader = People(mapping, default_country="IN", time_zone="UTC")
    checking = Checking(Rows(file, sample.layout), reader, judged)
    for _, lines in checking.blocks():
        for line in "".join(lines).split("\n")[:-1]:
            judged.take(line, checking.columns)
            count += 1
    return checking.rows_read, judged.good, len(judged.refused), count


@settings(max_examples=300, deadline=None)
@given(body=BODIES, encoding=ENCODINGS, head=st.sampled_from(["identity,Phone,Name", "Phone;Name"]))
def test_each_row_of_any_file_is_good_or_refused(body: str, encoding: str, head: str) -> None:
    found = counted(f"{head}\n{body}".encode(encoding, "replace"))
    if found:
        rows, good, refused, lines = found
        assert rows == good + refused
        assert good == lines


def read_in(raw: bytes) -> list[list[str] | Fault] | None:
    file = io.BytesIO(raw)
    try:
        return list(Rows(file, read_layout(file)))
    except FileError:
        return None


LINES = st.lists(
    st.one_of(st.sampled_from(["u-1,x", '"u-2","y"', "u-3", ",", "", 'u,"', '"a\nb",c']), BODIES),
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(lines=LINES, end=st.sampled_from(["\n", "\r\n"]), block=st.sampled_from([1, 8, 30, 9_999]))
def test_rows_that_are_read_at_one_go_are_those_read_one_by_one(
    lines: list[str], end: str, block: int
) -> None:
    raw = end.join(["identity,Phone", *lines]).encode("utf-8", "replace")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK", block)
        at_one_go = read_in(raw)
        patch.setattr(reading, "_rows_of", lambda *_: ())
        assert at_one_go == read_in(raw)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(CELLS, min_size=1, max_size=20), end=st.sampled_from(["\n", "\r\n"]))
def test_each_well_written_row_is_counted(rows: list[list[str]], end: str) -> None:
    given_rows = [[f"u-{n}", "", *cells] for n, cells in enumerate(rows)]
    given_rows = [
        [cell.replace("\r", " ").replace("\0", " ") for cell in row] for row in given_rows
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerows([["identity", "Phone", "Name", "City", "Note"], *given_rows])
    found = counted(text.getvalue().encode("utf-8", "replace"))
    assert found is not None
    assert found[0] == len(rows) == found[1] + found[2]


IDENTITIES = st.sampled_from(
    ["u-1", "u-2", "u-3", "'u-1", " u-2 ", "U-1", "null", "9.19E+11", "", "é"]
)
PHONES = st.sampled_from(["", "+919000011122", "9000011123", "+91 90000 11122", "12", "abc", "'+1"])
NOTES = st.sampled_from(
    ["", "Pune", "12", "TRUE", '"', "a;b", "a\nb", "\u2028", "=1+1", "\0", "\ud83d\ude00"]
)
ROWS = st.lists(st.tuples(IDENTITIES, PHONES, NOTES), min_size=1, max_size=12)


def written(rows: Sequence[Sequence[str]], loose_end: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([["identity", "Phone", "Note"], *rows])
    return (text.getvalue() + loose_end).encode("utf-8", "replace")


def accounted_for(upload: Import) -> tuple[int, int]:
    """Rows that were read, and those that are told of."""
    saved = upload.created + upload.updated + upload.unchanged
    return upload.rows_read, saved + upload.repeated + upload.refused


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=ROWS, loose_end=st.sampled_from(["", "u-9", 'u-9,"', "u-9,,x,y,z", ",,\n", "\r\r"]))
def test_through_the_database_each_row_is_told_of_and_a_second_time_nothing_changes(
    rows: list[tuple[str, str, str]], loose_end: str, project: Project
) -> None:
    content = written(rows, loose_end)
    before = Profile.objects.count()

    first = imported(project, content)
    made = Profile.objects.count() - before
    people = list(Profile.objects.order_by("pk").values())
    again = imported(project, content)

    assert {first.status, again.status} == {ImportStatus.DONE}
    for upload in (first, again):
        read, told_of = accounted_for(upload)
        assert read == told_of
        assert len(refused_rows(upload)[1:]) == upload.refused + upload.incomplete
    assert made == first.created
    assert (again.created, again.updated, again.refused) == (0, 0, first.refused)
    assert list(Profile.objects.order_by("pk").values()) == people
