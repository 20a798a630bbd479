"""A source says which people of a project are meant: everybody, a list, whatever a rule finds.

It is SQL for their ids, and the same wherever they are counted, shown or launched. Whether they may
get a message is not asked here: see gates/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class AudienceSource:
    """`sql` gives the ids of profiles in one column, in any order; one that comes twice is one
    person. Its `parameters` go by name, with those of the statement it becomes a part of: `project`
    is always there, and other names begin with what the source is of (`list`, `retry_of`).

    Where it is a `rule`, whoever asks in many places evaluates it once."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    is_rule: bool = False

    @property
    def condition(self) -> str:
        """SQL of p, a profile of the project: it is meant."""
        return "true" if self == EVERYBODY else f"p.id IN ({self.sql})"


EVERYBODY = AudienceSource("SELECT id FROM campaigns_profile WHERE project_id = %(project)s")
NOBODY = AudienceSource("SELECT id FROM campaigns_profile WHERE false")


def members_of(list_id: int) -> AudienceSource:
    return AudienceSource(
        "SELECT l.profile_id FROM campaigns_listmember l WHERE l.custom_list_id = %(list)s",
        {"list": list_id},
    )
