"""Rows of a list that somebody ticks; static/campaigns/people.js counts them."""

from django.db.models import Model
from django.http import QueryDict
from django.utils.html import format_html

from providers.admin.row_numbers import row_number

TICKED = "who"
MOST_TICKED = 1_000  # by hand; more are found by a filter
TICK_ALL = format_html(
    '<input type="checkbox" class="action-toggle kp-tick" data-ticks-all aria-label="{}">',
    "Tick all on this page",
)


def tick_box(row: Model) -> str:
    return format_html(
        '<input type="checkbox" name="{}" value="{}" class="kp-tick" aria-label="Tick {}">',
        TICKED,
        row.pk,
        row,
    )


def ticked_in(given: QueryDict) -> tuple[int, ...]:
    """Each in a field of its own, or all in one."""
    texts = ",".join(given.getlist(TICKED))[: MOST_TICKED * 20].split(",")
    numbers = [number for text in texts if (number := row_number(text))]
    return tuple(dict.fromkeys(numbers))[:MOST_TICKED]
