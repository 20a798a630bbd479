"""What stands beside the link of a file, on whichever page asks for one.

A page that uses them loads templates_app/media_tools.css and media_tools.js.
"""

from django import template

from templates_app.values.media_links import why_no_uploads

register = template.Library()


@register.inclusion_tag("templates_app/widgets/media_tools.html")
def media_tools(header: str = "") -> dict[str, object]:
    """Upload a file, have the link checked; within an element `data-media`, which holds the link's
    input. Without `header` the page's form says of which kind the file is."""
    return {"header": header, "takes_uploads": not why_no_uploads()}


@register.inclusion_tag("templates_app/widgets/media_note.html")
def media_note() -> dict[str, str]:
    """Once on a page: why there is nothing to upload with, and what works instead."""
    return {"why": why_no_uploads()}
