"""Custom lists and segments, and who is in them."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.people import PERSON, shown, told
from campaigns.audience.filling_lists import put_into, take_from
from campaigns.audience.filtering import Wanted
from campaigns.audience.lists import LONGEST_NAME, delete_list, list_called
from campaigns.audience.paging import page_of
from campaigns.audience.segments.knowing import fault_of, rule_of
from campaigns.audience.segments.reading import RuleRefused
from campaigns.audience.segments.saving import save_segment
from campaigns.audience.source import found_by
from campaigns.models import CustomList, ListMember, Profile, Segment, SegmentSize
from providers.api import schemas
from providers.api.base import ApiView
from providers.api.bodies import read_fields, read_object
from providers.api.fields import not_right
from providers.api.listing import QUERY, Asked, Listing, Page, page_by_number, page_schema
from providers.api.listing import page_of as listing_page_of
from providers.api.operations import Operation
from providers.api.problems import Problem, WrongPart, wrong_value
from providers.api.repeats import once
from providers.api.rows import row_of
from providers.models import Project, Scope
from providers.names.visible_names import hidden_in

MOST_PEOPLE = 1_000
LONGEST_IDENTITY = 255
SIZES_SHOWN = 30  # days
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
NAME_WRONG = f"A name has 1 to {LONGEST_NAME} characters."

LIST = schemas.record(
    {
        "id": schemas.whole(),
        "name": schemas.text(),
        "created_at": schemas.moment(),
    },
    name="List",
)
SEGMENT = schemas.record(
    {
        "id": schemas.whole(),
        "name": schemas.text(),
        "people": schemas.or_null(schemas.whole("As last counted; null before that.")),
        "counted_at": schemas.or_null(schemas.moment()),
        "created_at": schemas.moment(),
        "changed_at": schemas.moment(),
    },
    name="Segment",
)
ONE_SEGMENT = schemas.record(
    {
        **SEGMENT["properties"],
        "rule": schemas.OBJECT,
        "fault": schemas.text("Why it finds nobody at all; empty where it can be used."),
        "sizes": schemas.list_of(
            schemas.record(
                {"day": {"type": "string", "format": "date"}, "people": schemas.whole()}
            ),
            most=SIZES_SHOWN,
        ),
    },
    name="SegmentInFull",
)
IDENTITIES = schemas.record(
    {"identities": schemas.list_of(schemas.text(most=LONGEST_IDENTITY), most=MOST_PEOPLE)},
    name="Identities",
)
CHANGED = schemas.record(
    {
        "changed": schemas.whole("How many came or went."),
        "unknown": schemas.list_of(
            schemas.whole("The places, from 0, of identities that nobody has.")
        ),
    },
    name="ListChange",
)


def told_list(custom_list: CustomList) -> dict[str, Any]:
    return {
        "id": custom_list.pk,
        "name": custom_list.name,
        "created_at": custom_list.created_at,
    }


class Lists(Listing):
    scopes = {"GET": Scope.READ, "POST": Scope.WRITE}
    of = "lists"
    operations = {
        "GET": Operation(
            name="list_lists", summary="Read lists", query=QUERY, answer=page_schema(LIST)
        ),
        "POST": Operation(
            name="create_list",
            summary="Make an empty list",
            status=HTTPStatus.CREATED,
            body=schemas.record({"name": schemas.text(most=LONGEST_NAME)}),
            answer=LIST,
        ),
    }

    def page(self, asked: Asked, **_place: Any) -> Page:
        lists = CustomList.objects.filter(project=self.project)
        return page_by_number(lists, asked, told_list)

    @once
    def post(self, request: Request) -> Response:
        given = read_fields(read_object(request), {"name": str}, needed=["name"])
        made = list_called(self.project, _name_of(given), by=self.actor)
        return Response(told_list(made), HTTPStatus.CREATED)


class OneList(ApiView):
    scopes = {"GET": Scope.READ, "DELETE": Scope.WRITE}
    operations = {
        "GET": Operation(
            name="get_list",
            summary="Read one list",
            answer=schemas.record({**LIST["properties"], "people": schemas.whole()}),
        ),
        "DELETE": Operation(
            name="delete_list",
            summary="Delete a list",
            said="Its people stay in the project. Refused while a campaign or a segment uses it.",
            answer=schemas.record({"deleted": schemas.BOOLEAN}),
        ),
    }

    def get(self, _request: Request, number: int) -> Response:
        found = row_of(CustomList.objects.all(), self.project, number)
        people = ListMember.objects.filter(custom_list=found).count()
        return Response(told_list(found) | {"people": people})

    @once
    def delete(self, _request: Request, number: int) -> Response:
        delete_list(row_of(CustomList.objects.all(), self.project, number), by=self.actor)
        return Response({"deleted": True})


class ListPeople(Listing):
    """Who is in a list; POST puts people into it, DELETE takes them out of it."""

    scopes = {"GET": Scope.READ, "POST": Scope.WRITE, "DELETE": Scope.WRITE}
    of = "list-people"
    operations = {
        "GET": Operation(
            name="list_people_of_list",
            summary="Read who is in a list",
            query=QUERY,
            answer=page_schema(PERSON),
        ),
        "POST": Operation(
            name="put_into_list",
            summary="Put people into a list",
            said="By their identities. Who is in it already stays in it once.",
            body=IDENTITIES,
            answer=CHANGED,
        ),
        "DELETE": Operation(
            name="take_from_list",
            summary="Take people out of a list",
            said="By their identities. They stay in the project.",
            body=IDENTITIES,
            answer=CHANGED,
        ),
    }

    def page(self, asked: Asked, **place: Any) -> Page:
        custom_list = self._list(place["number"])
        members = ListMember.objects.filter(custom_list=custom_list, profile__gt=asked.place or 0)
        numbers = members.order_by("profile").values_list("profile_id", flat=True)
        return _people(self.project, list(numbers[: asked.most + 1]), most=asked.most)

    @once
    def post(self, request: Request, number: int) -> Response:
        custom_list, identities = self._list(number), _identities_of(request)
        source = found_by(self._with(identities).values("pk"), of="wanted")
        changed = put_into(custom_list, source, by=self.actor)
        return Response({"changed": changed, "unknown": self._unknown(identities)})

    @once
    def delete(self, request: Request, number: int) -> Response:
        custom_list, identities = self._list(number), _identities_of(request)
        source = found_by(self._with(identities).values("pk"), of="wanted")
        changed = take_from(custom_list, source, by=self.actor)
        return Response({"changed": changed, "unknown": self._unknown(identities)})

    def _list(self, number: int) -> CustomList:
        return row_of(CustomList.objects.select_related("project"), self.project, number)

    def _with(self, identities: Sequence[str]) -> "QuerySet[Profile]":
        return Profile.objects.of(self.project).filter(identity__in=identities)

    def _unknown(self, identities: Sequence[str]) -> list[int]:
        """Their places: answers are kept for repeats, and hold nobody's identity."""
        known = set(self._with(identities).values_list("identity", flat=True))
        return [place for place, identity in enumerate(identities) if identity not in known]


