"""Files for headers: taken in and given an address of our own, or checked where they lie."""

from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse

from providers.models import Project
from providers.network.fetching import FetchRefusal, FetchRefused, fetch
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.unsaved_files import gone_if_unsaved
from templates_app.media.judging_media import LARGEST, MB, Judged, judge
from templates_app.models import MediaFile
from templates_app.rules.problems import error, warning
from templates_app.values.media_links import is_ours, own_start
from templates_app.wording.components import HeaderKind

# A document may be larger at Meta; a link to one is looked at up to here.
LOOKED_AT = 16 * MB
_MAY_PASS = {
    FetchRefusal.TOO_SLOW,
    FetchRefusal.UNREACHABLE,
    FetchRefusal.UNKNOWN_HOST,
    FetchRefusal.BROKEN,
}
OK, _TOO_MANY, _SERVER_TROUBLE = 200, 429, 500


class MediaRefusedError(Refusal):
    """Why the file was not taken, in plain words."""

    code = "media.refused"


def take_in(
    project: Project, upload: IO[bytes], *, name: str, header: HeaderKind, by: Actor
) -> tuple[MediaFile, Judged]:
    """Stores an upload. Raises MediaRefusedError."""
    data = upload.read(LARGEST[header] + 1)
    judged = judge(data, header=header, name=name)
    if not judged.is_usable:
        raise MediaRefusedError(" ".join(problem.message for problem in judged.problems))
    media = MediaFile(
        project=project,
        by=by.person,
        extension=judged.extension,
        content_type=judged.content_type,
        size=len(data),
    )
    with gone_if_unsaved(media.file), transaction.atomic():
        media.file.save(name="file", content=ContentFile(data))
        auditing.record("mediafile.added", by=by, project=project, target=media)
    return media, judged


def check_link(link: str, *, header: HeaderKind, seconds: float | None = None) -> Judged:
    """Fetches what the link leads to and judges it. Total: what can't be fetched is a problem."""
    if is_ours(link):
        return _judge_own(_own_media(link), header)
    try:
        fetched = fetch(link.strip(), limit=min(LARGEST[header], LOOKED_AT), seconds=seconds)
    except FetchRefused as refused:
        return _why_not(refused, header)
    if fetched.status != OK:
        return _other_answer(fetched.status)
    return judge(fetched.body, header=header, declared=fetched.content_type, name=fetched.url)


def _judge_own(own: MediaFile | None, header: HeaderKind) -> Judged:
    try:
        if own is not None:
            with own.file.open("rb") as file:
                return judge(file.read(), header=header, name=str(own))
    except FileNotFoundError:
        pass
    return _not_there("This file is gone. Upload it again.")


def _why_not(refused: FetchRefused, header: HeaderKind) -> Judged:
    most = LARGEST[header]
    if refused.reason is not FetchRefusal.TOO_LARGE:
        return _not_there(str(refused), may_pass=refused.reason in _MAY_PASS)
    if most > LOOKED_AT and refused.announced <= most:
        words = f"It is larger than {LOOKED_AT // MB} MB, so it was not looked at."
        return Judged(problems=(warning("MEDIA_SIZE", "header", words),))
    words = f"The file is too large: WhatsApp takes up to {most // MB} MB here."
    return Judged(problems=(error("MEDIA_SIZE", "header", words),))


def _other_answer(status: int) -> Judged:
    told = f"The server answers with status {status} instead of the file."
    if status in (401, 403):
        told += " The link must be open to everybody, without a login."
    return _not_there(told, may_pass=status == _TOO_MANY or status >= _SERVER_TROUBLE)


def _not_there(words: str, *, may_pass: bool = False) -> Judged:
    return Judged(problems=(error("MEDIA_LINK", "header", words),), may_pass=may_pass)


def address_of(media: MediaFile) -> str:
    """Where Gupshup, WhatsApp and everybody's phone find it."""
    return f"{settings.PUBLIC_BASE_URL}{path_of(media)}"


def path_of(media: MediaFile) -> str:
    return reverse("template-media", args=[media.token, media.extension])


def _own_media(link: str) -> MediaFile | None:
    token = link.removeprefix(own_start()).partition(".")[0]
    return MediaFile.objects.filter(token=token).first()
