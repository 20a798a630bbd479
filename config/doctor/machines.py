"""Do our own machines work: clocks and workers."""

from datetime import timedelta
from statistics import median

from config.doctor.findings import Finding, Patient, fails, passes, unknown
from config.ops.silent_workers import silent_queues
from config.queues import QUEUES
from providers.models import Heartbeat
from providers.watch.heartbeats import silences, skew_here

MOST_SKEW = 2.0  # seconds between our own machines
MOST_REPORT_SKEW = 30.0  # seconds to Gupshup's clock; a report takes a while
_CLOCK = "Ask your operator to switch on time synchronization (NTP) on every server."


def clocks(patient: Patient) -> Finding:
    skews = [*Heartbeat.objects.values_list("skew", flat=True), skew_here()]
    worst = max(skews, key=abs)
    if abs(worst) > MOST_SKEW:
        return fails(
            f"The clocks of this installation's servers differ by {abs(worst):,.0f} seconds.",
            _CLOCK,
        )
    return _gupshups_clock(patient) or passes("The clocks agree.")


def _gupshups_clock(patient: Patient) -> Finding | None:
    """A report from before the sending, or from the future, tells of a wrong clock."""
    lags = [
        (row.reported_at - row.sent_at).total_seconds()
        for row in patient.sent_between(timedelta(days=1), timedelta(0))
        if row.sent_at and row.reported_at
    ]
    if not lags:
        return None
    future = max(
        (row.reported_at - patient.now).total_seconds()
        for row in patient.messages
        if row.reported_at
    )
    if median(lags) < -MOST_REPORT_SKEW:
        ahead = -median(lags)
        return fails(
            f"By Gupshup's clock messages arrive {ahead:,.0f} seconds before they are sent: this"
            " server's clock is ahead.",
            _CLOCK,
        )
    if future > MOST_REPORT_SKEW:
        return fails(
            f"Gupshup's reports come {future:,.0f} seconds from the future: this server's clock is"
            " behind.",
            _CLOCK,
        )
    return None


def workers(_patient: Patient) -> Finding:
    seen = silences()
    silent = silent_queues(seen)
    if not silent:
        return passes("All workers and the scheduler are alive.")
    if len(silent) == len(QUEUES):
        if not seen:
            return unknown("No worker has been heard of yet.", "Start the workers and beat.")
        return fails(
            "No worker has been heard of for a while: the workers or the scheduler (beat) stand"
            " still.",
            "Ask your operator to look whether beat, Redis and the workers run.",
        )
    return fails(
        f"Not heard of for a while: the workers of the queue {' and '.join(silent)}.",
        "Ask your operator to start them.",
    )
