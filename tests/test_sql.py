"""Which app's tables our SQL names: an app's own, and few others, each for a reason."""

import ast
import re
from collections.abc import Iterator

from django.apps import apps

from tests.test_architecture import LINE, app_of, modules

# Where a statement must join or write what another app keeps, in one go. Each line is a table that
# can't be changed in its own app alone: a new one wants that app to offer the SQL instead.
CROSSINGS = {
    # What holds everybody up, asked in the claim itself.
    ("campaigns.sending.taking_over", "providers_installation"),
    ("campaigns.sending.finding_due", "providers_provider"),
    ("campaigns.gates.quiet_hours", "providers_project"),
    ("campaigns.gates.trial_mode", "providers_provider"),
    ("campaigns.gates.frequency_cap", "providers_project"),
    # Which phones Gupshup was told of: read with the claim, written with the results.
    ("campaigns.sending.claiming", "providers_gatewayconsent"),
    ("campaigns.sending.recording", "providers_gatewayconsent"),
    ("campaigns.sending.telling_opt_outs", "providers_gatewayconsent"),
    ("campaigns.feedback.replies", "providers_project"),
    # By whose clock, asked in each upload of events that a live campaign waits for.
    ("campaigns.running.listening", "providers_project"),
    ("campaigns.results.backlog", "providers_provider"),
    # Of the newest replies, the conversation that each one leads to.
    ("campaigns.results.what_followed", "providers_conversation"),
    ("campaigns.audience.growth", "providers_project"),
    # Who wants which mail, asked of all projects at once.
    ("campaigns.results.mails.planning", "providers_membership"),
    ("campaigns.results.mails.planning", "providers_project"),
    ("campaigns.results.mails.planning", "providers_user"),
    # At the door, where each query more costs every callback.
    ("callbacks.receiving.authentication", "providers_callbackkey"),
    ("callbacks.receiving.authentication", "providers_callbacksource"),
    ("callbacks.receiving.authentication", "providers_project"),
    ("callbacks.receiving.refusing", "providers_project"),
    ("callbacks.receiving.refusing", "providers_refusedcallback"),
    ("callbacks.inbox.auto_replies", "providers_conversation"),
    ("callbacks.inbox.conversations", "providers_conversation"),
    # Whether a template that is kept is still as it was, by whose project moments are read in it.
    ("templates_app.keeping.reading_by_name", "providers_project"),
    # Millions of parked facts beside millions of messages.
    ("callbacks.receipts.unparking", "campaigns_gatewayid"),
    ("callbacks.receipts.unparking", "campaigns_message"),
    ("callbacks.inspecting.watching", "campaigns_event"),
    # Beside each of millions of answers, who wrote it.
    ("callbacks.inbox.inbound_file", "campaigns_profile"),
}
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|TRUNCATE|ONLY)\s+(\w+)")


def strings(module: str) -> Iterator[str]:
    """All that stands between quotes, also between the holes of f-strings."""
    for node in ast.walk(ast.parse(modules()[module].read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def tables() -> dict[str, str]:
    """Table → the app whose it is."""
    return {
        model._meta.db_table: model._meta.app_label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in LINE
    }


def crossings() -> set[tuple[str, str]]:
    owners = tables()
    return {
        (module, table)
        for module in modules()
        for text in strings(module)
        for table in NAMED.findall(text)
        if owners.get(table, app_of(module)) != app_of(module)
    }


def test_sql_names_tables_of_another_app_only_where_it_must() -> None:
    assert crossings() == CROSSINGS


def test_a_table_of_another_app_is_noticed() -> None:
    assert NAMED.findall("WITH x AS (SELECT 1)\nDELETE FROM providers_project p") == [
        "providers_project"
    ]
    assert tables()["providers_project"] == "providers"


def statements(module: str) -> Iterator[str]:
    """Each text as a whole, with holes for what an f-string fills in."""
    for node in ast.walk(ast.parse(modules()[module].read_text())):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


CHOSEN_AGAIN = re.compile(r"\bIN \((?P<inner>\s*SELECT\b[^()]*(?:\([^()]*\)[^()]*)*)\)")


def chosen_again(statement: str) -> list[str]:
    """What PostgreSQL may choose anew for each row that it compares, since a limit or a lock keeps
    it from joining: a million times a million where its statistics tell of an empty table, and with
    a limit more than was asked for. `= ANY(ARRAY(SELECT …))` chooses once."""
    return [
        found["inner"]
        for found in CHOSEN_AGAIN.finditer(statement)
        if re.search(r"\b(LIMIT|FOR (NO KEY )?UPDATE)\b", found["inner"])
    ]


def test_what_is_limited_or_locked_is_chosen_once() -> None:
    assert [
        (module, found)
        for module in modules()
        for statement in statements(module)
        for found in chosen_again(statement)
    ] == []


def test_what_is_chosen_again_is_noticed() -> None:
    limited = "\n    SELECT key FROM x WHERE at < now() LIMIT 5"
    assert chosen_again(f"DELETE FROM x WHERE key IN ({limited})") == [limited]
    assert chosen_again("DELETE FROM x WHERE key IN (SELECT key FROM y)") == []
