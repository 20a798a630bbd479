"""GET /1/profile.json, /1/profiles.json and POST /1/delete/profiles.json: what is known of one, of
all whom a query finds, and erasing."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from http import HTTPStatus
from time import time
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.clevertap.queries import document_of, read_query
from campaigns.api.people import shown
from campaigns.audience.erasing.ordering import ErasureError, erase
from campaigns.audience.event_sums import EventSum, sums_of, sums_of_each
from campaigns.audience.filtering import Wanted
from campaigns.audience.paging import HIGHEST, page_of
from campaigns.audience.segments.estimating import limited_to
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import Group
from campaigns.models import Profile
from providers.api.bodies import object_in, read_fields, read_object
from providers.api.clevertap import CleverTapView
from providers.api.problems import Problem
from providers.api.queries import Reader, a_number_up_to, a_text
from providers.models import Scope
from providers.secrets.encryption import UnreadableSecretError, decrypt, encrypt

MOST_ERASED = 100
PATIENCE = 5_000  # milliseconds; no index has e-mail addresses
NOT_ONE = "Ask for one person, by “identity” or by “email”. Kabootar knows no devices."
UNKNOWN = "Nobody in this project is called so."
MOST_IN_BATCH, MOST_AT_ONCE = 5_000, 500
CURSOR_LIVES = 4 * 86_400  # seconds
LONGEST_QUERY = 3_000  # characters: it has to fit into an address
_KIND = "clevertap profiles"
TOO_LONG = "This query is too long to be walked through: ask for less at once."
BAD_CURSOR = "This cursor is not one of this project's, or older than four days. Ask anew by POST."
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
        return Response({"status": "success", "record": _told(person, sums_of(person))})


class DownloadProfiles(CleverTapView):
    """Whom a query finds, the newest first: POST gives a cursor, GET the people from there on. The
    client for Node has its query in the address, and asks by GET both times."""

    scopes = {"POST": Scope.READ, "GET": Scope.READ}

    def readers(self, method: str) -> Mapping[str, Reader]:
        size = {"batch_size": a_number_up_to(MOST_IN_BATCH)}
        return {**size, "cursor": str, "query": str} if method == "GET" else size

    def post(self, request: Request) -> Response:
        return self._begun(read_object(request))

    def _begun(self, query: Mapping[str, Any]) -> Response:
        document = document_of(self.project, read_query(query))
        if document is not None:
            self._rule(document)
        most = min(self.query.get("batch_size", MOST_AT_ONCE), MOST_AT_ONCE)
        cursor = _Cursor(self.project.pk, document, most, HIGHEST, int(time()))
        return Response({"status": "success", "cursor": cursor.as_text()})

    def get(self, _request: Request) -> Response:
        if "query" in self.query:
            return self._begun(object_in(self.query["query"].encode(errors="replace")))
        cursor = _Cursor.read(self.query.get("cursor", ""), self.project.pk)
        if cursor.document is None:
            return Response({"status": "success", "records": []})
        wanted = Wanted(self.project, self._rule(cursor.document))
        page = page_of(wanted, before=cursor.before, most=cursor.most)
        told: dict[str, Any] = {"status": "success", "records": self._records(page.numbers)}
        if page.before is not None:
            told["next_cursor"] = replace(cursor, before=page.before).as_text()
        return Response(told)

    def _rule(self, document: dict[str, Any]) -> Group:
        try:
            return read_rule(document, known_of(self.project))
        except RuleRefused as refused:
            raise Problem(HTTPStatus.BAD_REQUEST, "body.wrong", str(refused)) from None

    def _records(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        people = shown(Profile.objects.of(self.project).filter(pk__in=numbers)).order_by("-pk")
        sums = sums_of_each(self.project.pk, numbers)
        return [_told(person, sums.get(person.pk, [])) for person in people]


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Stands in an address, which logs keep, and a rule may name a person: so it is encrypted.
    `document` is the rule; None finds nobody."""

    project_id: int
    document: dict[str, Any] | None
    most: int
    before: int
    at: int

    def as_text(self) -> str:
        said = json.dumps([_KIND, *astuple(self)])
        if len(said) > LONGEST_QUERY:
            raise Problem(HTTPStatus.BAD_REQUEST, "body.wrong", TOO_LONG)
        return encrypt(said)

    @classmethod
    def read(cls, text: str, project_id: int) -> "_Cursor":
        """Raises Problem."""
        try:
            kind, *said = json.loads(decrypt(text))
            cursor = cls(*said) if kind == _KIND else None
        except (UnreadableSecretError, ValueError, TypeError):
            cursor = None
        if cursor is None or cursor.project_id != project_id or time() - cursor.at > CURSOR_LIVES:
            raise Problem(HTTPStatus.BAD_REQUEST, "cursor.unreadable", BAD_CURSOR)
        return cursor


class DeleteProfiles(CleverTapView):
    """Erased within a minute, with whatever else is kept of them. Whom nobody knows is gone."""

    scopes = {"POST": Scope.WRITE}

    def post(self, request: Request) -> Response:
        identities = _identities(read_object(request))
        people = Profile.objects.of(self.project).filter(identity__in=identities)
        with suppress(ErasureError):  # all of them are gone, or on their way
            erase(self.project, people, by=self.actor)
        return Response({"status": "success"})


def _told(person: Any, sums: Iterable[EventSum]) -> dict[str, Any]:
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
            for each in sums
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
