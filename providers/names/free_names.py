"""The first name that nobody has: of a copy, of a list that is made from something."""

from typing import Any

from django.db.models import QuerySet


def first_free(named: QuerySet[Any], stem: str, numbered: str) -> str:
    """The stem itself or, where one of `named` is called so, with the first free number from 2 on;
    `numbered` says how, like "{stem} ({number})"."""
    taken = set(named.filter(name__startswith=stem).values_list("name", flat=True))
    names = (numbered.format(stem=stem, number=n) for n in range(2, len(taken) + 3))
    return stem if stem not in taken else next(name for name in names if name not in taken)
