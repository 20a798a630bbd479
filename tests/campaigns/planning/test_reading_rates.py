"""A rate card is taken as a whole, or refused in words that name the row."""

import pytest

from campaigns.planning.reading_rates import LARGEST, RateCardError, Rates, read_rates

HEAD = "country,category,price,currency\n"


def refusal(text: str | bytes) -> str:
    with pytest.raises(RateCardError) as refused:
        read_rates(text.encode() if isinstance(text, str) else text)
    return str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}IN,marketing,0.7846,INR\nIN,utility,0.115,INR\nUS,MARKETING,2,inr\n",
        (
            "\ufeffPrice; Currency; Category ;Country\r\n0.7846;INR;Marketing;India\r\n"
            "0.115;INR;Utility;india\r\n;;;\r\n2;INR;marketing;United States\r\n"
        ),
    ],
)
def test_a_card_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert read_rates(text.encode()) == Rates(
        "INR", {"IN": {"MARKETING": "0.7846", "UTILITY": "0.115"}, "US": {"MARKETING": "2"}}
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (",marketing,1,INR", "Row 2: the country is missing. Write its two letters, like IN."),
        ("Atlantis,marketing,1,INR", "Row 2: “Atlantis” is no country. "),
        ("IN,spam,1,INR", "Row 2: “spam” is no category. Write one of marketing, utility, "),
        ("IN,marketing,cheap,INR", "Row 2: “cheap” is no price. Write digits with a point"),
        ("IN,marketing,-1,INR", "“-1” is no price"),
        ("IN,marketing,NaN,INR", "“NaN” is no price"),
        ("IN,marketing,1e3,INR", "“1e3” is no price"),
        ("IN,marketing,٣,INR", "“٣” is no price"),
        ('IN,marketing,"0,78",INR', "“0,78” is no price"),
        ("IN,marketing,1,₹", "Row 2: “₹” is no currency. Write its three letters, like INR."),
        ("IN,marketing", "Row 2: “” is no price"),
        (
            "IN,marketing,1,INR\nUS,marketing,1,USD",
            "Row 2 is in INR and row 3 in USD. A rate card has one currency.",
        ),
        (
            "IN,marketing,1,INR\nindia,MARKETING,2,INR",
            "Row 3: India, Marketing stands in row 2 already.",
        ),
        ("", "There is no price in the file."),
    ],
)
def test_what_is_wrong_names_its_row_and_the_way_out(rows: str, said: str) -> None:
    assert said in refusal(HEAD + rows)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The column “country” is missing."),
        ("country,category,price\nIN,marketing,1", "The column “currency” is missing."),
        (b"\xff\xfe\x00", "The file is no CSV file in UTF-8."),
        (f'{HEAD}"{"x" * 200_000}"', "The file can't be read as CSV."),
        (b" " * (LARGEST + 1), "The file is too large: a rate card has at most 1 MB."),
        (HEAD + "," * 3 + "\n,,,\n" * 100_000, "The file has more than 2,000 rows."),
        (HEAD + "\n" * 2_001, "The file has more than 2,000 rows."),
    ],
)
def test_what_is_no_rate_card_is_refused(text: str | bytes, said: str) -> None:
    assert said in refusal(text)


def test_a_file_is_read_no_further_than_the_first_row_that_is_too_many() -> None:
    assert "more than 2,000 rows" in refusal(HEAD + "\n" * 2_001 + "x" * 200_000)
    assert "can't be read as CSV" in refusal(HEAD + "\n" * 2_000 + "x" * 200_000)


def test_of_many_faults_the_first_are_named() -> None:
    said = refusal(HEAD + "XX,marketing,1,INR\n" * 9)
    assert (said.count("“XX”"), said[-36:]) == (5, " 4 more rows have to be mended, too.")
