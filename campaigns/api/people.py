"""People, read and erased by programs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.storing_one import BODY, STORED, store_person
from campaigns.api.uploads import UploadedProfiles
from campaigns.audience.erasing.ordering import erase
from campaigns.audience.last_seen import last_seen
from campaigns.audience.reachability import blocked_phone, with_reason
from campaigns.models import Profile, Reason
from providers.api import schemas
from providers.api.base import ApiView
from providers.api.bodies import read_object
from providers.api.listing import QUERY, Asked, Listing, Page, page_by_number, page_schema
from providers.api.operations import Operation
from providers.api.queries import NotReadable, Reader, a_text
from providers.api.repeats import once
from providers.api.rows import row_of
from providers.models import Project, Scope
from providers.phones.numbers import PhoneError, read_phone

UNREACHABLE = [
    Reason.INVALID_PHONE,
    Reason.NO_PHONE,
    Reason.NOT_SUBSCRIBED,
    Reason.NUMBER_BLOCKED,
]
PERSON = schemas.record(
    {
        "id": schemas.whole("Kabootar's own number."),
        "identity": schemas.text("Your own key for this person."),
        "phone": schemas.text("With + and country code; empty where there is none."),
        "name": schemas.text(),
        "email": schemas.text(),
        "language": schemas.text(),
        "time_zone": schemas.text(),
        "MSG-whatsapp": schemas.or_null(schemas.BOOLEAN),
        "MSG-dndWhatsApp": schemas.BOOLEAN,
        "marketing_stopped": schemas.BOOLEAN | {"description": "In WhatsApp itself."},
        "unreachable": schemas.or_null(
            schemas.one_of(UNREACHABLE, "Why no campaign reaches them; null where one does.")
        ),
        "is_test": schemas.BOOLEAN,
        "properties": schemas.OBJECT,
        "first_seen_at": schemas.moment(),
        "last_seen_at": schemas.moment(),
    },
    name="Person",
)


def told(person: Any) -> dict[str, Any]:
    """Of a row of `shown`."""
    return {
        "id": person.pk,
        "identity": person.identity,
        "phone": person.phone,
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "time_zone": person.time_zone,
        "MSG-whatsapp": person.subscribed,
        "MSG-dndWhatsApp": person.is_blocked,
        "marketing_stopped": person.no_marketing,
        "unreachable": person.unreachable or None,
        "is_test": person.is_test,
        "properties": person.properties,
        "first_seen_at": person.first_seen_at,
        "last_seen_at": person.seen_at,
    }


def shown(people: "QuerySet[Profile]") -> "QuerySet[Profile]":
    return with_reason(people).annotate(is_blocked=blocked_phone(), seen_at=last_seen())


def match_key_of(given: str, project: Project) -> int:
    """Raises NotReadable."""
    try:
        return read_phone(given, default_country=project.default_country).match_key
    except PhoneError as problem:
        raise NotReadable(problem.reason) from None


class People(Listing, UploadedProfiles):
    """GET reads people, POST sends them in, PUT one of them."""

    scopes = {"GET": Scope.READ, "POST": Scope.WRITE, "PUT": Scope.WRITE}
    of = "profiles"
    operations = {
        **UploadedProfiles.operations,
        "GET": Operation(
            name="list_profiles",
            summary="Read people",
            said="The oldest first; or only those with this identity or phone.",
            query={**QUERY, "identity": schemas.text(), "phone": schemas.text()},
            answer=page_schema(PERSON),
        ),
        "PUT": Operation(
            name="store_profile",
            summary="Make or change one person",
            said="By their identity, or by their phone. What isn't there stays as it is; where "
            "something can't be kept, nothing is stored.",
            body=BODY,
            answer=STORED,
        ),
    }

    def filters(self) -> Mapping[str, Reader]:
        return {"identity": a_text, "phone": lambda given: match_key_of(given, self.project)}

    def page(self, asked: Asked, **_place: Any) -> Page:
        people = Profile.objects.of(self.project)
        if "identity" in asked.filters:
            people = people.filter(identity=asked.filters["identity"])
        if "phone" in asked.filters:
            people = people.filter(match_key=asked.filters["phone"])
        return page_by_number(shown(people), asked, told)

    @once
    def put(self, request: Request) -> Response:
        return Response(store_person(self.project, read_object(request), by=self.actor))


class Person(ApiView):
    """One of the project's people, by Kabootar's own number."""

    scopes = {"GET": Scope.READ, "DELETE": Scope.WRITE}
    operations = {
        "GET": Operation(name="get_profile", summary="Read one person", answer=PERSON),
        "DELETE": Operation(
            name="erase_profile",
            summary="Erase one person",
            said="For good, with their messages and whatever else is kept of them; done within a "
            "minute. The same as Erase in the console.",
            status=HTTPStatus.ACCEPTED,
            answer=schemas.record({"erasure": schemas.whole(), "people": schemas.whole()}),
        ),
    }

    def get(self, _request: Request, number: int) -> Response:
        people = shown(Profile.objects.of(self.project))
        return Response(told(row_of(people, self.project, number)))

    @once
    def delete(self, _request: Request, number: int) -> Response:
        people = Profile.objects.of(self.project).filter(pk=number)
        if not people.exists():
            raise Http404
        erasure = erase(self.project, people, by=self.actor)
        answer = {"erasure": erasure.pk, "people": erasure.people}
        return Response(answer, HTTPStatus.ACCEPTED)
