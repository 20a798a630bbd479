"""A rule → a source of people: the SQL that estimates, samples and launches all use."""

from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.segments.rules import Group, Statement
from campaigns.audience.segments.spans import Clock
from campaigns.audience.source import AudienceSource


def condition_of_rule(rule: Group, clock: Clock) -> tuple[str, dict[str, object]]:
    """SQL of p, a profile, and b, its phone's block; with %(project)s and its own parameters."""
    statement = Statement(clock)
    return rule.sql(statement), statement.parameters


def source_of_rule(rule: Group, clock: Clock) -> AudienceSource:
    """As of that moment."""
    statement = Statement(clock)
    where = rule.sql(statement)
    join = BLOCK_JOIN if statement.needs_block else ""
    return AudienceSource(
        f"SELECT p.id FROM campaigns_profile p {join} WHERE p.project_id = %(project)s AND {where}",
        statement.parameters,
        is_rule=True,
    )
