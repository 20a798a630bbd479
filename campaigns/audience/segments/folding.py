"""Small and capital letters are equal, accents are not; the same in SQL and in Python.

PostgreSQL's own `lower` depends on how a database was made, and with some it knows A to Z alone.
"""

from collections.abc import Iterable

# Alphabets with capitals: Latin, Greek, Cyrillic, Armenian; Vietnamese and old Greek further on.
_ALPHABETS = (*range(0x80, 0x590), *range(0x1E00, 0x2000))
_PAIRS = {
    letter: letter.lower()
    for letter in map(chr, _ALPHABETS)
    if letter != letter.lower() and len(letter.lower()) == 1
}
_CAPITALS, _SMALL = "".join(_PAIRS), "".join(_PAIRS.values())
_TABLE = str.maketrans({**_PAIRS, **{letter: letter.lower() for letter in map(chr, range(65, 91))}})


def folded(text: str) -> str:
    return text.translate(_TABLE)


def folded_sql(text: str, *, beside: Iterable[str] | None = None) -> str:
    """Most texts are plain ASCII, and `translate` is slow. Where it is compared with nothing but
    ASCII (`beside`), no other letter makes a difference: none of them folds into ASCII."""
    plain = f'lower({text} COLLATE "C")'
    if beside is not None and all(map(str.isascii, beside)):
        return plain
    return (
        f"CASE WHEN octet_length({text}) = char_length({text}) THEN {plain}"
        f" ELSE translate({plain}, '{_CAPITALS}', '{_SMALL}') END"
    )
