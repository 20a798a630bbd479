"""A choice among hundreds, with a search."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html_join
from unfold.widgets import UnfoldAdminSelect2Widget


class LongSelect(UnfoldAdminSelect2Widget):  # type: ignore[misc]
    """Its options are written in one go: Django would fill two templates for each of them, which
    took most of the time of a page with six hundred zones."""

    template_name = "providers/long_select.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        chosen = {str(one) for one in context["widget"]["value"]}
        context["widget"]["options"] = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((key, " selected" * (str(key) in chosen), label) for key, label in self.choices),
        )
        return context

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Iterable[Any]:
        return ()
