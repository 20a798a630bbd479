"""What spreadsheets and reports put above, between and into the rows."""

import pytest

from tests.campaigns.audience.imports.checked import checked, outcome

TWO = "identity;Phone\nu-1;+919000011122\nu-2;+919000011123\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("sep=;", ";"),
        ("SEP=;\r", ";"),
        ('"sep=;"', ";"),
        ("sep=; ", ";"),
        ("sep=;;;", ";"),
        ("sep=,", ","),
        ("sep=,,,", ","),
        ('"sep=,",', ","),
        ("sep=\t", "\t"),
        ("sep=|", "|"),
        ("sep=:", ":"),
        ("sep=^", "^"),
    ],
)
def test_a_line_that_names_the_delimiter_is_obeyed(mark: str, line: str, delimiter: str) -> None:
    content = f"{mark}{line}\n{TWO.replace(';', delimiter)}"
    found = checked(content)
    assert (found["delimiter"], found["good"], found["refused"]) == (delimiter, 2, [])
    assert found["first"]["phone"] == "+919000011122"


@pytest.mark.parametrize(
    "above",
    [
        ";;\n",
        ";;\n;;\n",
        "Our customers\n",
        "Our customers;;\n;;\n",
        '"Customers, exported on 1 May"\n\n',
        "Customers, exported on 1 May\n",
    ],
)
@pytest.mark.parametrize("names", ["identity;Phone", "Kunden-Nr.;Telefon", "Member ID;Mobile No."])
def test_what_stands_above_the_column_names_is_nobody(above: str, names: str) -> None:
    content = f"{above}{names};Ort;Region\nu-1;+919000011122;Pune;West\nnull;;;\n"
    assert outcome(content) == (2, 1, [above.count("\n") + 3])


def test_below_a_title_columns_may_have_names_that_nobody_knows() -> None:
    found = checked("Our shops;;\nKürzel;Leiter;Zone\nu-1;Asha;West\n")
    assert [column["name"] for column in found["columns"]] == ["Kürzel", "Leiter", "Zone"]


@pytest.mark.parametrize(
    "rows", ["u-1;;\nu-2;Asha;7\n", "u-1;Phone;Name\nu-2;Asha;7\n", "1;2;3\nu-2;name;id\n"]
)
def test_a_row_of_people_gives_no_column_its_name(rows: str) -> None:
    assert outcome(f"Kürzel;Leiter;Zone\n{rows}") == (2, 2, [])


def test_a_single_column_of_identities_has_no_title() -> None:
    assert outcome("identity\nname\nphone\n") == (2, 2, [])


def test_missing_last_cells_are_blank() -> None:
    content = "identity,Phone,Name,City\nu-1,+919000011122\nu-2\n,+919000011123\n"
    assert outcome(content) == (3, 2, [4])


@pytest.mark.parametrize(
    "identity",
    [
        *("9.19E+11", "9,19E+11", "9E+11", "-9.19e+11", "9.19E11"),
        *("#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#REF!", "#N/A", "#WERT!", "#¡VALOR!"),
        *("#N/D", "#¿NOMBRE?", "#GETTING_DATA", "Loading...", "[object Object]", "<null>"),
        *("########", "-", ".", "--", "?", "_", "N.A.", "TBD", "TRUE"),
    ],
)
def test_strangers_do_not_become_one_person(identity: str) -> None:
    assert outcome(f"identity,Phone\n{identity},+919000011122\n") == (1, 0, [2])


@pytest.mark.parametrize(
    "text",
    [
        'identity, Phone, Name\na-1, +919000011122, "Rao, Asha"\n',
        'identity; "Phone";  Name\na-1;+919000011122; "Rao, Asha" \n',
        '\ufeff\ufeffidentity,\u200bPhone,Name\na-1,+919000011122,"Rao, Asha"\n',
    ],
)
def test_blanks_behind_delimiters_and_unseen_signs_in_names_change_nothing(text: str) -> None:
    read = checked(text)
    assert [column["name"] for column in read["columns"]] == ["identity", "Phone", "Name"]
    assert (read["good"], read["refused"], read["first"]["name"]) == (1, [], "Rao, Asha")


@pytest.mark.parametrize("identity", ["#12", "A-1.5", "1e5", "12.5", "a@example.com", "#vip"])
def test_ordinary_identities_stay_what_they_are(identity: str) -> None:
    assert checked(f"identity,City\n{identity},Pune\n")["first"]["identity"] == identity


@pytest.mark.parametrize(
    "phone",
    [
        *("p:+919000011122", '="919000011122"', '="+91 90000 11122"', "919000011122.0"),
        *("wa.me/919000011122", "https://wa.me/919000011122", "tel:+91-90000-11122"),
        "https://api.whatsapp.com/send?phone=919000011122",
        "https://api.whatsapp.com/send/?phone=919000011122&text=Hi+there",
        "https://wa.me/+919000011122?text=Hi%20there",
    ],
)
def test_phones_are_read_as_exports_and_links_spell_them(phone: str) -> None:
    found = checked(f"identity,Phone\nu-1,{phone}\n")
    assert (found["refused"], found["first"].get("phone")) == ([], "+919000011122")


def test_a_refused_row_in_one_piece_is_nobody_when_it_comes_back() -> None:
    content = 'Row,Reason,identity,Phone\n2,Why,"u-1,+919000011122,x"\n3,Why,u-2,\n'
    assert outcome(content) == (2, 1, [2])
