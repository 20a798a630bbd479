"""Beside a header's link: uploads, and whether a link answers with the right file."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse

from providers.admin.pages import Page
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.watch.actors import Actor
from templates_app.media.hosting import MediaRefusedError, address_of, check_link, take_in
from templates_app.media.judging_media import LARGEST, MB, Judged
from templates_app.rules.problems import Severity
from templates_app.values.media_links import why_no_uploads, why_unusable
from templates_app.wording.components import MEDIA_HEADERS, HeaderKind


class MediaPage(Page):
    """Answers {"said", "tone", "url"}; `url` is there after an upload."""

    address, name = "media/", "media"
    role = Role.MARKETER

    def post(self, request: HttpRequest, project: Project) -> JsonResponse:
        header = _header_asked(request)
        if getattr(request, "upload_is_too_large", False):  # stopped while it came in
            return _said(f"WhatsApp takes up to {LARGEST[header] // MB} MB here.", "error")
        file: UploadedFile[bytes] | None = request.FILES.get("file")
        if file is None:
            return _looked_at(request.POST.get("link", "").strip(), header)
        if why := why_no_uploads():
            return _said(why, "error")
        return _taken(project, file, header, by=actor_of(request))


def _taken(
    project: Project, file: "UploadedFile[bytes]", header: HeaderKind, *, by: Actor
) -> JsonResponse:
    try:
        media, judged = take_in(project, file, name=file.name or "", header=header, by=by)
    except MediaRefusedError as refused:
        return _said(str(refused), "error")
    return _told(judged, "Uploaded:", url=address_of(media))


def _looked_at(link: str, header: HeaderKind) -> JsonResponse:
    if not link:
        return _said("Write the link first.", "todo")
    if why := why_unusable(link):
        return _said(why, "error")
    return _told(check_link(link, header=header), "The link answers with")


def _header_asked(request: HttpRequest) -> HeaderKind:
    asked = request.POST.get("header", "")
    known = asked in HeaderKind.__members__ and HeaderKind(asked) in MEDIA_HEADERS
    return HeaderKind(asked) if known else HeaderKind.IMAGE


def _told(judged: Judged, beginning: str, *, url: str = "") -> JsonResponse:
    if not judged.is_usable:
        errors = [p.message for p in judged.problems if p.severity is Severity.ERROR]
        others = [p.message for p in judged.problems]
        return _said(" ".join(errors or others), "error" if errors else "warning")
    pixels = f", {judged.width} × {judged.height} pixels" if judged.width else ""
    what = f"{beginning} {judged.content_type}{pixels}."
    warnings = " ".join(problem.message for problem in judged.problems)
    return _said(f"{what} {warnings}".strip(), "warning" if warnings else "fine", url=url)


def _said(words: str, tone: str, *, url: str = "") -> JsonResponse:
    return JsonResponse({"said": words, "tone": tone, "url": url})
