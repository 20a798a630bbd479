"""People by the beginnings of words, from the index of them."""

from django.db import connection

from campaigns.audience.words.folding import whole, words_of
from providers.models import Project

MOST_WORDS = 8
FOUND = """
SELECT profile_id FROM campaigns_profilewords WHERE words @@ %s::tsquery LIMIT %s
"""


def with_words(project: Project, text: str, *, most: int) -> list[int]:
    """Who has all of these words, each by its beginning and in any order, or an e-mail that begins
    like this. Any that are found, at most so many."""
    query = _query(project, text)
    if not query:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [query, most])
        return [pk for (pk,) in cursor.fetchall()]


def _query(project: Project, text: str) -> str:
    email = _begins(project, whole(text)) if whole(text) else ""
    words = [] if "@" in text else words_of(text)[:MOST_WORDS]
    name = " & ".join(_begins(project, word) for word in words)
    return " | ".join(part for part in (name, email) if part)


def _begins(project: Project, word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{project.pk}:{quoted}':*"
