"""Whatever a file holds, each of its rows is either good or refused."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.audience.imports.checking import Checking
from campaigns.audience.imports.judging_file import Judged
from campaigns.audience.imports.mapping import guess
from campaigns.audience.imports.people_rows import People
from campaigns.audience.imports.reading import FileError, Rows
from campaigns.audience.imports.uploading import sample_from
from campaigns.models import ImportKind

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
    judged, lines = Judged(), 0
    reader = People(mapping, default_country="IN", time_zone="UTC")
    checking = Checking(Rows(file, sample.layout), reader, judged)
    for block in checking.blocks():
        for line in block.split("\n")[:-1]:
            judged.take(line, checking.columns)
            lines += 1
    return checking.rows_read, judged.good, len(judged.refused), lines


@settings(max_examples=300, deadline=None)
@given(body=BODIES, encoding=ENCODINGS, head=st.sampled_from(["identity,Phone,Name", "Phone;Name"]))
def test_each_row_of_any_file_is_good_or_refused(body: str, encoding: str, head: str) -> None:
    found = counted(f"{head}\n{body}".encode(encoding, "replace"))
    if found:
        rows, good, refused, lines = found
        assert rows == good + refused
        assert good == lines


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
