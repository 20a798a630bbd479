"""In which encodings spreadsheets save their files."""

import pytest

from campaigns.audience.imports.reading import NOT_UTF8
from tests.campaigns.audience.imports.checked import checked

PEOPLE = "identity,Name,Größe\nu-1,{name},5\nu-2,Asha,6\n"


@pytest.mark.parametrize(
    "name",
    ["Jürgen Groß", "Françoise Lefèvre", "José Núñez", "MÜLLER", "Asha – “Ashu”", "Zoë’s", "5 m³"],
)
@pytest.mark.parametrize(
    "encoding", ["windows-1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8"]
)
def test_names_are_read_as_they_were_written(encoding: str, name: str) -> None:
    found = checked(PEOPLE.format(name=name).encode(encoding))
    assert (found["encoding"], found["rows"], found["good"]) == (encoding, 2, 2)
    assert found["first"]["name"] == name


def test_letters_that_begin_far_below_are_found_too() -> None:
    plain = "".join(f"u-{n},Asha {n}\n" for n in range(40_000))
    found = checked(f"identity,Name\n{plain}u-x,Jürgen Groß\n".encode("windows-1252"))
    assert (found["encoding"], found["good"], found["refused"]) == ("windows-1252", 40_001, [])


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1251", "Иван Петров"),
        ("cp1253", "Παπαδόπουλος"),
        ("mac_roman", "Françoise"),
        ("cp1250", "Paweł"),
        ("cp1250", "Łukasz Wałęsa"),
    ],
)
def test_what_cannot_be_told_is_refused_instead_of_made_nonsense(encoding: str, name: str) -> None:
    found = checked(f"identity,Name\nu-1,{name}\nu-2,Asha\n".encode(encoding))
    assert (found["good"], found["refused"]) == (1, [{"row": 2, "reason": NOT_UTF8}])


def test_a_few_foreign_rows_do_not_make_a_file_foreign() -> None:
    lines = "identity,Name\nu-1,Jürgen\nu-2,पुणे\n".encode() + "u-3,Zoë\n".encode("windows-1252")
    found = checked(lines)
    assert (found["encoding"], found["refused"]) == ("utf-8", [{"row": 4, "reason": NOT_UTF8}])
