"""How people agreed to get messages: words that are kept with each change of MSG-whatsapp."""

from providers.refusals import Refusal

LONGEST = 500  # characters, as the columns that keep them have


class ConsentError(Refusal):
    code = "consent.too_long"


def check_consent(words: str) -> None:
    """Raises ConsentError: evidence is kept whole or not at all."""
    if len(words) > LONGEST:
        raise ConsentError(f"How people agreed fits into {LONGEST} characters.")
