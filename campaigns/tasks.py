"""Celery's entry points: ids in, one act each. Every one is harmless when it runs twice."""

import gc
import threading
from functools import lru_cache

from celery import shared_task
from celery.signals import worker_process_shutdown, worker_shutting_down
from django.conf import settings
from django.utils import timezone

from campaigns.audience import growth
from campaigns.audience.changing import undoing, walking
from campaigns.audience.erasing import carrying_out, forgetting_starts
from campaigns.audience.imports import forgetting, importing, queueing
from campaigns.audience.property_changes import walking as property_walking
from campaigns.audience.segments import counting as segment_counting
from campaigns.audience.segments import slow_estimates
from campaigns.audience.uploads import counted_days, dropping_names, seen_ids
from campaigns.audience.words import indexing
from campaigns.ledger import counting_once, months, tallies
from campaigns.results.exports import keeping, writing
from campaigns.results.mails import sending
from campaigns.running import (
    counting_reach,
    crediting,
    forgetting_drafts,
    forgetting_left_out,
    launching,
    mailing_approvals,
)
from campaigns.sending import reconciling, telling_opt_outs
from campaigns.sending.loop import Sender, shutting_down
from campaigns.sending.open_files import slots_for
from providers.gateway.calling import close_gateway_loop, gateway_loop
from providers.watch import counting, heartbeats

_sending = threading.Lock()


@lru_cache(maxsize=1)
def _sender() -> Sender:
    # What is there by now stays: going through it again and again costs a tenth of all sending.
    gc.freeze()
    return Sender(gateway_loop(), slots=slots_for(settings.GATEWAY_CONCURRENCY))


@shared_task
def send_due() -> None:
    """One at a time in a process: a second hint finds the first at work and goes away."""
    if not _sending.acquire(blocking=False):
        return
    try:
        heartbeats.note("send")
        _sender().run(seconds=settings.SEND_TASK_SECONDS)
    finally:
        counting.flush()
        _sending.release()


@shared_task
def launch(run_id: int) -> None:
    launching.launch(run_id)


@shared_task
def turn_triggers() -> None:
    reconciling.turn_triggers()


@shared_task
def compare_segments() -> None:
    reconciling.compare_segments()


@shared_task
def reconcile() -> None:
    heartbeats.note("default")
    reconciling.reconcile()
    counting.flush()


@shared_task
def fold_tallies() -> None:
    counting_once.recount_superseded()
    tallies.fold()


@shared_task
def keep_months() -> None:
    months.keep_months(now=timezone.now())
    seen_ids.forget_seen(now=timezone.now())
    counted_days.put_days_together(now=timezone.now())


@shared_task
def credit_conversions() -> None:
    crediting.credit_conversions()


@shared_task
def count_segments() -> None:
    segment_counting.count_what_is_due()


@shared_task
def tell_opt_outs() -> None:
    telling_opt_outs.tell_gupshup()


@worker_shutting_down.connect
def _stop_claiming(**_: object) -> None:
    shutting_down.set()


@worker_process_shutdown.connect
def _close_connections(**_: object) -> None:
    close_gateway_loop()


@shared_task
def run_import(import_id: int) -> None:
    importing.run_import(import_id)


@shared_task
def resume_imports() -> None:
    queueing.resume_lost()


@shared_task
def forget_old_files() -> None:
    forgetting.forget_old_files()
    forgetting_starts.forget_starts()
    undoing.forget_old_changes()
    keeping.forget_old_exports()
    forgetting_drafts.forget_old_drafts()
    forgetting_left_out.forget_left_out()


@shared_task
def write_exports() -> None:
    writing.write_next()


@shared_task
def mail_reports() -> None:
    mailing_approvals.mail_approvals()
    sending.mail_reports()


@shared_task
def count_people() -> None:
    growth.count_people(day=timezone.now().date())


@shared_task
def erase_people() -> None:
    carrying_out.carry_out()
    carrying_out.look_again()


@shared_task
def change_people() -> None:
    walking.carry_out()


@shared_task
def change_properties() -> None:
    property_walking.carry_out()


@shared_task
def drop_event_names() -> None:
    dropping_names.drop_event_names(now=timezone.now())


@shared_task
def index_people() -> None:
    indexing.write_what_is_due()


@shared_task
def count_reach(campaign_id: int) -> None:
    counting_reach.count_reach(campaign_id)


@shared_task
def estimate_segment(project_id: int) -> None:
    slow_estimates.count_what_waits(project_id)
