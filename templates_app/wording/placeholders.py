"""Finding `{{1}}` or `{{first_name}}` in a text, and filling them in one pass.

Whether a text may be approved as it is written is not judged here: rules/texts.py.
"""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{\{(\d+|[a-z_][a-z0-9_]*)\}\}")
BRACED = re.compile(r"\{\{([^{}]*)\}\}")


def names_in(text: str) -> list[str]:
    """Every well-formed placeholder in order of appearance, repeats included."""
    return PLACEHOLDER.findall(text)


def sending_order(text: str) -> list[str]:
    """Each placeholder once, in the order in which the gateway wants its values."""
    names = list(dict.fromkeys(names_in(text)))
    if all(name.isdigit() for name in names):
        names.sort(key=int)
    return names


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its values; a value that holds braces itself is left as it is."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def without_placeholders(text: str) -> str:
    return PLACEHOLDER.sub("", text)
