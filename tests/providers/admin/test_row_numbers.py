import pytest

from providers.admin.row_numbers import row_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("0", 0),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, 0),
        ("9" * 5000, 0),
        ("", 0),
        ("-7", 0),
        ("7 ", 0),
        ("٧", 0),
        ("²", 0),
    ],
)
def test_only_what_can_be_a_rows_number_is_one(text: str, number: int) -> None:
    assert row_number(text) == number
