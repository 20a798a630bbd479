"""The providers that can be picked. Another one is a package beside gupshup/ and a name here."""

from providers.admin.gupshup import GUPSHUP
from providers.admin.vendor import Vendor

VENDORS: dict[str, Vendor] = {vendor.kind: vendor for vendor in (GUPSHUP,)}


def vendor_of(kind: str) -> Vendor | None:
    return VENDORS.get(kind)
