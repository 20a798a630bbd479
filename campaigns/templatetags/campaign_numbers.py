"""Numbers as people read them."""

from django import template

from providers.gateway.named_parts import as_told

register = template.Library()


@register.filter
def count(number: int) -> str:
    """Like 1,204,000."""
    return f"{number:,}"


@register.filter
def speed(per_second: float) -> str:
    """Like 18.4 below a hundred, 1,180 above."""
    is_whole = per_second >= 100 or per_second == int(per_second)
    return f"{per_second:,.0f}" if is_whole else f"{per_second:.1f}"


@register.filter
def code(kept: str) -> str:
    """As Gupshup has it."""
    return as_told(kept)
