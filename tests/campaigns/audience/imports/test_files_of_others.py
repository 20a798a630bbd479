"""Files as Google, Shopify and Meta write them, and those that hold no key of their owner's."""

import pytest

from campaigns.audience.imports.cautioning import LIKE_NAMES, NO_PHONE, OR_PHONE, PHONE_IS_KEY
from tests.campaigns.audience.imports.checked import checked, kinds, outcome

GOOGLE = (
    "First Name,Middle Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,"
    "Phone 1 - Value\n"
    "Asha,,Rao,* myContacts,,asha@example.com,Mobile,+91 90000 11122\n"
    "Asha,,Patel,* myContacts,,,Mobile,+91 90000 11123 ::: +91 90000 11124\n"
)
SHOPIFY = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Phone,Phone,"
    "Total Spent,Tags\n"
    "'6540817006801,Asha,Rao,asha@example.com,yes,,'+919000011122,1250.00,vip\n"
    "'6540817006802,Ravi,Patel,,no,,'+919000011123,0.00,\n"
)
META_LEADS = (
    "id\tcreated_time\tad_id\tform_id\tplatform\tfull_name\tphone_number\n"
    "l:120000000000001\t2026-03-01T10:00:00+05:30\tag:12\tf:7\tfb\tAsha Rao\tp:+919000011122\n"
    "l:120000000000002\t2026-03-01T10:01:00+05:30\tag:12\tf:7\tig\tRavi\tp:+919000011123\n"
)


def first(content: str) -> tuple[str, str, str]:
    found = checked(content)["first"]
    return found["identity"], found["phone"], found["name"]


@pytest.mark.parametrize(
    ("content", "person"),
    [
        (GOOGLE, ("+919000011122", "+919000011122", "Asha")),
        (SHOPIFY, ("6540817006801", "+919000011122", "Asha")),
        (META_LEADS, ("l:120000000000001", "+919000011122", "Asha Rao")),
    ],
    ids=["google", "shopify", "meta"],
)
def test_files_of_others_are_read_as_they_are(content: str, person: tuple[str, str, str]) -> None:
    assert (first(content), outcome(content)) == (person, (2, 2, []))


def test_metas_file_comes_in_utf_16() -> None:
    found = checked(META_LEADS.encode("utf-16"))
    assert (found["encoding"], found["delimiter"], found["good"]) == ("utf-16", "\t", 2)


@pytest.mark.parametrize(
    "name",
    [
        *("Telefon", "Handynummer", "Téléphone", "Te\u0301le\u0301phone portable", "Teléfono"),
        *("फ़ोन", "फोन नंबर", "मोबाइल", "Telephone ☎\ufe0f", "Phone no."),
    ],
)
def test_phones_are_found_under_their_name_in_other_languages(name: str) -> None:
    content = f"Kundennummer;{name};City\nu-1;+919000011122;Pune\n"
    assert first(content) == ("u-1", "+919000011122", "")


@pytest.mark.parametrize("name", ["Vorname", "Prénom", "Nombre", "नाम", "First name"])
def test_people_are_called_by_their_first_names_in_other_languages(name: str) -> None:
    content = f"Kundennummer;Telefon;{name}\nu-1;+919000011122;Asha\n"
    assert first(content) == ("u-1", "+919000011122", "Asha")


@pytest.mark.parametrize("names", ["Phone,Name", "Name,Phone", "First Name,Phone", "City,Phone"])
def test_without_a_key_the_phone_is_it_and_that_is_said(names: str) -> None:
    people = ("+919000011122", "Asha"), ("+919000011123", "Asha"), ("", "Ravi")
    rows = [f"{phone},{name}" if names[0] == "P" else f"{name},{phone}" for phone, name in people]
    found = checked("\n".join([names, *rows]) + "\n")
    assert (found["good"], found["repeated"], found["warnings"]) == (2, 0, [PHONE_IS_KEY])
    assert found["first"]["identity"] == "+919000011122"
    assert found["refused"] == [
        {"row": 4, "reason": "There is no phone, which is the identity here."}
    ]


def test_two_spellings_of_a_phone_are_one_identity() -> None:
    found = checked("Phone\n9000011122\n+91 90000 11122\n")
    assert (found["good"], found["repeated"]) == (2, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "identity,Phone\nAsha,9000011122\nRavi Rao,9000011123\n",
            [LIKE_NAMES.format(label="identity", or_phone=OR_PHONE)],
        ),
        ("identity,Phone\nu-1,9000011122\nu-2,9000011123\n", []),
        ("identity,Phone\nABC,9000011122\nXYZ,9000011123\n", []),
        ("identity,City\nu-1,Pune\n", [NO_PHONE]),
        ("Name,City\nAsha,Pune\n", [LIKE_NAMES.format(label="City", or_phone=""), NO_PHONE]),
        ("आईडी,Phone\nआशा,9000011122\nरवि,9000011123\n", [PHONE_IS_KEY]),
    ],
)  # fmt: skip
def test_a_doubtful_key_is_warned_of(content: str, said: list[str]) -> None:
    assert checked(content)["warnings"] == said


def test_repeated_identities_are_warned_of() -> None:
    (warning,) = checked("identity,Phone\nu-1,9000011122\nu-1,9000011123\n")["warnings"]
    assert warning.startswith("Identities in “identity” come more than once (1 of the first 2).")


@pytest.mark.parametrize(
    ("cell", "identity"),
    [("1001.0", "1001"), ("1001.00", "1001"), ('"=""0012"""', "0012"), ("'1001", "1001"),
     ("'u.7", "'u.7"), ("1.5", "1.5"), ("v1.0", "v1.0")],
)  # fmt: skip
def test_an_identity_is_what_it_was_before_a_spreadsheet(cell: str, identity: str) -> None:
    assert checked(f"identity,Phone\n{cell},9000011122\n")["first"]["identity"] == identity


@pytest.mark.parametrize("cell", ["0.0", "9.19E+11", '"=""null"""'])
def test_what_is_nobodys_stays_nobodys(cell: str) -> None:
    assert outcome(f"identity,Phone\n{cell},9000011122\n") == (1, 0, [2])


def test_a_key_may_have_many_names() -> None:
    assert kinds("City,Customer ID,Mobile No.\nPune,7,9000011122\n") == [
        "property",
        "identity",
        "phone",
    ]
    assert kinds("Customer ID,identity,Phone\n7,u-1,9000011122\n") == [
        "property",
        "identity",
        "phone",
    ]


@pytest.mark.parametrize("name", ["Kundennr.", "Numéro client", "ID cliente", "Código cliente"])
def test_identities_are_found_under_their_name_in_other_languages(name: str) -> None:
    """Where a row comes twice, too: else the phone would take their place."""
    columns = checked(f"Phone;{name}\n9000011122;K-1\n9000011123;K-1\n")["columns"]
    assert [column["as"] for column in columns] == ["phone", "identity"]