class Segments(Listing):
    scopes = {"GET": Scope.READ, "POST": Scope.WRITE}
    of = "segments"
    operations = {
        "POST": Operation(
            name="create_segment",
            summary="Make a segment",
            said="By a rule, as the chapter about segments describes it. How many people it holds "
            "is counted within some minutes.",
            status=HTTPStatus.CREATED,
            body=schemas.record({"name": schemas.text(most=LONGEST_NAME), "rule": schemas.OBJECT}),
            answer=SEGMENT,
        ),
        "GET": Operation(
            name="list_segments",
            summary="Read segments",
            said="With how many people each held when it was last counted.",
            query=QUERY,
            answer=page_schema(SEGMENT),
        ),
    }

    def page(self, asked: Asked, **_place: Any) -> Page:
        segments = with_sizes(Segment.objects.filter(project=self.project))
        return page_by_number(segments, asked, told_segment)

    @once
    def post(self, request: Request) -> Response:
        fields = {"name": str, "rule": dict}
        given = read_fields(read_object(request), fields, needed=["name", "rule"])
        segment = Segment(project=self.project, name=_name_of(given), rule=given["rule"])
        try:
            save_segment(segment, by=self.actor)
        except RuleRefused as refused:
            raise _faulty(refused) from None
        made = with_sizes(Segment.objects.filter(pk=segment.pk)).get()
        return Response(told_segment(made), HTTPStatus.CREATED)


