"""From people to a CSV file: seconds, memory, and the same by rows of Django's, one after the
other."""

import csv
import os
from io import StringIO

from django.core.files.storage import default_storage

from campaigns.models import Export, ExportStatus, Profile, ProfileProperty, PropertyType
from campaigns.results.exports.asking import ask_for
from campaigns.results.exports.whom import everybody
from campaigns.results.exports.writing import write_next
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.benchmarks.measuring import measured, peak_mb, reset_peak, say
from tests.benchmarks.people import make_project

NAIVE_SIZE = 20_000
PROPERTIES = {
    "city": PropertyType.TEXT,
    "points": PropertyType.NUMBER,
    "shop": PropertyType.TEXT,
}


def run(size: int) -> None:
    project = make_project(people=size, rate=100)
    for name, kind in PROPERTIES.items():
        ProfileProperty.objects.create(project=project, name=name, type=kind)
    export = ask_for(project, everybody(), by=SYSTEM)
    reset_peak(os.getpid())
    with measured(exporter=os.getpid()) as spent:
        assert write_next()
    export.refresh_from_db()
    assert (export.status, export.rows_done) == (ExportStatus.DONE, size), export.problem
    peak, ours = peak_mb(os.getpid()), spent.cpu_per_1000(size)
    _forget(export)
    theirs = _naive_cpu(project, min(size, NAIVE_SIZE))
    print(
        f"{size:,} people of 11 columns in {spent.seconds:.2f} s, {export.bytes / 1e6:.0f} MB, "
        f"with {peak:.0f} MB of memory; CPU s per 1,000: {ours:.4f}, row by row {theirs:.4f}"
    )
    say(
        "export",
        size=size,
        seconds=spent.seconds,
        cpu_s_per_1000=ours,
        peak_mb=peak,
        vs_naive=theirs / ours,
    )


def _forget(export: Export) -> None:
    default_storage.delete(str(export.file.name))


def _naive_cpu(project: Project, size: int) -> float:
    """CPU seconds per 1,000 rows: all people as objects, in memory."""
    with measured(exporter=os.getpid()) as spent:
        text = StringIO()
        writer = csv.writer(text)
        for person in Profile.objects.filter(project=project)[:size]:
            own = [person.properties.get(name, "") for name in PROPERTIES]
            fields = [person.identity, person.phone, person.name, person.email, person.language]
            writer.writerow([*fields, person.time_zone, person.subscribed, *own])
    return spent.cpu_per_1000(size)
