"""A value that is wrong costs the value, not the person; or the row, where somebody wants that."""

import csv
from io import StringIO

import pytest

from campaigns.audience.imports.people_rows import NO_IDENTITY, NO_PHONE_FOR_IDENTITY
from campaigns.audience.imports.refusals import IN_WITHOUT
from campaigns.models import Profile
from providers.models import Project
from tests.campaigns.audience.imports.checked import checked
from tests.campaigns.audience.imports.uploads import counts, imported, refused_rows

pytestmark = pytest.mark.django_db

HEAD = "identity,Phone,Name,Email,Joined,MSG-whatsapp\n"
GOOD = "u-1,+919000011122,Asha,asha@example.com,2026-01-31,TRUE\n"
BAD_EMAIL = "“Email” is not an e-mail address."
BAD_DAY = "“Joined” is not a date (2026-01-31)."


def people() -> list[tuple[object, ...]]:
    columns = ("identity", "phone", "email", "properties", "subscribed")
    return list(Profile.objects.order_by("identity").values_list(*columns))


def test_a_row_comes_in_without_what_is_wrong_and_says_so(project: Project) -> None:
    row = "u-2,9000011123,Ravi,no mail,31 Jan,TRUE\n"
    upload = imported(project, HEAD + GOOD + row)

    assert (counts(upload), upload.incomplete) == ({"rows_read": 2, "created": 2}, 1)
    assert people()[1] == ("u-2", "+919000011123", "", {}, True)
    assert refused_rows(upload)[1:] == [
        ["3", f"{IN_WITHOUT} {BAD_EMAIL} {BAD_DAY}", *row.strip().split(",")]
    ]


def test_what_is_known_already_stays_where_the_new_value_is_wrong(project: Project) -> None:
    imported(project, HEAD + GOOD)
    upload = imported(project, HEAD + "u-1,12,Asha Rao,no mail,,TRUE\n")
    assert (counts(upload), upload.incomplete) == ({"rows_read": 1, "updated": 1}, 1)
    known = ("u-1", "+919000011122", "asha@example.com", {"Joined": "2026-01-31"}, True)
    assert people() == [known]


def test_the_file_of_wrong_values_is_mended_and_uploaded_as_it_is(project: Project) -> None:
    upload = imported(project, HEAD + GOOD + "u-2,+919000011123,Ravi,no mail,,TRUE\n")
    rows = refused_rows(upload)
    mended = StringIO()
    csv.writer(mended).writerows(rows)

    again = imported(project, mended.getvalue().replace("no mail", "ravi@example.com"))

    assert (counts(again), again.incomplete) == ({"rows_read": 1, "updated": 1}, 0)
    assert people()[1][2] == "ravi@example.com"
    assert not again.refused_file


def test_whole_rows_are_refused_where_somebody_wants_that(project: Project) -> None:
    row = "u-2,+919000011123,Ravi,no mail,31 Jan,TRUE\n"
    upload = imported(project, HEAD + GOOD + row, only_whole_rows=True)
    assert (counts(upload), upload.incomplete) == ({"rows_read": 2, "created": 1, "refused": 1}, 0)
    assert refused_rows(upload)[1][:2] == ["3", f"{BAD_EMAIL} {BAD_DAY}"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",+919000011123,Ravi,r@example.com,,TRUE", NO_IDENTITY),
        ("u-2,,,no mail,31 Jan,", f"{BAD_EMAIL} {BAD_DAY}"),
        ("u-2,,Ravi,,,unsubscribed", "“MSG-whatsapp” is neither TRUE nor FALSE."),
    ],
    ids=["without identity", "nothing usable is left", "who may be written to is not guessed"],
)
def test_a_row_is_refused_where_nobody_or_nothing_is_left(
    project: Project, row: str, reason: str
) -> None:
    upload = imported(project, HEAD + GOOD + row + "\n")
    assert (counts(upload), upload.incomplete) == ({"rows_read": 2, "created": 1, "refused": 1}, 0)
    assert refused_rows(upload)[1][:2] == ["3", reason]


def test_a_phone_that_is_the_identity_is_no_value_to_leave_out(project: Project) -> None:
    upload = imported(project, "Phone,Name\n+919000011122,Asha\n,Ravi\n12,Meera\n")
    assert (counts(upload), upload.incomplete) == ({"rows_read": 3, "created": 1, "refused": 2}, 0)
    assert refused_rows(upload)[1][1] == NO_PHONE_FOR_IDENTITY


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#NAME?"])
def test_errors_of_a_spreadsheet_are_nobodys_name_or_city(error: str) -> None:
    found = checked(f"identity,Name,City\nu-1,{error},{error}\nu-2,{error},Pune\n")
    assert [row["row"] for row in found["refused"]] == [2]
    assert (found["first"]["identity"], found["first"]["properties"]) == ("u-2", {"City": "Pune"})
    assert found["incomplete"] == [
        {"row": 3, "reason": "“Name” shows an error of the spreadsheet."}
    ]
