"""The small coloured word that says how something stands."""

from django.utils.html import format_html


def pill(colour: str, words: object, *, title: str = "") -> str:
    """`colour` is green, amber, red, blue or grey; `title` shows when somebody points at it."""
    if title:
        return format_html('<span class="kb-pill kb-{}" title="{}">{}</span>', colour, title, words)
    return format_html('<span class="kb-pill kb-{}">{}</span>', colour, words)
