"""Files with people in them that leave the console: the audit log says who took them along."""

from typing import IO

from campaigns.models import Import
from providers.watch import auditing
from providers.watch.actors import Actor


def export_refused(upload: Import, *, by: Actor) -> IO[bytes]:
    """The refused rows of an import that has some."""
    file: IO[bytes] = upload.refused_file.open("rb")
    auditing.record(
        "import.exported", by=by, project=upload.project, target=upload, note="Refused rows"
    )
    return file
