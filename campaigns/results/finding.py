"""Finding messages and events among millions: by what an index holds, or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.audience.searching import search
from campaigns.ledger.correlation import read_msg_id, reference_of
from campaigns.models import GatewayId, Message, Profile, Run, State
from providers.models import Project
from providers.phones.numbers import PhoneError, read_phone

MOST_MESSAGES = 1_000
MOST_EVENTS = 2_000
MOST_RUNS = 5_000
MOST_NAMED = 20  # people of one name, the newest, whose messages are looked for in each run
MOST_LOOKED_AT = 100  # of a run's people, for one who got the message
LEFT = (State.SENT, State.DELIVERED, State.READ)

# One name after the other by the index, as few as there are: a DISTINCT would read all events.
NAMES = """WITH RECURSIVE names AS (
    (SELECT name FROM campaigns_event WHERE project_id = %(project)s ORDER BY name LIMIT 1)
    UNION ALL
    SELECT (SELECT e.name FROM campaigns_event e
        WHERE e.project_id = %(project)s AND e.name > names.name ORDER BY e.name LIMIT 1)
    FROM names WHERE names.name IS NOT NULL
)"""

# The newest events of each name, put together: there is no index over the events of all names.
NEWEST_EVENTS = f"""
{NAMES}
SELECT newest.id FROM names
CROSS JOIN LATERAL (
    SELECT e.id, e.at FROM campaigns_event e
    WHERE e.project_id = %(project)s AND e.name = names.name
        AND (%(name)s = '' OR e.name = %(name)s)
    ORDER BY e.at DESC LIMIT %(most)s) AS newest
ORDER BY newest.at DESC, newest.id DESC LIMIT %(most)s
"""
EVENT_NAMES = f"""
{NAMES}
SELECT name FROM names WHERE name IS NOT NULL LIMIT 200
"""


def find_messages(project: Project, text: str) -> list[int]:
    """The newest messages that `text` names: a phone in any form, a person's identity, Gupshup's
    id of a message, or our own msg_id, the whole of it; else what a name or an e-mail begins
    with."""
    wanted = text.replace("\0", "").strip()
    if not wanted:
        return []
    ids = (
        _by_reference(project, wanted)
        or _by_people(project, wanted)
        or _to_people(project, search(project, wanted)[:MOST_NAMED])
    )
    return sorted(ids, reverse=True)[:MOST_MESSAGES]


def find_people(project: Project, text: str) -> list[int]:
    """Profiles by phone in any form or by identity."""
    wanted = text.strip()
    condition = Q(identity=wanted)
    if (key := _match_key(project, wanted)) is not None:
        condition |= Q(match_key=key)
    return _values(Profile.objects.filter(condition, project=project)[:MOST_MESSAGES], "pk")


def newest_events(project: Project, *, name: str = "") -> list[int]:
    return _first_column(NEWEST_EVENTS, {"project": project.pk, "name": name, "most": MOST_EVENTS})


def event_names(project: Project) -> list[str]:
    return _first_column(EVENT_NAMES, {"project": project.pk})


def find_case(campaign_id: int, *, reason: str, code: str) -> int | None:
    """The newest message of a campaign that failed for this reason."""
    messages = Message.objects.filter(run__in=run_ids_of(campaign_id), reason=reason, code=code)
    return messages.order_by("-pk").values_list("pk", flat=True).first()


def find_example(campaign_id: int) -> int | None:
    """A message of a campaign that somebody got, the furthest among those of its first people."""
    runs = Run.objects.filter(campaign=campaign_id, skipped_because="")
    first = runs.order_by("pk").values("pk")[:1]
    messages = Message.objects.filter(run=first).order_by("profile")
    looked_at = messages.values_list("state", "pk")[:MOST_LOOKED_AT]
    got = [(state, -pk) for state, pk in looked_at if state in LEFT]
    return -max(got)[1] if got else None


def without_superseded(messages: QuerySet[Message], campaign_id: int) -> QuerySet[Message]:
    """A campaign's, one a person: of those who got a second try, that one."""
    found = messages.filter(run__in=run_ids_of(campaign_id))
    again = Run.objects.filter(campaign=campaign_id, retry_of__isnull=False).first()
    if again is None:
        return found
    later = Message.objects.filter(run=again.pk, profile=OuterRef("profile"))
    return found.exclude(Q(run=again.retry_of_id) & Exists(later))


def run_ids_of(campaign_id: int) -> list[int]:
    """Messages have an index by run, none by campaign."""
    return _values(Run.objects.filter(campaign=campaign_id), "pk")


def _by_reference(project: Project, text: str) -> list[int]:
    reference = reference_of(text) or read_msg_id(text)
    named = Message.objects.filter(project=project, pk=reference.message_id if reference else 0)
    given = GatewayId.objects.filter(project=project, external_id=text)
    return [*named.values_list("pk", flat=True), *given.values_list("message_id", flat=True)]


def _by_people(project: Project, text: str) -> set[int]:
    messages = Message.objects.filter(project=project)
    found: set[int] = set()
    if (key := _match_key(project, text)) is not None:
        found.update(_ids(messages.filter(send_key=key).order_by("-pk")))
    if people := find_people(project, text):
        found.update(_to_people(project, people))
    return found


def _to_people(project: Project, people: Sequence[int]) -> Iterator[int]:
    messages = Message.objects.filter(project=project, profile__in=people)
    with_phone = Profile.objects.filter(pk__in=people, match_key__isnull=False)
    yield from _ids(messages.filter(send_key__in=_values(with_phone, "match_key")))
    # Whoever was suppressed at the launch has no send key, but one row in each run.
    runs = Run.objects.filter(campaign__project=project).order_by("-pk")
    yield from _ids(messages.filter(run__in=_values(runs[:MOST_RUNS], "pk")))


def _ids(messages: QuerySet[Message]) -> list[int]:
    return _values(messages[:MOST_MESSAGES], "pk")


def _values(rows: QuerySet[Any], field: str) -> list[int]:
    return list(rows.values_list(field, flat=True))


def _match_key(project: Project, text: str) -> int | None:
    try:
        return read_phone(text, default_country=project.default_country).match_key
    except PhoneError:
        return None


def _first_column(sql: str, parameters: Mapping[str, str | int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
