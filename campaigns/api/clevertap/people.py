"""GET /1/profile.json and POST /1/delete/profiles.json: what is known of one, and erasing."""

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.people import shown
from campaigns.audience.erasing.ordering import ErasureError, erase
from campaigns.audience.event_sums import sums_of
from campaigns.audience.segments.estimating import limited_to
from campaigns.models import Profile
from providers.api.bodies import read_fields, read_object
from providers.api.clevertap import CleverTapView
from providers.api.problems import Problem
from providers.api.queries import Reader, a_text
from providers.models import Scope

MOST_ERASED = 100
PATIENCE = 5_000  # milliseconds; no index has e-mail addresses
NOT_ONE = "Ask for one person, by “identity” or by “email”. Kabootar knows no devices."
UNKNOWN = "Nobody in this project is called so."
NOT_IDENTITIES = f"“identity” is neither a text nor a list of 1 to {MOST_ERASED} texts."


class OneProfile(CleverTapView):
    scopes = {"GET": Scope.READ}

    def parameters(self) -> Mapping[str, Reader]:
        return {"identity": a_text, "email": a_text, "objectId": a_text}

    def get(self, _request: Request) -> Response:
        if set(self.query) not in ({"identity"}, {"email"}):
            raise Problem(HTTPStatus.BAD_REQUEST, "query.wrong", NOT_ONE)
        with limited_to(PATIENCE):
            people = Profile.objects.of(self.project).filter(**self.query)
            person = shown(people).order_by("pk").first()
        if person is None:
            raise Problem(HTTPStatus.NOT_FOUND, "not_found", UNKNOWN)
        return Response({"status": "success", "record": _told(person)})


class DeleteProfiles(CleverTapView):
    """Erased within a minute, with whatever else is kept of them. Whom nobody knows is gone."""

    scopes = {"POST": Scope.WRITE}

    def post(self, request: Request) -> Response:
        identities = _identities(read_object(request))
        people = Profile.objects.of(self.project).filter(identity__in=identities)
        with suppress(ErasureError):  # all of them are gone, or on their way
            erase(self.project, people, by=self.actor)
        return Response({"status": "success"})


def _told(person: Any) -> dict[str, Any]:
    """Of a row of `shown`."""
    return {
        "identity": person.identity,
        "email": person.email,
        "name": person.name,
        "phone": person.phone,
        "profileData": {
            **person.properties,
            "MSG-whatsapp": person.subscribed,
            "MSG-dndWhatsApp": person.is_blocked,
        },
        "events": {
            each.name: {
                "count": each.count,
                "first_seen": int(each.first_at.timestamp()),
                "last_seen": int(each.last_at.timestamp()),
            }
            for each in sums_of(person)
        },
        "platformInfo": [],
    }


def _identities(body: Mapping[str, Any]) -> list[str]:
    given = body.get("identity")
    read_fields({**body, "identity": []}, {"identity": list}, needed=["identity"])
    identities = [given] if isinstance(given, str | int) else given
    if not isinstance(identities, list) or not 1 <= len(identities) <= MOST_ERASED:
        raise Problem(HTTPStatus.BAD_REQUEST, "body.wrong", NOT_IDENTITIES)
    read = [str(each) if type(each) is int else each for each in identities]
    if not all(isinstance(each, str) and each.isprintable() and each for each in read):
        raise Problem(HTTPStatus.BAD_REQUEST, "body.wrong", NOT_IDENTITIES)
    return read
