"""Files that we write: no cell is a formula however a spreadsheet splits it, and none is lost."""

import csv
import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience.imports.neutralizing import neutral, restored
from campaigns.models import Profile
from providers.models import Project
from tests.campaigns.audience.imports.uploads import imported

SIGNS = "=+-@＝＋－＠"
PREFIXES = ["", " ", "\u00a0", "  \u3000", '"', "'", "''", " '\"", "\u200b", "\ufeff"]
BREAKS = ["", "x,", "x;", "x\t", "\t", "x|", "x\n", "x\r\n", "\r", "x\u2028", "x;,", "=1;y\n"]


def begins_a_formula(cell: str) -> bool:
    return cell.lstrip(' \u00a0\u3000\u200b\ufeff"\t\r\n\u2028').startswith(tuple(SIGNS))


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_is_no_beginning_of_a_formula_wherever_the_cell_is_split(sign: str) -> None:
    cells = [f"{gap}{prefix}{sign}cmd|' /C calc'!A0" for gap in BREAKS for prefix in PREFIXES]
    for cell in cells:
        pieces = re.split(r"[,;|\t\r\n\u2028]", neutral(cell))
        assert not any(begins_a_formula(piece) for piece in pieces), repr(cell)
        assert restored([neutral(cell)]) == [cell]


@pytest.mark.parametrize(
    "cell", ["", "Asha", "a-b", "1+1=2", "it's", "'quoted'", "meera@x.example"]
)
def test_what_is_no_formula_stays_as_it_is(cell: str) -> None:
    assert neutral(cell) == cell


@given(st.text(alphabet="'\"\t\r\n,;| =-+@＝x\u00a0"))
def test_every_cell_comes_back_as_it_was(cell: str) -> None:
    assert restored([neutral(cell)]) == [cell]


def test_a_cell_of_the_greatest_length_takes_steps_in_proportion_to_it() -> None:
    """A scan to the end of the cell from each beginning would never end."""
    for cell in ("\t" * 131_072, " " * 131_072, "'" * 131_072, ", " * 65_536):
        assert restored([neutral(cell)]) == [cell]


@pytest.mark.django_db
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_refused_rows_that_are_corrected_bring_the_same_values(
    project: Project, delimiter: str
) -> None:
    values = ["=1+1", "x;=cmd", "x,-1", "'=1", "＝1", "a\n@b", "-5", "it's", "x\t+1"]
    header = ["identity", "Phone", *(f"Own {n}" for n in range(len(values)))]
    text = StringIO()
    rows = csv.writer(text, delimiter=delimiter)
    rows.writerows([header, ["null", "+919000011122", *values]])
    plain = text.getvalue().encode()
    upload = imported(project, plain)
    with upload.refused_file.open("rb") as file:
        corrected = file.read().replace(b"null", b"u-1")
    imported(project, corrected)
    imported(project, plain.replace(b"null", b"u-2"))
    again, directly = Profile.objects.order_by("identity").values_list("properties", flat=True)
    assert again == directly
    assert len(again) == len(values)
