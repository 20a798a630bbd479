"""From a CSV file to people: rows per second, memory, and the same by update_or_create."""

import csv
import os
from io import BytesIO, StringIO

import phonenumbers
from django.core.files.base import ContentFile

from campaigns.audience.imports.importing import run_import
from campaigns.audience.imports.mapping import guess
from campaigns.audience.imports.queueing import start
from campaigns.audience.imports.reading import read_layout
from campaigns.models import Import, ImportKind, Profile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.benchmarks.measuring import measured, peak_mb, reset_peak, say

NAIVE_SIZE = 2_000
HEADER = "identity,Phone,Name,Email,City,Spent,Joined,MSG-whatsapp\n"
EXAMPLE = ["u-1", "+919000011122", "Asha", "a@example.com", "Pune", "12.5", "2026-01-31", "TRUE"]


def run(size: int) -> None:
    project = Project.objects.create(name=f"Benchmark of {size}")
    upload = _uploaded(project, _file_of(size))
    reset_peak(os.getpid())
    with measured(importer=os.getpid()) as spent:
        run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.created, upload.refused) == (size, 0), upload.problem
    peak, ours = peak_mb(os.getpid()), spent.cpu_per_1000(size)
    theirs = _naive_cpu(Project.objects.create(name="Benchmark of the naive way"))
    print(
        f"{size:,} rows of 8 columns in {spent.seconds:.2f} s ({size / spent.seconds:,.0f}/s), "
        f"{peak:.0f} MB; CPU s per 1,000: {ours:.4f}, with update_or_create {theirs:.4f}"
    )
    say(
        "import",
        size=size,
        rows_per_s=size / spent.seconds,
        cpu_s_per_1000=ours,
        peak_mb=peak,
        vs_naive=theirs / ours,
    )


def _file_of(size: int) -> str:
    """In no order of the identities, as 7,919 is a prime."""
    lines = (
        f"u-{n * 7919 % size},+9190{n:08d},Asha {n},a{n}@example.com,Pune,{n % 1000}.50,"
        f"2025-0{n % 9 + 1}-11,TRUE\n"
        for n in range(size)
    )
    return HEADER + "".join(lines)


def _uploaded(project: Project, content: str) -> Import:
    upload = Import(project=project, file_name="people.csv", bytes_total=len(content))
    upload.file.save("people.csv", ContentFile(content.encode()))
    layout = read_layout(BytesIO(content[:10_000].encode()))
    mapping = guess(layout.labels, [EXAMPLE], kind=ImportKind.PEOPLE, known={})
    assert start(upload, mapping, default_country="IN", new_subscribed=None, by=SYSTEM)
    return upload


def _naive_cpu(project: Project) -> float:
    """CPU seconds per 1,000 rows: each row for itself."""
    rows = list(csv.DictReader(StringIO(_file_of(NAIVE_SIZE))))
    with measured(importer=os.getpid()) as spent:
        for row in rows:
            number = phonenumbers.parse(row["Phone"], "IN")
            assert phonenumbers.is_valid_number(number)
            phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            Profile.objects.update_or_create(
                project=project,
                identity=row["identity"],
                defaults={
                    "phone": phone,
                    "match_key": int(phone),
                    "name": row["Name"],
                    "email": row["Email"],
                    "properties": {"City": row["City"], "Spent": float(row["Spent"])},
                    "subscribed": row["MSG-whatsapp"] == "TRUE",
                },
            )
    return spent.cpu_per_1000(NAIVE_SIZE)
