"""May everybody open this link? Judged by how it is written: no name is looked up, no call is made.

What a name leads to counts where something is opened, and fetching.py sees to that.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address

from providers.network.public_addresses import Address, is_public

_LINK = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/?#\\@:%\[\]]+)(?::\d{1,5})?(?:[/?#]\S*)?"
)
_LABEL = re.compile(r"[\w-]+")
# Browsers and fetchers read 127.1, 0x7f.1 and 2130706433 as addresses too.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
# Names that the internet does not have, and those that routers and offices give themselves.
_OWN_NAMES = re.compile(
    r"(.*\.)?(localhost|localdomain|local|internal|intranet|private|lan|corp|home|home\.arpa"
    r"|test|invalid)"
)


class Flaw(StrEnum):
    NO_LINK = "no_link"
    NOT_HTTPS = "not_https"
    NOT_PUBLIC = "not_public"


def flaw_of(link: str) -> Flaw | None:
    """Why not everybody can open it over https; None where nothing speaks against it."""
    found = _LINK.fullmatch(link) if link.isprintable() else None
    if found is None:
        return Flaw.NO_LINK
    if not _is_public_host(found["host"]):
        return Flaw.NOT_PUBLIC
    return None if found["scheme"] == "https" else Flaw.NOT_HTTPS


def leads_here(link: str) -> bool:
    """Is it an address that each machine has for itself?"""
    found = _LINK.fullmatch(link)
    if found is None:
        return False
    name = _name_of(found["host"])
    address = _address(name)
    return name == "localhost" if address is None else address.is_loopback


@lru_cache(maxsize=1024)
def _is_public_host(host: str) -> bool:
    name = _name_of(host)
    address = _address(name)
    if address is not None:
        return is_public(address)
    labels = name.split(".")
    is_qualified = len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    return is_qualified and not (_NUMBER.fullmatch(labels[-1]) or _OWN_NAMES.fullmatch(name))


def _name_of(host: str) -> str:
    """One spelling for all that lead to the same."""
    return unicodedata.normalize("NFKC", host).casefold().removesuffix(".")


def _address(name: str) -> Address | None:
    try:
        return ip_address(name.strip("[]"))
    except ValueError:
        return None
