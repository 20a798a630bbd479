"""Reading what there is many of: page by page, each told where the next one goes on.

A cursor is opaque and signed. It is good for one list of one project, whatever the filters, and as
long as the installation keeps its SECRET_KEY: where a page ends is a number, not a position, so
nothing comes twice or is left out when rows come or go meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from providers.api import schemas
from providers.api.base import ApiView
from providers.api.problems import Problem
from providers.api.queries import Reader, a_number_up_to
from providers.api.schemas import Schema
from providers.models import Project, Scope

USUAL, MOST = 100, 500  # records of a page
LONGEST_CURSOR = 300
_SALT = "providers.api_cursor"
BAD_CURSOR = (
    "This cursor is not one of this list in this project. Take it as it stood in “next” of the "
    "page before, or begin without one."
)

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Asked:
    """`place`: behind which row, or whatever the list counts by, the page begins."""

    place: int | None
    most: int
    filters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """`place`: where the next page goes on, None where there is none."""

    records: list[dict[str, Any]]
    place: int | None


class Listing(ApiView):
    """`of` names the list in its cursors."""

    scopes = {"GET": Scope.READ}
    of: ClassVar[str]

    def get(self, _request: Request, **place: Any) -> Response:
        page = self.page(self._asked(), **place)
        following = page.place and make_cursor(self.project, self.of, page.place)
        return Response({"records": page.records, "next": following})

    def page(self, asked: Asked, **place: Any) -> Page:
        raise NotImplementedError

    def filters(self) -> Mapping[str, Reader]:
        """The parameters beside those."""
        return {}

    def parameters(self) -> Mapping[str, Reader]:
        return {"limit": a_number_up_to(MOST), "cursor": str, **self.filters()}

    def _asked(self) -> Asked:
        given = dict(self.query)
        cursor, most = given.pop("cursor", None), given.pop("limit", USUAL)
        place = None if cursor is None else read_cursor(self.project, self.of, cursor)
        return Asked(place, most, given)


def page_by_number(
    rows: "QuerySet[Row]", asked: Asked, tell: Callable[[Row], dict[str, Any]]
) -> Page:
    """The oldest first."""
    found = list(rows.filter(pk__gt=asked.place or 0).order_by("pk")[: asked.most + 1])
    return page_of([tell(row) for row in found], [row.pk for row in found], most=asked.most)


def page_of(records: list[dict[str, Any]], places: Iterable[int], *, most: int) -> Page:
    """Of one more than there is room for, where there are more."""
    if len(records) <= most:
        return Page(records, None)
    return Page(records[:most], list(places)[most - 1])


def make_cursor(project: Project, of: str, place: int) -> str:
    return signing.dumps([project.pk, of, place], salt=_SALT)


def read_cursor(project: Project, of: str, cursor: str) -> int:
    """Raises Problem."""
    try:
        found = signing.loads(cursor if len(cursor) <= LONGEST_CURSOR else "", salt=_SALT)
    except signing.BadSignature:
        found = None
    match found:
        case [project.pk, str(name), int(place)] if name == of:
            return place
    raise Problem(HTTPStatus.BAD_REQUEST, "cursor.unreadable", BAD_CURSOR)


QUERY: Mapping[str, Schema] = {
    "limit": schemas.whole(f"Records of a page; {USUAL} without it.", least=1, most=MOST),
    "cursor": schemas.text("“next” of the page before."),
}


def page_schema(of: Schema) -> Schema:
    following = schemas.or_null(schemas.text("The cursor of the next page; null at the end."))
    return schemas.record({"records": schemas.list_of(of), "next": following})
