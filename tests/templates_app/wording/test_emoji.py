import pytest

from templates_app.wording.emoji import count_emoji


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Hello 1 # *", 0),
        ("\u2122 \u00a9 \u2194 \u2139", 0),
        ("\u2122\ufe0f", 1),
        ("\u2764 \u2764\ufe0f", 2),
        ("1\ufe0f\u20e3", 1),
        ("\U0001f44d\U0001f3fd", 1),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 1),
        ("\U0001f1ee\U0001f1f3", 1),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 1),
        # Running, facing right: of Unicode 15.1.
        ("\U0001f3c3\u200d\u2642\u200d\u27a1\ufe0f", 1),
        ("a\U0001f600b\U0001f600", 2),
    ],
)
def test_emoji_are_counted_as_people_see_them(text: str, count: int) -> None:
    assert count_emoji(text) == count
