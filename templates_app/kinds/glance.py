"""A template in one line, for lists and choices: how its text begins, and its picture."""

from dataclasses import dataclass

from templates_app.kinds.preview import HeaderPreview
from templates_app.models import Template
from templates_app.wording.components import Header, Wording
from templates_app.wording.markup import to_plain
from templates_app.wording.reading import read_wording

LONGEST = 90


@dataclass(frozen=True, slots=True)
class Glance:
    text: str = ""
    picture: str = ""  # the path of a file of ours


def glance_at(template: Template) -> Glance:
    """Takes the current version along, so load it with the template."""
    if template.current is None:
        return Glance()
    wording = read_wording(template.current.content)
    body = " ".join(to_plain(wording.body.text).split()) if wording.body else ""
    text = body if len(body) <= LONGEST else f"{body[: LONGEST - 1].rstrip()}…"
    return Glance(text=text, picture=_picture(wording))


def _picture(wording: Wording) -> str:
    first: Header | None = wording.header
    if first is None and wording.cards:
        first = wording.cards[0].header
    return HeaderPreview(kind=first.kind, media_url=first.media_sample).own_picture if first else ""
