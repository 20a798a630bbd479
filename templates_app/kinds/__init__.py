"""One file a template type: its rules, its slots, and the request and preview made of them.

A further type is a further file, named once in the registry below.
"""

from templates_app.kinds.base import KINDS, TemplateKind
from templates_app.kinds.basic import BASIC

KINDS[BASIC.kind] = BASIC

__all__ = ["KINDS", "TemplateKind"]
