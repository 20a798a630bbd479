"""Pages are called what the sidebar calls them, not what their tables are called."""

from typing import Any

from django import template
from django.db.models import Model
from django.template.context import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from config.console.filter_chips import Chip, chips_of
from config.console.filter_chips import search_cleared as address_without_search
from config.console.navigation import chapter_here, title_at

register = template.Library()


@register.filter
def sidebar_title(part: dict[str, Any]) -> str:
    """The name of a step of the header's path; a row's own name stays as it was written."""
    title = part["title"]
    if isinstance(title, Model):
        return str(title)
    return title_at(str(part.get("link", ""))) or capfirst(str(title))


@register.simple_tag(takes_context=True)
def sidebar_title_here(context: RequestContext) -> str:
    """What the sidebar calls this very page; empty for the pages below it."""
    return title_at(context["request"].path)


@register.simple_tag(takes_context=True)
def page_title(context: RequestContext) -> str:
    """What stands in the browser's tab, the most telling word first."""
    if here := title_at(context["request"].path):
        return f"{here} · Kabootar"
    section = _section(context.get("opts"))
    original = context.get("original")
    shown = [str(original)] if original and not isinstance(original, str) else []
    if section and not shown and (own := context.get("own_title")):
        shown = [str(own)]
    if section and not shown and context.get("add"):
        shown = ["New"]
    if not section:
        shown = [str(context.get("title") or "")]
    return " · ".join(part for part in [*shown, section, "Kabootar"] if part)


def _section(opts: Any) -> str:
    if opts is None:
        return ""
    try:
        link = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    except NoReverseMatch:
        return ""
    return title_at(link) or capfirst(str(opts.verbose_name_plural))


@register.filter
def without_statements(field: Any) -> Any:
    """Of a field on whose value the showing of others may depend: no other waits for a field that
    the theme would listen to by statements."""
    if not isinstance(field.field, dict):
        widget = field.field.field.widget
        getattr(widget, "widget", widget).attrs.pop("x-init", None)
    return field


@register.simple_tag
def filter_chips(cl: Any) -> list[Chip]:
    return chips_of(cl)


@register.simple_tag
def search_cleared(cl: Any) -> str:
    return address_without_search(cl)


@register.simple_tag(takes_context=True)
def help_here(context: RequestContext) -> str:
    return reverse("admin:help", args=[chapter_here(context["request"])])
