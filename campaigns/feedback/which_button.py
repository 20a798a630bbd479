"""Which button of a message somebody clicked: by the wording that it was sent with.

Each link of a message is told by the words on its button. The tails of links differ from person to
person, so by their addresses there would be as many links as people.
"""

from collections.abc import Mapping, Sequence

from django.db import connection

from campaigns.models import LONGEST_BUTTON
from templates_app.models import TemplateVersion
from templates_app.wording.components import Button, ButtonKind, Wording
from templates_app.wording.reading import read_wording

# Holding them: of two clicks of one person in two workers, one comes first, so that of each button
# the person is counted once.
_VERSIONS = """
SELECT m.id, v.version_id FROM campaigns_message m
JOIN campaigns_variant v ON v.id = m.variant_id
WHERE m.id = ANY(%s::bigint[]) ORDER BY m.id FOR NO KEY UPDATE OF m
"""


def buttons_of(pairs: Sequence[tuple[int, str]]) -> list[str]:
    """Of a message's number and an address each, the words of the button; empty where it was none,
    but a link in the text, or nobody knows what the message said."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [sorted({message_id for message_id, _ in pairs})])
        version_of: dict[int, int] = dict(cursor.fetchall())
    links = _links_by_version(set(version_of.values())) if version_of else {}
    return [_button(url, links.get(version_of.get(pk, 0), {})) for pk, url in pairs]


def links_of(wording: Wording) -> dict[str, str]:
    """The words of each button with a link, and how its addresses begin. Cards name their place,
    since most have the same words."""
    found = {_words(button): button.prefix for button in wording.buttons if _is_link(button)}
    for place, card in enumerate(wording.cards or (), start=1):
        for button in filter(_is_link, card.buttons):
            found[_words(button, f"Card {place}: ")] = button.prefix
    return found


def replies_of(wording: Wording) -> list[str]:
    """The words of its quick replies; the same on several cards are one."""
    everywhere = [*wording.buttons, *(b for card in wording.cards or () for b in card.buttons)]
    replies = (_words(b) for b in everywhere if b.kind is ButtonKind.QUICK_REPLY)
    return list(dict.fromkeys(replies))


def _links_by_version(ids: set[int]) -> dict[int, dict[str, str]]:
    contents = TemplateVersion.objects.filter(pk__in=ids).values_list("pk", "content")
    return {pk: links_of(read_wording(content)) for pk, content in contents}


def _button(url: str, links: Mapping[str, str]) -> str:
    """Of two that begin alike, the one that says more of the address."""
    fitting = [(len(prefix), words) for words, prefix in links.items() if url.startswith(prefix)]
    return max(fitting)[1] if fitting else ""


def _is_link(button: Button) -> bool:
    return button.kind is ButtonKind.URL


def _words(button: Button, before: str = "") -> str:
    return f"{before}{button.label}"[:LONGEST_BUTTON]
