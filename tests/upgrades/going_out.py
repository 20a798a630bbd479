"""Campaigns in every stage, and what Gupshup answered to their messages."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from campaigns.ledger.correlation import msg_id_of
from campaigns.models import Audience, AudiencePart, Campaign, CustomList
from campaigns.planning.drafting import Written, save_draft
from campaigns.running.launching import launch
from campaigns.running.lifecycle import pause, publish
from campaigns.sending.claiming import Claim, claim_bulk, claim_urgent
from campaigns.sending.finding_due import find_due
from campaigns.sending.reconciling import finish_runs
from campaigns.sending.recording import Consent, Ending, Result, doubt_lasts, record
from campaigns.tryouts.sending_tests import send_template, send_text
from config.demo.templates import OFFER, TREATS, Shown
from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project, User
from providers.phones.numbers import read_phone
from providers.watch.actors import SYSTEM, Actor
from templates_app.models import Template
from tests.factories import TestSendFactory
from tests.upgrades.audience import TESTER
from tests.upgrades.coming_back import GATEWAY_ID, post_what_is_applied, post_what_waits

STARTS_IN = timedelta(minutes=10)


def campaigns(project: Project, *, regulars: CustomList, by: User) -> dict[str, Any]:
    to_regulars = {"parts": [AudiencePart(is_left_out=False, custom_list=regulars)]}
    completed = _completed(_published(project, by, name="Spring teas", **to_regulars))
    running = _published(project, by, name="Monsoon treats")
    known = _half_sent(running)
    _send_tests(project, by=by)
    paused = _published(project, by, name="Second thoughts", **to_regulars)
    pause(paused, reason="Somebody wants to look at it once more.", by=SYSTEM)
    starts_at = timezone.now() + STARTS_IN
    scheduled = _published(project, by, name="Tomorrow's teas", starts_at=starts_at)
    draft = _draft(project, by, shown=OFFER, name="Festival offer")
    made = {
        "completed": completed,
        "running": running,
        "paused": paused,
        "scheduled": scheduled,
        "draft": draft,
    }
    return {
        "callback_key": whole_key(current_key(project)),
        "campaigns": {stage: campaign.pk for stage, campaign in made.items()},
        "messages": known,
    }


def _draft(project: Project, by: User, *, shown: Shown = TREATS, **fields: Any) -> Campaign:
    parts = fields.pop("parts", None)
    audience = Audience.SOME if parts else Audience.EVERYBODY
    campaign = Campaign(project=project, created_by=by, audience=audience, **fields)
    campaign.unsaved_parts = parts
    template = Template.objects.get(project=project, name=shown.name)
    save_draft(campaign, variants=[Written(template=template, values=shown.values)], by=SYSTEM)
    return campaign


def _published(project: Project, by: User, **fields: Any) -> Campaign:
    campaign = _draft(project, by, **fields)
    publish(campaign, by=Actor(by))
    for run in campaign.runs.all():
        launch(run.pk)
    campaign.refresh_from_db()
    return campaign


def _completed(campaign: Campaign) -> Campaign:
    _record(campaign.project, _claimed(100), ending=Ending.ACCEPTED)
    finish_runs()
    return campaign


def _half_sent(campaign: Campaign) -> dict[str, int]:
    """Four are sent, one of them under an id of Gupshup's own; two are in doubt, one is refused,
    one is claimed by a worker that never came back, and the others wait."""
    project = campaign.project
    claims = _claimed(8)
    sent, early, (reported, silent), refused, lost = (
        claims[:3], claims[3], claims[4:6], claims[6], claims[7]
    )  # fmt: skip
    _record(project, sent, ending=Ending.ACCEPTED)
    _record(project, [reported, silent], ending=Ending.IN_DOUBT, code="timed_out")
    _record(project, [refused], ending=Ending.FAILED, code="105", reason="refused")
    post_what_is_applied(project, sent)
    _record(project, [early], ending=Ending.ACCEPTED, external_id=GATEWAY_ID)
    _answer_one_stranger(project)
    post_what_waits(project, reported, sent[1])
    return {
        "early": early.message_id,
        "reported": reported.message_id,
        "silent": silent.message_id,
        "lost": lost.message_id,
    }


def _answer_one_stranger(project: Project) -> None:
    """And the confirmation of the STOP before; the other stranger still waits."""
    _record(project, claim_urgent(find_due()[0], limit=2), ending=Ending.ACCEPTED)


def _send_tests(project: Project, *, by: User) -> None:
    TestSendFactory.create(project=project, by=by)
    tester = read_phone(TESTER, default_country="IN")
    version = Template.objects.get(project=project, name=TREATS.name).current
    assert version is not None
    send_template(project, by=Actor(by), phone=tester, version=version, values=TREATS.values)
    send_text(project, by=Actor(by), phone=tester, text="Does it work?")


def _claimed(limit: int) -> list[Claim]:
    return claim_bulk(find_due()[0], limit=limit)


def _record(project: Project, claims: Sequence[Claim], *, ending: Ending, **more: Any) -> None:
    now = timezone.now()
    results = [
        Result(
            message_id=claim.message_id,
            attempt=claim.attempt,
            ending=ending,
            at=now,
            delay=doubt_lasts(),
            **({"external_id": _external_id(claim)} if ending is Ending.ACCEPTED else {}) | more,
        )
        for claim in claims
    ]
    record(results, [_consent(project, claim) for claim in claims])


def _external_id(claim: Claim) -> str:
    return f"5145722132009541678-{msg_id_of(claim.message_id, claim.attempt)}"


def _consent(project: Project, claim: Claim) -> Consent:
    return Consent(
        project_id=project.pk,
        match_key=claim.match_key,
        opted_in=True,
        code="",
        at=timezone.now(),
    )
