"""`Hi {{ profile.name | default: "there" }}`: compiled once, then rendered for each person.

Two ways give the same text: nearly every value only prints properties, and that needs no engine;
whatever else the language has goes through the sandboxed engine.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from liquid.exceptions import (
    BlockNestingError,
    LiquidError,
    OutputStreamLimitError,
    UndefinedError,
)

from templates_app.values import sandbox
from templates_app.values.cleaning import shows_nothing
from templates_app.values.making import MAKING, TEXT_MAX, Making, OverBudgetError, check_length
from templates_app.values.permitting import NotPermittedError
from templates_app.values.properties import Properties

Profile = Mapping[str, object]
Renderer = Callable[[Profile], str]

SOURCE_MAX = 4096
# Under which a profile carries the properties of what its person did. No property has this name.
EVENT_KEY = "\0event"
SAFE_NUMBER = 10**18
PLAIN_MAX = TEXT_MAX - SOURCE_MAX  # characters of all properties together
PLAIN = re.compile(
    r"""\{\{\s*profile\.([A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)\s*"""
    r"""(?:\|\s*default\s*:\s*("[^"\\{}]*"|'[^'\\{}]*')\s*)?\}\}"""
)
LIQUID = re.compile(r"\{\{|\{%")


class PersonalizationError(ValueError):
    """A text that can't be compiled; the message says why in plain words."""


class MissingPropertyError(LookupError):
    """This person lacks what the text prints, and no default stands in for it."""


class OverlongTextError(ValueError):
    """The text came out far longer than any message may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personalized:
    """`constant` is the text when it is the same for everybody; `render` may raise
    MissingPropertyError or OverlongTextError."""

    render: Renderer = field(repr=False)
    properties: frozenset[str] = frozenset()
    # Of what somebody did, where a live campaign answers to that.
    of_event: frozenset[str] = frozenset()
    constant: str | None = None


def literal(text: str) -> Personalized:
    """A text whose braces mean nothing."""
    return Personalized(render=lambda _: text, constant=text)


def compile_text(source: str, *, zone: tzinfo = UTC) -> Personalized:
    """`zone` is the one in which the `date` filter tells moments. Raises PersonalizationError."""
    if not LIQUID.search(source):
        return literal(source)
    if len(source) > SOURCE_MAX:
        raise PersonalizationError(f"A value can have {SOURCE_MAX} characters at most.")
    engine = _engine_renderer(source, zone=zone)
    return Personalized(
        render=_plain_renderer(source, otherwise=engine.render) or engine.render,
        properties=engine.properties,
        of_event=engine.of_event,
    )


def _engine_renderer(source: str, *, zone: tzinfo) -> Personalized:
    try:
        parsed = sandbox.parse(source)
    except NotPermittedError as failure:
        raise PersonalizationError(str(failure)) from None
    except (LiquidError, RecursionError) as failure:
        raise PersonalizationError(_explain(failure)) from None

    def render(profile: Profile) -> str:
        before = MAKING.set(Making(zone=zone))
        try:
            event = profile.get(EVENT_KEY)
            text = parsed.template.render(
                profile=Properties(profile),
                event=Properties(event if isinstance(event, Mapping) else {}),
            )
            check_length(len(text))
            return text
        except UndefinedError as failure:
            raise MissingPropertyError(str(failure.message)) from None
        except (OutputStreamLimitError, OverBudgetError):
            raise OverlongTextError from None
        except Exception as failure:  # noqa: BLE001 a filter may fail on one person's value in any way
            raise MissingPropertyError(type(failure).__name__) from None
        finally:
            MAKING.reset(before)

    return Personalized(render=render, properties=parsed.properties, of_event=parsed.of_event)


def _explain(failure: Exception) -> str:
    if isinstance(failure, BlockNestingError):
        return f"At most {sandbox.Sandbox.block_nesting_limit} conditions can stand in each other."
    reason = failure.message if isinstance(failure, LiquidError) else "it is nested too deeply"
    return f"This can't be read: {reason}. Write it like {{{{ profile.name }}}}."


def _plain_renderer(source: str, *, otherwise: Renderer) -> Renderer | None:
    """For a text that only prints properties; None for any other. A person with a value that is
    neither plain text nor a whole number, or with very long ones, is left to the engine."""
    pieces = PLAIN.split(source)
    literals, names, defaults = pieces[0::3], pieces[1::3], pieces[2::3]
    if any(LIQUID.search(text) for text in literals):
        return None
    start = literals[0]
    steps = [
        (name, None if quoted is None else quoted[1:-1], after)
        for name, quoted, after in zip(names, defaults, literals[1:], strict=True)
    ]

    def render(profile: Profile) -> str:
        text = start
        looked_at = 0
        for name, default, after in steps:
            value: Any = profile.get(name)
            if type(value) is str:
                looked_at += len(value)
                if looked_at > PLAIN_MAX:
                    return otherwise(profile)
            if value is None or (type(value) is str and shows_nothing(value)):
                if default is None:
                    raise MissingPropertyError(name)
                value = default
            elif type(value) is not str:
                if type(value) is not int or abs(value) > SAFE_NUMBER:
                    return otherwise(profile)
                value = str(value)
            text += value + after
        return text

    return render
