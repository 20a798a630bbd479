"""What was found in a file or a list, before anything of it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from providers.refusals import Refusal
from templates_app.models import Status
from templates_app.wording.languages import LANGUAGES, normal_code
from templates_app.wording.writing import Json

MOST = 6000  # templates that one account can have at Meta
LONGEST_NAME = 512
LONGEST_LANGUAGE = 10

# The words of Meta and of Gupshup for one and the same thing.
STATUSES: Mapping[str, Status] = {
    "APPROVED": Status.APPROVED,
    "ENABLED": Status.APPROVED,
    "REINSTATED": Status.APPROVED,
    "UNARCHIVED": Status.APPROVED,
    "FLAGGED": Status.APPROVED,
    "PENDING": Status.PENDING,
    "IN_APPEAL": Status.PENDING,
    "REJECTED": Status.REJECTED,
    "PAUSED": Status.PAUSED,
    "DISABLED": Status.DISABLED,
    "LOCKED": Status.DISABLED,
    "LIMIT_EXCEEDED": Status.DISABLED,
    "ARCHIVED": Status.ARCHIVED,
    "DELETED": Status.ARCHIVED,
    "PENDING_DELETION": Status.ARCHIVED,
}


CODES: Mapping[str, str] = {name.casefold(): code for code, name in LANGUAGES.items()}


class IncomingError(Refusal):
    """Why nothing at all could be read, in words that name the way out."""

    code = "import.unreadable_templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One template. `status` is None where the source says nothing of it."""

    name: str
    language: str
    category: str
    content: Json
    status: Status | None = None
    reason: str = ""
    vendor_id: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """`label` is the best name there is for it."""

    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Haul:
    found: tuple[Found, ...]
    refused: tuple[Refused, ...] = ()


def status_called(word: str) -> Status | None:
    return STATUSES.get(word.strip().upper().replace(" ", "_"))


def language_called(word: str) -> str:
    """The code, also where the name of the language is given instead."""
    return CODES.get(word.strip().casefold(), normal_code(word))


def plain_name(name: str) -> str:
    """Older pages write a name as namespace:name."""
    return name.strip().rpartition(":")[2]


def sorted_out(items: list[Found | Refused]) -> Haul:
    """Of one name and language the last counts, as when they came one after the other."""
    found: dict[tuple[str, str], Found] = {}
    refused: list[Refused] = []
    for item in items:
        why = item.why if isinstance(item, Refused) else _unstorable(item)
        if isinstance(item, Refused):
            refused.append(item)
        elif why:
            refused.append(Refused(item.name[:80] or "no name", why))
        else:
            found[item.name, item.language] = item
    return Haul(tuple(found.values()), tuple(refused))


def _unstorable(item: Found) -> str:
    if not item.name:
        return "It has no name."
    if len(item.name) > LONGEST_NAME:
        return f"Its name is longer than {LONGEST_NAME} characters."
    if not item.language or len(item.language) > LONGEST_LANGUAGE:
        return "It has no language that WhatsApp knows, like en or pt_BR."
    return ""
