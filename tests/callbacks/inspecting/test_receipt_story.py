"""What a callback's page shows of its body."""

from callbacks.inspecting.receipt_story import MOST_SHOWN, body_text, is_cut
from callbacks.models import Receipt


def test_what_is_shown_whole_is_not_called_cut() -> None:
    """Letters count, not their bytes."""
    letters = "न" * MOST_SHOWN
    whole, longer = Receipt(body=letters.encode()), Receipt(body=f"{letters}न".encode())
    assert (body_text(whole), is_cut(whole)) == (letters, False)
    assert (body_text(longer), is_cut(longer)) == (letters, True)
