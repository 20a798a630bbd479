"""One flag of many people, ordered at once and changed a few thousand at a time.

Whom it is about is fixed by the order: whoever comes later stays as they are. A few are changed
before the page answers, many by a worker.
"""

from django.db import connection, transaction

from campaigns.audience.changing.walking import AT_ONCE, FLAGS, walk
from campaigns.audience.source import AudienceSource
from campaigns.hints import wake_changer
from campaigns.models import PeopleChange
from providers.models import Project
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor

# Trial mode reaches test profiles alone: whoever makes everybody one would send to everybody.
MOST_TESTS = 200
ACTIONS = {
    PeopleChange.What.OPT_OUT: "profile.opted_out",
    PeopleChange.What.TEST: "profile.made_test",
    PeopleChange.What.NO_TEST: "profile.made_ordinary",
}
_PICK = """
WITH found AS MATERIALIZED (
    SELECT p.id, p.{flag} AS flag FROM campaigns_profile p {join}
    WHERE p.project_id = %(project)s AND {condition} AND {is_kept}
),
picked AS (
    INSERT INTO campaigns_changedperson (change_id, profile_id)
    SELECT %(changed)s, id FROM found WHERE flag IS DISTINCT FROM %(becomes)s ORDER BY id
    RETURNING 1
)
SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM picked)
"""


class ChangeError(Refusal):
    """Why nobody is changed, in words for whoever asked for it."""

    code = "people_change.refused"


class OtherNumberError(ChangeError):
    """They are not as many as somebody has agreed to."""

    code = "people_change.other_number"

    def __init__(self, number: int, seen: int) -> None:
        super().__init__(f"They are {number:,} now, no longer {seen:,}. Look again, then confirm.")
        self.number = number


@transaction.atomic
def change_people(
    project: Project, what: PeopleChange.What, source: AudienceSource, *, seen: int, by: Actor
) -> PeopleChange:
    """`seen` is how many people somebody was told. Of two orders for the same people the second
    finds nobody left, or has to wait. Raises ChangeError."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # of two clicks one acts
    require_nothing_under_way(project)
    change = PeopleChange.objects.create(project=project, what=what, by=by.person)
    found, change.people = _pick(change, source)
    _check(change, found, seen)
    change.save(update_fields=["people"])
    note = f"{change.people:,} {'person' if change.people == 1 else 'people'}"
    auditing.record(ACTIONS[what], by=by, project=project, target=change, note=note)
    begin(change)
    return change


def begin(change: PeopleChange) -> None:
    """At once where they are few."""
    if change.people < AT_ONCE:
        walk(change)
    else:
        wake_changer()


def require_nothing_under_way(project: Project, *, but: PeopleChange | None = None) -> None:
    """Raises ChangeError."""
    others = PeopleChange.objects.under_way().filter(project=project)
    if others.exclude(pk=but.pk if but else 0).exists():
        raise ChangeError(
            "Other people are being changed at this moment. Try again when that is done: the list"
            " of people shows how far it is.",
            code="people_change.busy",
        )


def _pick(change: PeopleChange, source: AudienceSource) -> tuple[int, int]:
    """How many it finds, and of how many the flag is another one."""
    column, becomes = FLAGS[PeopleChange.What(change.what)]
    sql = _PICK.format(
        flag=column, join=source.join, condition=source.condition, is_kept=source.is_kept
    )
    known = {"changed": change.pk, "project": change.project_id, "becomes": becomes}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**source.parameters, **known})
        found, picked = cursor.fetchone()
    return found, picked


def _check(change: PeopleChange, found: int, seen: int) -> None:
    if not change.people:
        raise ChangeError("Nobody is left to be changed: they all are so already, or gone.")
    if found != seen:
        raise OtherNumberError(found, seen)
    if change.what == PeopleChange.What.TEST and change.people > MOST_TESTS:
        raise ChangeError(
            f"Test profiles are for your team: make at most {MOST_TESTS} at once. These are"
            f" {change.people:,}.",
            code="people_change.too_many_tests",
        )
