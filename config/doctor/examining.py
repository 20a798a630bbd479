"""All checks of one project: made, kept for its pages, and what follows from them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.doctor import callbacks, connection, machines
from config.doctor.findings import Finding, Patient
from providers.models import ROUND_TRIP, SILENT, Diagnosis, Health, Project, Provider
from providers.watch import auditing
from providers.watch.actors import SYSTEM, Actor
from providers.watch.logging_failures import logging_failure_of

# Opening our own addresses takes a moment; nobody waits for it every minute.
REACHABLE_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Check:
    """`page` is the URL name of where its fault is mended; `decides`: green needs its pass."""

    name: str
    title: str
    examine: Callable[[Patient], Finding]
    page: str
    decides: bool = False


_CONNECT = "admin:providers_provider_changelist"
_WHITELIST = "admin:providers_sendingip_changelist"
_TESTS = "admin:campaigns_testsend_changelist"
_CALLBACKS = "admin:callbacks_receipt_changelist"
REACHABLE = "reachable"
CHECKS = (
    Check("hsm", "HSM account's login", connection.hsm_credentials, _CONNECT, decides=True),
    Check(
        "two_way", "Two-way account's login", connection.two_way_credentials, _CONNECT, decides=True
    ),
    Check("number", "Mobile number", connection.number_format, _CONNECT),
    Check("address", "This server's IP address", connection.server_address, _WHITELIST),
    Check("address_refused", "IP restriction at Gupshup", connection.address_refused, _WHITELIST),
    Check(REACHABLE, "Callback URLs can be reached", callbacks.reachable, _CONNECT),
    Check(ROUND_TRIP, "Delivery reports come back", callbacks.round_trip, _TESTS, decides=True),
    Check(SILENT, "Callbacks while sending", callbacks.silent, _CALLBACKS),
    Check("refused", "Refused callbacks", callbacks.refused, _WHITELIST),
    Check("clocks", "Clocks", machines.clocks, ""),
    Check("workers", "Workers and scheduler", machines.workers, ""),
)
BY_NAME = {check.name: check for check in CHECKS}


def examine(project: Project, *, thoroughly: bool = True) -> list[Diagnosis]:
    """Every check now, kept as the project's diagnoses; nothing for who has no provider. Not
    thoroughly: what takes long is taken from the last time, if that is not long ago."""
    provider = Provider.objects.select_related("project").filter(project=project).first()
    if provider is None:
        Diagnosis.objects.of(project).delete()
        return []
    patient = Patient(provider)
    kept = {row.name: row for row in Diagnosis.objects.of(project)}
    rows = []
    for check in CHECKS:
        known = kept.get(check.name)
        if check.name == REACHABLE and not thoroughly and known and _is_fresh(known, patient):
            rows.append(known)
        else:
            rows.append(_diagnosis(patient, check, known))
    _keep(rows)
    if is_green(rows):
        end_trial(provider, by=SYSTEM, note="The doctor is green.")
    return rows


def examine_all() -> None:
    for project in Project.objects.filter(provider__isnull=False).order_by("pk"):
        with logging_failure_of(f"examining project {project.pk}"):
            examine(project, thoroughly=False)


def is_green(rows: Iterable[Diagnosis]) -> bool:
    """No fail, and pass for both credential pairs and the round trip."""
    found = {row.name: row.health for row in rows}
    decided = all(found.get(check.name) == Health.PASS for check in CHECKS if check.decides)
    return decided and Health.FAIL not in found.values()


def worst_of(rows: Iterable[Diagnosis]) -> Diagnosis | None:
    """The first fail, else the first unknown that keeps the doctor from being green."""
    by_name = {row.name: row for row in rows}
    ordered = [by_name[check.name] for check in CHECKS if check.name in by_name]
    failed = next((row for row in ordered if row.health == Health.FAIL), None)
    open_ones = (r for r in ordered if r.health != Health.PASS and BY_NAME[r.name].decides)
    return failed or next(open_ones, None)


@transaction.atomic
def end_trial(provider: Provider, *, by: Actor, note: str = "") -> bool:
    """Once, however often it is asked for; unless the credentials have changed meanwhile."""
    ended = Provider.objects.filter(
        pk=provider.pk,
        trial_ended_at=None,
        credentials_changed_at=provider.credentials_changed_at,
    ).update(trial_ended_at=timezone.now())
    if ended:
        auditing.record(
            "provider.ended_trial",
            by=by,
            project=provider.project,
            target=provider,
            note=note,
        )
    return bool(ended)


def _is_fresh(known: Diagnosis, patient: Patient) -> bool:
    changed = patient.provider.credentials_changed_at
    return known.at >= max(patient.now - REACHABLE_LASTS, changed)


def _diagnosis(patient: Patient, check: Check, known: Diagnosis | None) -> Diagnosis:
    found = check.examine(patient)
    if check.name == "round_trip" and known and _still_holds(known, patient):
        found = Finding(Health.PASS, known.message)
        at = known.at
    else:
        at = timezone.now()
    return Diagnosis(
        project=patient.project,
        name=check.name,
        health=found.health,
        message=found.message,
        way_out=found.way_out,
        at=at,
    )


def _still_holds(known: Diagnosis, patient: Patient) -> bool:
    """A report that came once need not be found among the newest messages again."""
    return known.health == Health.PASS and known.at >= patient.provider.credentials_changed_at


@transaction.atomic
def _keep(rows: list[Diagnosis]) -> None:
    Diagnosis.objects.bulk_create(
        [Diagnosis(**{f: getattr(row, f) for f in _FIELDS}) for row in rows],
        update_conflicts=True,
        unique_fields=["project", "name"],
        update_fields=["health", "message", "way_out", "at"],
    )


_FIELDS = ("project", "name", "health", "message", "way_out", "at")
