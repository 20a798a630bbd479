"""Name, language and category: what makes a template findable at Gupshup."""

import re
from collections.abc import Iterator

from templates_app.rules.problems import Problem, error, warning
from templates_app.wording.languages import LANGUAGES

NAME_MAX = 512
NAME_MAX_AT_GUPSHUP = 180
CATEGORIES = frozenset({"MARKETING", "UTILITY"})


def name_problems(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield error("NAME_REQUIRED", "name", "Give the name that the template has at Gupshup.")
    elif not re.fullmatch(r"[a-z0-9_]+", name):
        yield error(
            "NAME_CHARS", "name", "Use small letters a–z, digits and _ only, as Gupshup does."
        )
    if len(name) > NAME_MAX:
        yield error("NAME_LEN", "name", f"At most {NAME_MAX} characters; this has {len(name)}.")
    elif len(name) > NAME_MAX_AT_GUPSHUP:
        yield warning(
            "NAME_LEN_GUPSHUP",
            "name",
            f"Gupshup takes {NAME_MAX_AT_GUPSHUP} characters; this has {len(name)}.",
        )


def language_problems(language: str) -> Iterator[Problem]:
    if language not in LANGUAGES:
        yield error(
            "LANG_UNKNOWN", "language", "Pick a language from the list; codes look like en_US."
        )


def category_problems(category: str) -> Iterator[Problem]:
    if category.upper() not in CATEGORIES:
        yield error(
            "CAT_UNSUPPORTED",
            "category",
            "Only marketing and utility templates can be sent from here.",
        )
