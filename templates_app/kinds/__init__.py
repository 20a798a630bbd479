"""One file a template type: its rules, its slots, and the request and preview made of them.

A further type is a further file, named once in the registry below.
"""

from templates_app.kinds.base import KINDS, TemplateKind
from templates_app.kinds.basic import BASIC
from templates_app.kinds.carousel import CAROUSEL
from templates_app.kinds.limited_time_offer import LIMITED_TIME_OFFER

for kind in (BASIC, LIMITED_TIME_OFFER, CAROUSEL):
    KINDS[kind.kind] = kind

__all__ = ["KINDS", "TemplateKind"]
