"""A list answers the filters that it offers, and no other question.

Django takes any name in an address for a look-up of the row's own columns: `?digest__startswith=a`
tells, letter by letter, what no page shows, and `?name__regex=` keeps PostgreSQL busy.
"""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest
from unfold.views import ChangeList


class OfferedChangeList(ChangeList):  # type: ignore[misc]
    result_list: Any
    preserved_filters: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Where a row leads back to is written once: Django would look each row's page up among all
        # addresses for it.
        self._leads_back, self.preserved_filters = self.preserved_filters, ""

    def url_for_result(self, result: Any) -> str:
        url: str = super().url_for_result(result)
        return f"{url}?{self._leads_back}" if self._leads_back else url

    def get_filters(self, request: HttpRequest) -> Any:
        """What is left over once each filter has taken what is its own, nobody offers."""
        found = super().get_filters(request)
        if left := found[2]:
            raise IncorrectLookupParameters(f"This list has no filter {', '.join(left)}.")
        return found
