"""Gupshup's callbacks, parsed once at the border into frozen dataclasses.

Does not: look anything up, write anything, read settings, open a socket, trust a Content-Type.
"""

from callbacks.parsers.dispatch import parse
from callbacks.parsers.facts import (
    AccountEvent,
    Arrived,
    Click,
    DeliveryReport,
    Fact,
    Inbound,
    Kind,
    Location,
    Media,
    Parsed,
    Referral,
    Rejected,
    Status,
)
from callbacks.parsers.printing import fact_as_json, parsed_as_json

__all__ = [
    "AccountEvent",
    "Arrived",
    "Click",
    "DeliveryReport",
    "Fact",
    "Inbound",
    "Kind",
    "Location",
    "Media",
    "Parsed",
    "Referral",
    "Rejected",
    "Status",
    "fact_as_json",
    "parse",
    "parsed_as_json",
]
