"""A source says which people of a project are meant: everybody, a list, whatever a rule finds.

It is SQL for their ids, and the same wherever they are counted, shown or launched. Whether they may
get a message is not asked here: see gates/.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from campaigns.models import Reason


@dataclass(frozen=True, slots=True)
class AudienceSource:
    """`sql` gives the ids of profiles in one column, in any order; one that comes twice is one
    person. Its `parameters` go by name, with those of the statement it becomes a part of: `project`
    is always there, and other names begin with what the source is of (`list`, `retry_of`).

    Where it is a `rule`, whoever asks in many places evaluates it once.

    `left_out` is SQL for ids, too: whose they are gets nothing, nor anybody with the same phone.
    They stay among those who are meant, so that everybody learns why; `join` finds them.

    `where` may be the same as `sql`, as a condition of p, a profile, and b, its phone's block."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    is_rule: bool = False
    left_out: str = ""
    where: str = ""

    @property
    def condition(self) -> str:
        """SQL of p, a profile of the project: it is meant."""
        return "true" if self.sql == EVERYBODY.sql else f"p.id IN ({self.sql})"

    @property
    def condition_beside_block(self) -> str:
        """The same of p and b, its phone's block: where it can be asked so, each person is looked
        at once."""
        return self.where or self.condition

    @property
    def join(self) -> str:
        """SQL after p, for the next two. A join, as it may be a million whom no memory holds."""
        return (
            self.left_out
            and f"""
LEFT JOIN (
    SELECT DISTINCT COALESCE(other.match_key, -other.id) AS key
    FROM ({self.left_out}) AS found (id) JOIN campaigns_profile other ON other.id = found.id
) AS gone ON gone.key = COALESCE(p.match_key, -p.id)"""
        )

    @property
    def is_kept(self) -> str:
        """SQL of p: it is not left out again."""
        return "gone.key IS NULL" if self.left_out else "true"

    def reason(self, other: str) -> str:
        """SQL of p: why it gets nothing, after what other reason there may be."""
        if not self.left_out:
            return other
        return f"COALESCE({other}, CASE WHEN NOT {self.is_kept} THEN '{Reason.EXCLUDED}' END)"


EVERYBODY = AudienceSource("SELECT id FROM campaigns_profile WHERE project_id = %(project)s")
NOBODY = AudienceSource("SELECT id FROM campaigns_profile WHERE false")


def members_of(list_id: int) -> AudienceSource:
    return AudienceSource(
        "SELECT l.profile_id FROM campaigns_listmember l WHERE l.custom_list_id = %(list)s",
        {"list": list_id},
    )


def these(people: Sequence[int]) -> AudienceSource:
    return AudienceSource("SELECT unnest(%(these)s::bigint[])", {"these": list(people)})


def found_by(ids: QuerySet[Any, Any], *, of: str) -> AudienceSource:
    """Whose ids a query gives in its one column; its parameters begin with what it is `of`."""
    try:
        sql, values = ids.order_by().query.sql_with_params()
    except EmptyResultSet:
        return NOBODY
    parameters = {f"{of}_{number}": value for number, value in enumerate(values)}
    return AudienceSource(sql % tuple(f"%({name})s" for name in parameters), parameters)
