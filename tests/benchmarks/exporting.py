"""From people to a file, by a worker as production runs it: seconds, memory, and the same by rows
of Django's, one after the other. And how much slower messages go out meanwhile.
"""

import csv
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import StringIO

from django.core.files.storage import default_storage
from django.db import connection

from campaigns.models import (
    Export,
    ExportFormat,
    ExportStatus,
    Message,
    Outbox,
    Profile,
    ProfileProperty,
    PropertyType,
    State,
)
from campaigns.results.exports.asking import ask_for
from campaigns.results.exports.formats import MOST_ROWS
from campaigns.results.exports.whom import everybody
from campaigns.tasks import send_due
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.benchmarks.beside import RATE, say_slowdown
from tests.benchmarks.measuring import Spent, measured, peak_of_any, say, wait_until
from tests.benchmarks.people import make_project
from tests.benchmarks.programs import gateway, worker
from tests.benchmarks.sending import launched

NAIVE_SIZE = 20_000
PROPERTIES = {
    "city": PropertyType.TEXT,
    "points": PropertyType.NUMBER,
    "shop": PropertyType.TEXT,
}
SENT = 10_000  # messages beside exports


def run(size: int) -> None:
    project = _people(size)
    with worker("config", queue="default", pool="prefork", gateway="") as pid:
        _written(_people(1), ExportFormat.CSV)  # opens the connections
        idle = peak_of_any([pid])
        with measured(exporter=pid) as spent:
            export = _written(project, ExportFormat.CSV)
        peak = peak_of_any([pid])
        _say(size, export, spent, peak=peak, idle=idle, naive=_naive_cpu(project))
        sheet = project if size <= MOST_ROWS else _people(MOST_ROWS)
        with measured(exporter=pid) as spent:
            export = _written(sheet, ExportFormat.XLSX)
        _say_workbook(export, spent, peak=peak_of_any([pid]))
        seconds = _seconds_beside(project, messages=max(SENT, size // 16))
        peak = peak_of_any([pid])
        print(f"{size:,} people while messages go out: {seconds:.2f} s, with {peak:.0f} MB")
        beside = {"seconds": seconds, "peak_mb": peak}
        say_slowdown("export_beside", partial(_exporting, project), size=size, sent=SENT, **beside)


def _say(
    size: int, export: Export, spent: Spent, *, peak: float, idle: float, naive: float
) -> None:
    ours = spent.cpu_per_1000(size)
    print(
        f"{size:,} people of 11 columns in {spent.seconds:.2f} s, {export.bytes / 1e6:.0f} MB, "
        f"with {peak:.0f} MB of memory, {idle:.0f} of them the idle worker's; CPU s per 1,000: "
        f"{ours:.4f}, row by row {naive:.4f}"
    )
    say(
        "export",
        size=size,
        seconds=spent.seconds,
        cpu_s_per_1000=ours,
        peak_mb=peak,
        vs_naive=naive / ours,
    )


def _say_workbook(export: Export, spent: Spent, *, peak: float) -> None:
    rows = export.rows_done
    print(f"{rows:,} as a workbook in {spent.seconds:.2f} s, with {peak:.0f} MB of memory")
    cpu = spent.cpu_per_1000(rows)
    say("export_workbook", size=rows, seconds=spent.seconds, cpu_s_per_1000=cpu, peak_mb=peak)


def _seconds_beside(project: Project, *, messages: int) -> float:
    """Of one export while messages go out all the time."""
    with (
        gateway() as simulator,
        worker("config", queue="send", pool="threads", gateway=simulator.gateway_url),
    ):
        campaign_run = launched(make_project(people=messages, rate=RATE))
        send_due.delay()
        wait_until(lambda: Message.objects.filter(run=campaign_run, state=State.SENT).exists())
        with measured() as spent:
            _written(project, ExportFormat.CSV)
        if not Outbox.objects.filter(run=campaign_run).exists():
            raise RuntimeError("All messages were out before the file was written")
        return spent.seconds


def _people(size: int) -> Project:
    project = make_project(people=size, rate=RATE)
    for name, kind in PROPERTIES.items():
        ProfileProperty.objects.create(project=project, name=name, type=kind)
    return project


def _written(project: Project, form: ExportFormat) -> Export:
    export = ask_for(project, replace(everybody(), format=form), by=SYSTEM)
    wait_until(lambda: not Export.objects.unfinished().filter(pk=export.pk).exists())
    export.refresh_from_db()
    assert export.status == ExportStatus.DONE, export.problem
    default_storage.delete(str(export.file.name))
    return export


@contextmanager
def _exporting(project: Project) -> Iterator[None]:
    """One export after the other."""
    over = threading.Event()

    def export() -> None:
        try:
            while not over.is_set():
                _written(project, ExportFormat.CSV)
        finally:
            connection.close()

    thread = threading.Thread(target=export)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _naive_cpu(project: Project) -> float:
    """CPU seconds per 1,000 rows: all people as objects, in memory."""
    people = list[Profile]()
    with measured(exporter=os.getpid()) as spent:
        text = StringIO()
        writer = csv.writer(text)
        people.extend(Profile.objects.filter(project=project)[:NAIVE_SIZE])
        for person in people:
            own = [person.properties.get(name, "") for name in PROPERTIES]
            fields = [person.identity, person.phone, person.name, person.email, person.language]
            writer.writerow([*fields, person.time_zone, person.subscribed, *own])
    return spent.cpu_per_1000(len(people))
