"""Numbers that documents tell are those of the code."""

from datetime import timedelta as span
from functools import cache
from importlib import import_module

import pytest

from campaigns.models import Reason
from tests.test_docs import ROOT

MB = 1024 * 1024
# A page, what it says there, where the number stands, and the number.
TOLD: list[tuple[str, str, str, object]] = [
    ("SECURITY.md", "at most six threads", "config.console.fair_share.AT_ONCE", 6),
    ("SECURITY.md", "holds three threads", "providers.api_keys.ceilings.AT_ONCE", 3),
    ("SECURITY.md", "have taken two minutes", "config.console.fair_share.SAVED", 120),
    ("docs/operations.md", "for half a minute at most", "config.console.fair_share.OWED", 30),
    ("docs/operations.md", "answers within two seconds", "config.ops.readiness.PATIENCE", 2),
    ("docs/operations.md", "answers within four seconds", "config.ops.measuring.PATIENCE", 4),
    ("docs/operations.md", "heard of in the last minute", "config.ops.silent_workers.LATE", 60),
    ("docs/operations.md", "up to 100,000", "campaigns.results.backlog.MOST", 100_000),
    ("docs/operations.md", "up to 100,000", "callbacks.inspecting.backlog.MOST", 100_000),
    ("docs/operations.md", "every five seconds", "providers.watch.counting.EVERY", 5),
    ("docs/api.md", "Three calls of a key", "providers.api_keys.ceilings.AT_ONCE", 3),
    ("docs/api.md", "at most 100,000 lists", "providers.api.bodies.MOST_PARTS", 100_000),
    ("docs/api.md", "more than 1,000 names", "providers.api.bodies.MOST_NAMES", 1_000),
    ("docs/api.md", "Fifty are named", "campaigns.audience.uploads.typed_values.MOST_NAMED", 50),
    ("docs/people.md", "five for one name from one place",
     "providers.people.sign_in_limits.TRIES_FROM_A_PLACE", 5),
    ("docs/people.md", "sixty from one address",
     "providers.people.sign_in_limits.TRIES_FROM_AN_ADDRESS", 60),
    ("docs/people.md", "for a quarter of an hour",
     "providers.people.sign_in_limits.WINDOW", span(minutes=15)),
    ("docs/people.md", "as keyed digests, for an hour",
     "providers.people.sign_in_limits.KEPT", span(hours=1)),
    ("docs/people.md", "the ten recovery codes", "providers.people.two_factor.RECOVERY_CODES", 10),
    ("docs/people.md", "works once, for 7 days",
     "providers.models.invitation.INVITATION_LASTS", span(days=7)),
    ("docs/people.md", "for a week", "providers.network.whitelist.REFUSALS_KEPT", span(days=7)),
    ("docs/people.md", "Sessions last a week", "config.settings.base.SESSION_COOKIE_AGE", 604_800),
    ("docs/people.md", "good for a day", "config.settings.base.PASSWORD_RESET_TIMEOUT", 86_400),
    ("docs/ip-whitelist.md", "shown for a day",
     "providers.network.whitelist.REFUSALS_SHOWN", span(hours=24)),
    ("docs/ip-whitelist.md", "seen in the last hour",
     "providers.network.whitelist.OBSERVATION_LASTS", span(hours=1)),
    ("docs/ip-whitelist.md", "within five seconds",
     "callbacks.receiving.authentication.KEPT_SECONDS", 5),
    ("docs/doctor.md", "five or more messages", "config.doctor.callbacks.ENOUGH_SENT", 5),
    ("docs/doctor.md", "by more than 30", "config.doctor.machines.MOST_REPORT_SKEW", 30),
    ("docs/doctor.md", "at most every ten minutes",
     "config.doctor.examining.REACHABLE_LASTS", span(minutes=10)),
    ("docs/doctor.md", "within an hour is not mailed again",
     "providers.watch.incident_mails.QUIET", span(hours=1)),
    ("docs/inbox.md", "24 hours after a person's last message",
     "callbacks.inbox.conversations.WINDOW", span(hours=24)),
    ("docs/inbox.md", "same text within ten seconds",
     "callbacks.inbox.team_answers.PRESSED_TWICE", span(seconds=10)),
    ("docs/inbox.md", "up to 16 MiB", "providers.network.fetching.LIMIT", 16 * MB),
    ("docs/importing.md", "up to 1 GB", "campaigns.audience.imports.uploading.LARGEST", 1024 * MB),
    ("docs/importing.md", "300 columns", "campaigns.audience.imports.reading.MOST_COLUMNS", 300),
    ("docs/importing.md", "1 MB a row", "campaigns.audience.imports.reading.LONGEST_LINE", MB),
    ("docs/importing.md", "up to 512 characters",
     "campaigns.audience.imports.values.LONGEST_TEXT", 512),
    ("docs/importing.md", "three such interruptions",
     "campaigns.audience.imports.lease.MOST_TRIES", 3),
    ("docs/importing.md", "25,000 rows, two at a time",
     "campaigns.audience.imports.saving.CHUNK", 25_000),
    ("docs/events.md", "up to 120 characters",
     "campaigns.audience.uploads.event_names.LONGEST_NAME", 120),
    ("docs/events.md", "| 512. Put", "campaigns.audience.uploads.catalogue.MOST_KINDS", 512),
    ("docs/events.md", "to 24 hours ahead",
     "campaigns.audience.uploads.event_times.AHEAD", span(hours=24)),
    ("docs/events.md", "256 an event, and 256 under one name",
     "campaigns.audience.uploads.event_properties.MOST_PROPERTIES", 256),
    ("docs/events.md", "same event for 7 days",
     "campaigns.audience.uploads.seen_ids.KEPT", span(days=7)),
    ("docs/segments.md", "at most 3 deep", "campaigns.audience.segments.reading.DEEPEST", 3),
    ("docs/segments.md", "at most 50 conditions",
     "campaigns.audience.segments.reading.MOST_CONDITIONS", 50),
    ("docs/segments.md", "at most 200 with those",
     "campaigns.audience.segments.reading.MOST_IN_ALL", 200),
    ("docs/segments.md", "at most 30 of them",
     "campaigns.audience.segments.reading.MOST_OF_EVENTS", 30),
    ("docs/segments.md", "10 deep in each other",
     "campaigns.audience.segments.reading.DEEPEST_INSIDE", 10),
    ("docs/segments.md", "first 200 segments",
     "campaigns.audience.segments.explaining.MOST_SEGMENTS", 200),
    ("docs/segments.md", "waits two seconds",
     "campaigns.audience.segments.slow_estimates.PATIENCE", 2_000),
    ("docs/segments.md", "longer than 50 seconds",
     "campaigns.audience.segments.estimating.PATIENCE_OF_A_WORKER", 50_000),
    ("docs/segments.md", "kept for five minutes",
     "campaigns.pace.kept_figures.KEPT_FOR", span(minutes=5)),
    ("docs/campaigns.md", "at most 25 parts", "campaigns.audience.choosing.MOST_PARTS", 25),
    ("docs/campaigns.md", "at most 10 variants", "campaigns.models.campaign.MOST_VARIANTS", 10),
    ("docs/campaigns.md", "4 in a test", "campaigns.models.campaign.MOST_TEST_VARIANTS", 4),
    ("docs/campaigns.md", "from 1 to 168", "campaigns.models.campaign.LONGEST_TEST", 168),
    ("docs/campaigns.md", "fewer than 250 in a variant",
     "campaigns.admin.campaigns.variant_rows.FEW_TESTED", 250),
    ("docs/campaigns.md", "at most eight seconds", "campaigns.planning.opening_links.SECONDS", 8),
    ("docs/campaigns.md", "three tries", "campaigns.planning.opening_links.MOST_TRIES", 3),
    ("docs/campaigns.md", "more than 10,000 people", "campaigns.planning.dry_run.EXACT", 10_000),
    ("docs/results.md", "up to 1,000 points", "campaigns.results.series.MOST_POINTS", 1_000),
    ("docs/results.md", "below 60 points", "campaigns.results.series.ENOUGH_POINTS", 60),
    ("docs/results.md", "two to five campaigns", "campaigns.results.comparing.FEWEST", 2),
    ("docs/results.md", "two to five campaigns", "campaigns.results.comparing.MOST", 5),
    ("docs/results.md", "the newest 50",
     "campaigns.results.comparing.MOST_OF_A_TEMPLATE", 50),
    ("docs/results.md", "in the last 30 days", "config.console.dashboard.DAYS", 30),
    ("docs/results.md", "Up to 20 of a project",
     "campaigns.results.exports.asking.MOST_WAITING", 20),
    ("docs/results.md", "for 2 days", "campaigns.results.exports.keeping.LASTS", span(days=2)),
    ("docs/results.md", "after 90 days",
     "campaigns.results.exports.keeping.ROWS_KEPT", span(days=90)),
    ("docs/sending.md", "first 100,000 get their rows",
     "campaigns.running.writing_chunks.CHUNK", 100_000),
    ("docs/sending.md", "Campaigns leave 16 of them",
     "campaigns.sending.loop.KEPT_FOR_URGENT", 16),
    ("docs/sending.md", "a tenth of a second of the rate",
     "campaigns.pace.rate.BURST_SECONDS", 0.1),
    ("docs/sending.md", "down to 2 %", "campaigns.pace.rate.SLOWEST", 0.02),
    ("docs/sending.md", "at most 300, spread", "campaigns.sending.judging.LONGEST_DELAY", 300),
    ("docs/templates.md", "up to 1,024 characters", "templates_app.rules.texts.BODY_MAX", 1_024),
    ("docs/templates.md", "up to 600 characters",
     "templates_app.rules.offers.BODY_MAX_IN_OFFERS", 600),
    ("docs/templates.md", "Documents are looked at up to 16 MB",
     "templates_app.media.hosting.LOOKED_AT", 16 * MB),
    ("docs/templates.md", "more than 4 MB", "templates_app.incoming.uploads.LARGEST", 4 * MB),
    ("docs/api.md", "up to 1,000 records", "campaigns.api.uploads.MOST_RECORDS", 1_000),
    ("docs/api.md", "pages of 100", "providers.api.listing.USUAL", 100),
    ("docs/api.md", "500 at most", "providers.api.listing.MOST", 500),
    ("docs/api.md", "For 24 hours a repeat",
     "providers.api_keys.answering_once.KEPT", span(hours=24)),
    ("docs/api.md", "at most 5 MiB", "providers.api.bodies.MOST_BYTES", 5 * MB),
    ("docs/api.md", "at most 20 deep", "providers.api.bodies.DEEPEST", 20),
    ("docs/clevertap.md", "up to 1,000 records", "providers.api.clevertap.MOST_RECORDS", 1_000),
    ("docs/clevertap.md", "Three calls of a key", "providers.api_keys.ceilings.AT_ONCE", 3),
    ("docs/clevertap.md", "keeps 100 texts", "campaigns.audience.imports.values.MOST_TEXTS", 100),
    ("docs/clevertap.md", "more than 256 properties",
     "campaigns.audience.uploads.event_properties.MOST_PROPERTIES", 256),
]  # fmt: skip


@cache
def text_of(page: str) -> str:
    return " ".join((ROOT / page).read_text().replace("**", "").split())


@pytest.mark.parametrize(("page", "words", "place", "number"), TOLD)
def test_a_number_is_that_of_the_code(page: str, words: str, place: str, number: object) -> None:
    module, _, name = place.rpartition(".")
    assert words in text_of(page)
    assert getattr(import_module(module), name) == number


def test_every_reason_is_told_of() -> None:
    told = text_of("docs/sending.md")
    assert {reason for reason in Reason if f"| `{reason}` |" not in told} == set()
