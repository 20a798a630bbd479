"""An admin lists its pages; here they get their places among Django's own."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR, ChangeList
from django.core.exceptions import BadRequest
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse

from providers.admin.form_once import FormOnce
from providers.admin.offered_filters import OfferedChangeList
from providers.admin.skin import UnfoldModelAdmin

LONGEST_SEARCH = 500  # characters; a list repeats them in each of its links
SEARCH_TOO_LONG = f"A search has at most {LONGEST_SEARCH} characters. Search for fewer words."
FILTER_TOO_LONG = f"A filter has at most {LONGEST_SEARCH} characters. Choose it from the list."


class Placeable(Protocol):
    """A page that knows where it stands; providers/admin/pages.py has them."""

    @property
    def url_name(self) -> str: ...

    def place(self) -> URLPattern: ...


class PagedAdmin(UnfoldModelAdmin):
    """`pages` are classes: each admin makes its own of them."""

    pages: Sequence[Callable[[Any], Placeable]] = ()
    may_be_long: Sequence[str] = ()  # what an address may say at length
    change_list: type[OfferedChangeList] = OfferedChangeList
    list_sections = ()  # Unfold's rows ask for it twice each, and miss it dearly

    @cached_property
    def placed_pages(self) -> list[Placeable]:
        return [page(self) for page in self.pages]

    def get_urls(self) -> list[URLPattern]:
        """Ours come first, and where one has the name of Django's it stands in its place."""
        ours = {page.url_name: page.place() for page in self.placed_pages}
        django = [pattern for pattern in super().get_urls() if pattern.name not in ours]
        return [*ours.values(), *django]

    def url_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def page_of(self, row: Model | int | str) -> str:
        """Of a row, or of its number."""
        number = row.pk if isinstance(row, Model) else row
        return reverse(f"admin:{self.url_name('change')}", args=[number])

    @property
    def list_page(self) -> str:
        return reverse(f"admin:{self.url_name('changelist')}")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfferedChangeList]:
        return self.change_list

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """What is wrong in an address twice, Django would answer with a page that knows nobody."""
        try:
            return super().get_changelist_instance(request)
        except IncorrectLookupParameters as wrong:
            if ERROR_FLAG in request.GET:
                raise BadRequest("This list has no such filter.") from wrong
            raise

    # What Django's own pages say besides what they always do -------------------------------------

    def form_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        return {}

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {**self.form_context(request, object_id), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["adminform"] = FormOnce.of(context["adminform"])
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        if too_long := self._too_long(request):
            messages.warning(request, too_long)
            return HttpResponseRedirect(self.list_page)
        context = {**self.list_context(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def _too_long(self, request: HttpRequest) -> str:
        """Why an address is not answered: a list repeats what it says in each of its links."""
        each = ((name, value) for name, values in request.GET.lists() for value in values)
        long = {name for name, value in each if len(value) > LONGEST_SEARCH}
        if SEARCH_VAR in long:
            return SEARCH_TOO_LONG
        return FILTER_TOO_LONG if long.difference(self.may_be_long) else ""
