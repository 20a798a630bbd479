"""A rule → a source of people: the SQL that estimates, samples and launches all use."""

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
    return AudienceSource(rule.ids(statement), statement.parameters, is_rule=True)
