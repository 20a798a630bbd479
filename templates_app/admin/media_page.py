"""Beside a header's link: uploads, and whether a link answers with the right file."""

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from providers.people.access import actor_of
from templates_app.admin.own_template import OwnTemplate
from templates_app.media.hosting import MediaRefusedError, address_of, check_link, take_in
from templates_app.media.judging_media import LARGEST, MB, Judged
from templates_app.rules.problems import Severity
from templates_app.values.media_links import why_no_uploads, why_unusable
from templates_app.wording.components import MEDIA_HEADERS, HeaderKind


class MediaPage(OwnTemplate):
    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view(require_POST(self.media_view))
        return [
            path("media/", guarded, name="templates_app_template_media"),
            *super().get_urls(),
        ]

    def media_view(self, request: HttpRequest) -> JsonResponse:
        """{"said", "tone", "url"}; `url` is there after an upload."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        header = _header_asked(request)
        if getattr(request, "upload_is_too_large", False):  # stopped while it came in
            return _said(f"WhatsApp takes up to {LARGEST[header] // MB} MB here.", "error")
        file: UploadedFile[bytes] | None = request.FILES.get("file")
        if file is None:
            return _looked_at(request.POST.get("link", "").strip(), header)
        if why := why_no_uploads():
            return _said(why, "error")
        return self._taken(request, file, header)

    def _taken(
        self, request: HttpRequest, file: "UploadedFile[bytes]", header: HeaderKind
    ) -> JsonResponse:
        try:
            media, judged = take_in(
                self.project(request),
                file,
                name=file.name or "",
                header=header,
                by=actor_of(request),
            )
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