class OneSegment(ApiView):
    scopes = {"GET": Scope.READ}
    operations = {
        "GET": Operation(
            name="get_segment",
            summary="Read one segment",
            said="With its rule, and its sizes of the last 30 days.",
            answer=ONE_SEGMENT,
        )
    }

    def get(self, _request: Request, number: int) -> Response:
        segments = with_sizes(Segment.objects.select_related("project"))
        segment = row_of(segments, self.project, number)
        sizes = SegmentSize.objects.filter(segment=segment).order_by("-day")[:SIZES_SHOWN]
        more = {
            "rule": segment.rule,
            "fault": fault_of(segment),
            "sizes": [{"day": size.day, "people": size.people} for size in sizes],
        }
        return Response(told_segment(segment) | more)


class SegmentPeople(Listing):
    of = "segment-people"
    operations = {
        "GET": Operation(
            name="list_people_of_segment",
            summary="Read whom a segment finds now",
            said="The newest first. A page may have fewer records than there is room for, or none, "
            "and still a next one, where few of very many are in it.",
            query=QUERY,
            answer=page_schema(PERSON),
        )
    }

    def page(self, asked: Asked, **place: Any) -> Page:
        segment = row_of(Segment.objects.select_related("project"), self.project, place["number"])
        wanted = Wanted(self.project, rule_of(segment))
        found = page_of(wanted, before=asked.place, most=asked.most)
        people = shown(Profile.objects.of(self.project).filter(pk__in=found.numbers))
        return Page([told(person) for person in people.order_by("-pk")], found.before)


def with_sizes(segments: "QuerySet[Segment]") -> "QuerySet[Segment]":
    """Each with `people`, as last counted."""
    newest = SegmentSize.objects.filter(segment=OuterRef("pk")).order_by("-day")
    return segments.annotate(people=Subquery(newest.values("people")[:1]))


def told_segment(segment: Any) -> dict[str, Any]:
    return {
        "id": segment.pk,
        "name": segment.name,
        "people": segment.people,
        "counted_at": segment.counted_at,
        "created_at": segment.created_at,
        "changed_at": segment.changed_at,
    }


def _people(project: Project, numbers: Sequence[int], *, most: int) -> Page:
    """In the order of their numbers; who was erased meanwhile is left out."""
    here = numbers[:most]
    people = shown(Profile.objects.of(project).filter(pk__in=here)).order_by("pk")
    page = listing_page_of([{}] * len(numbers), numbers, most=most)
    return Page([told(person) for person in people], page.place)


def _identities_of(request: Request) -> list[str]:
    given: Mapping[str, Any] = read_fields(
        read_object(request), {"identities": list}, needed=["identities"]
    )
    identities: list[Any] = given["identities"]
    if len(identities) > MOST_PEOPLE:
        raise not_right(
            wrong_value(
                "identities", f"At most {MOST_PEOPLE:,} at once: send the others in another."
            )
        )
    for place, identity in enumerate(identities):
        if not isinstance(identity, str) or not identity or not identity.isprintable():
            raise not_right(
                wrong_value(f"identities.{place}", "It is no text of visible characters.")
            )
        if len(identity) > LONGEST_IDENTITY:
            raise not_right(
                wrong_value(
                    f"identities.{place}", f"It has more than {LONGEST_IDENTITY} characters."
                )
            )
    return identities


def _name_of(given: Mapping[str, Any]) -> str:
    name: str = given["name"].strip()
    if not name or len(name) > LONGEST_NAME:
        raise not_right(wrong_value("name", NAME_WRONG))
    if hidden := hidden_in(name):
        raise not_right(wrong_value("name", hidden))
    return name


def _faulty(refused: RuleRefused) -> Problem:
    parts = [
        WrongPart(f"rule.{fault.path}".rstrip("."), "rule", fault.words) for fault in refused.faults
    ]
    return Problem(UNPROCESSABLE, "body.wrong", "The rule is not right.", errors=parts)
