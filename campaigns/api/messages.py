"""Messages and what became of each."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign, Message, MessageKind, Outbox, OutboxState, Reason, State
from campaigns.results.finding import find_messages, run_ids_of
from campaigns.results.message_story import why
from campaigns.results.walking import Page as Walked
from campaigns.results.walking import page_by_number, page_by_person
from providers.api import schemas
from providers.api.base import ApiView
from providers.api.listing import QUERY, Asked, Listing, Page, page_schema
from providers.api.operations import Operation
from providers.api.queries import Reader, a_number, a_text, one_among
from providers.api.rows import row_of
from providers.models import Scope

KINDS = {kind.name.lower(): kind for kind in MessageKind}
STATES = {state.name.lower(): state for state in State}
SENDING = "sending"  # queued, and its call is under way
MOMENTS = ("sent_at", "delivered_at", "read_at", "clicked_at", "replied_at", "failed_at")

MESSAGE = schemas.record(
    {
        "id": schemas.whole(),
        "kind": schemas.one_of(KINDS),
        "campaign": schemas.or_null(schemas.whole()),
        "profile": schemas.or_null(schemas.whole("Kabootar's own number of the person.")),
        "phone": schemas.text(),
        "state": schemas.one_of([*STATES, SENDING]),
        "reason": schemas.or_null(
            schemas.one_of(Reason.values, "Why it was suppressed or failed; null otherwise.")
        ),
        "code": schemas.text("Gupshup's code, where it gave one."),
        "meaning": schemas.text("The reason in words; empty where there is none."),
        "created_at": schemas.moment(),
        **{name: schemas.or_null(schemas.moment()) for name in MOMENTS},
    },
    name="Message",
)


class Messages(Listing):
    """The newest first."""

    of = "messages"
    operations = {
        "GET": Operation(
            name="list_messages",
            summary="Read messages",
            said="The newest first; of a campaign, by its runs and their people. A page may have "
            "fewer records than there is room for, or none, and still a next one, where few of "
            "very many are wanted. With “about”, the newest thousand at most.",
            query={
                **QUERY,
                "campaign": schemas.whole(least=0),
                "kind": schemas.one_of(KINDS),
                "state": schemas.one_of(STATES),
                "about": schemas.text(
                    "A phone, an identity, or Gupshup's id of a message, whole.", most=300
                ),
            },
            answer=page_schema(MESSAGE),
        )
    }

    def filters(self) -> Mapping[str, Reader]:
        readers = {"kind": one_among(KINDS), "state": one_among(STATES)}
        return {"campaign": a_number, "about": a_text, **readers}

    def page(self, asked: Asked, **_place: Any) -> Page:
        filters = dict(asked.filters)
        about = filters.pop("about", None)
        if about is not None:
            filters["pk__in"] = find_messages(self.project, about)
        walked = self._walked(asked, filters)
        sending = sending_among(walked.rows)
        return Page([told(message, sending=sending) for message in walked.rows], walked.before)

    def _walked(self, asked: Asked, filters: Mapping[str, Any]) -> Walked:
        mine = Message.objects.filter(project=self.project)
        found = mine.filter(**filters)
        if "campaign" in filters and "pk__in" not in filters:
            mine_too = Campaign.objects.filter(project=self.project, pk=filters["campaign"])
            run_ids = run_ids_of(filters["campaign"]) if mine_too.exists() else []
            return page_by_person(found, run_ids=run_ids, before=asked.place, most=asked.most)
        among = mine if filters and "pk__in" not in filters else None
        return page_by_number(found, among=among, before=asked.place, most=asked.most)


class OneMessage(ApiView):
    scopes = {"GET": Scope.READ}
    operations = {"GET": Operation(name="get_message", summary="Read one message", answer=MESSAGE)}

    def get(self, _request: Request, number: int) -> Response:
        message = row_of(Message.objects.all(), self.project, number)
        return Response(told(message, sending=sending_among([message])))


def sending_among(messages: "list[Message] | QuerySet[Message]") -> set[int]:
    """Those whose call is under way."""
    queued = [message.pk for message in messages if message.state == State.QUEUED]
    claimed = Outbox.objects.filter(message__in=queued, state=OutboxState.CLAIMED)
    return set(claimed.values_list("message_id", flat=True)) if queued else set()


def told(message: Message, *, sending: set[int]) -> dict[str, Any]:
    state = SENDING if message.pk in sending else State(message.state).name.lower()
    return {
        "id": message.pk,
        "kind": MessageKind(message.kind).name.lower(),
        "campaign": message.campaign_id,
        "profile": message.profile_id,
        "phone": message.phone,
        "state": state,
        "reason": message.reason or None,
        "code": message.code,
        "meaning": why(message) if message.reason else "",
        "created_at": message.created_at,
        **{name: getattr(message, name) for name in MOMENTS},
    }
