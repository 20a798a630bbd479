"""Files for headers: taken in and given an address of our own, or checked where they lie."""

from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse

from providers.models import Project, User
from providers.network.fetching import FetchRefused, fetch
from templates_app.media.judging_media import LARGEST, MB, Judged, judge
from templates_app.models import MediaFile
from templates_app.rules.problems import error
from templates_app.values.media_links import is_ours, own_start
from templates_app.wording.components import HeaderKind

# A document may be larger at Meta; a link to one is looked at up to here.
LOOKED_AT = 16 * MB


class MediaRefusedError(ValueError):
    """Why the file was not taken, in plain words."""


def take_in(
    project: Project, upload: IO[bytes], *, name: str, header: HeaderKind, by: User | None
) -> tuple[MediaFile, Judged]:
    """Stores an upload. Raises MediaRefusedError."""
    data = upload.read(LARGEST[header] + 1)
    judged = judge(data, header=header, name=name)
    if not judged.is_usable:
        raise MediaRefusedError(" ".join(problem.message for problem in judged.problems))
    media = MediaFile(
        project=project,
        by=by,
        extension=judged.extension,
        content_type=judged.content_type,
        size=len(data),
    )
    media.file.save(name="file", content=ContentFile(data), save=False)
    media.save()
    return media, judged


def check_link(link: str, *, header: HeaderKind) -> Judged:
    """Fetches what the link leads to and judges it. Total: what can't be fetched is a problem."""
    own = _own_media(link)
    try:
        if own is not None:
            with own.file.open("rb") as file:
                return judge(file.read(), header=header, name=str(own))
        fetched = fetch(link.strip(), limit=min(LARGEST[header], LOOKED_AT))
    except FileNotFoundError:
        return _not_there("This file is gone. Upload it again.")
    except FetchRefused as refused:
        return _not_there(str(refused))
    if fetched.status != 200:
        told = f"The server answers with status {fetched.status} instead of the file."
        if fetched.status in (401, 403):
            told += " The link must be open to everybody, without a login."
        return _not_there(told)
    return judge(fetched.body, header=header, declared=fetched.content_type, name=fetched.url)


def _not_there(words: str) -> Judged:
    return Judged(problems=(error("MEDIA_LINK", "header", words),))


def address_of(media: MediaFile) -> str:
    """Where Gupshup, WhatsApp and everybody's phone find it."""
    return f"{settings.PUBLIC_BASE_URL}{path_of(media)}"


def path_of(media: MediaFile) -> str:
    return reverse("template-media", args=[media.token, media.extension])


def _own_media(link: str) -> MediaFile | None:
    if not is_ours(link):
        return None
    token = link.removeprefix(own_start()).partition(".")[0]
    return MediaFile.objects.filter(token=token).first()
