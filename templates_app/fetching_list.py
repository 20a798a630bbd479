"""All that the account's template list at Gupshup has, page by page."""

from providers.gateway.calling import list_now
from providers.gateway.requests import ListTemplates
from providers.gateway.results import Verdict
from providers.gateway.template_list import ListedTemplate
from providers.models import Provider
from templates_app.incoming.found import MOST, Haul, IncomingError
from templates_app.incoming.gupshup_rows import from_list

PAGE = 500


def fetch_list(provider: Provider) -> Haul:
    """Blocks for some seconds. Raises IncomingError with Gupshup's reason and the way out."""
    listed: list[ListedTemplate] = []
    while len(listed) < MOST:
        page = list_now(ListTemplates(limit=PAGE, offset=len(listed)), provider.hsm)
        if page.answer.verdict is not Verdict.ACCEPTED:
            told = f"{page.answer.code} {page.answer.detail}".strip()
            raise IncomingError(
                f"Gupshup gave no list ({told}). Some accounts may not read it: then export the "
                "templates in Gupshup's dashboard and upload that file here."
            )
        listed.extend(page.templates)
        if len(page.templates) < PAGE:
            break
    if not listed:
        raise IncomingError("Gupshup's list is empty: this account has no templates yet.")
    return from_list(listed)
