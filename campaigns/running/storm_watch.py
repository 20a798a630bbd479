"""Pauses a campaign that fails everybody, before it has, and says what to do.

Only what would meet others, too, counts: no answer that is worth another try, and no cause that
lies with one person. An answer in doubt counts as a failure, since a million doubts are one, too.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings

from campaigns.gates.explaining import explain
from campaigns.models import Campaign
from campaigns.pace import storms
from campaigns.pace.storms import Outcome, Storm, ToldBy
from campaigns.running.lifecycle import pause_all, pause_one
from providers.models import IncidentKind
from providers.watch import counting, incidents
from providers.watch.counting import Counted

LONG_NUMBER = re.compile(r"\+?\d{6,}")
WAITS = "whoever was not called yet still waits."


def watch_for_storms(outcomes: Iterable[Outcome], *, told: ToldBy = "answers") -> None:
    """The oldest first."""
    if not settings.SEND_STORM_WINDOW:
        return
    by_campaign = defaultdict[tuple[int, int], list[Outcome]](list)
    for outcome in outcomes:
        by_campaign[outcome.project_id, outcome.campaign_id].append(outcome)
    for (project_id, campaign_id), mine in by_campaign.items():
        failures = [outcome.failed for outcome in mine]
        if storm := storms.note(project_id, campaign_id, failures, told=told):
            _pause(storm, [outcome for outcome in mine if outcome.failed][-1])


def _pause(storm: Storm, latest: Outcome) -> None:
    detail = _in_words(storm, latest)
    reason = f"{IncidentKind.STORM.label}. {detail}"
    if storm.of_one:
        paused = pause_one(latest.campaign_id, reason=reason)
    else:
        paused = pause_all(latest.project_id, reason=reason)
    if paused:
        counting.add(Counted.STORMS)
        incidents.report(latest.project_id, IncidentKind.STORM, detail=detail)


def _in_words(storm: Storm, latest: Outcome) -> str:
    """For the project's people: Gupshup's text without anybody's number."""
    explanation = explain(latest.reason, latest.code)
    text = LONG_NUMBER.sub("…", latest.detail).strip()
    quoted = f" (“{text}”)" if text and text not in explanation.meaning else ""
    return (
        f"{_who_failed(storm, latest.campaign_id)} before everybody meets the same. "
        f"The latest: {explanation.meaning}{quoted}. {explanation.way_out}".rstrip()
        + f" Then resume the campaign: {WAITS}"
    )


def _who_failed(storm: Storm, campaign_id: int) -> str:
    all_of_them = storm.failed == storm.among
    some = f"{storm.failed:,} of the last {storm.among:,} messages"
    failed = f"the last {storm.failed} messages" if all_of_them else some
    failed = f"{failed} failed or got no clear answer"
    if not storm.of_one:
        return f"{failed[0].upper()}{failed[1:]}, so this project's campaigns were paused"
    name = Campaign.objects.filter(pk=campaign_id).values_list("name", flat=True).first()
    return f"{name}: {failed}, so the campaign was paused"
