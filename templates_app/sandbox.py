"""The Liquid engine, shut in: no files, no other templates, bounded loops and sizes.

A property that is missing, null or blank stays *missing* through every filter until `default`
catches it; printing it raises, so that nobody gets "Hi ," by a silent gap.
"""

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, tzinfo
from functools import wraps

from liquid import BoundTemplate, Environment, Mode, RenderContext
from liquid.builtin.expressions.primitive import IntegerLiteral, RangeLiteral
from liquid.exceptions import LiquidSyntaxError, OutputStreamLimitError, UndefinedError
from liquid.expression import Expression
from liquid.undefined import Undefined

from templates_app.cleaning import clean
from templates_app.moments import told_in

TEXT_MAX = 16_384  # bytes or characters of one rendered value; WhatsApp takes far less
FORBIDDEN_TAGS = (
    "include",
    "render",
    "tablerow",
    "increment",
    "decrement",
    "cycle",
    "ifchanged",
    "doc",
)


class Missing(Undefined):
    """A property that this person does not have."""

    __slots__ = ()
    force_liquid_default = True

    def __str__(self) -> str:
        raise UndefinedError(self.name, token=self.token)


class Properties(Mapping[str, object]):
    """A profile as the engine sees it: what is blank is not there."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> object:
        value = self._values.get(key)
        if is_blank(value):
            return Missing(str(key), token=None)
        return Properties(value) if isinstance(value, dict) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __str__(self) -> str:
        raise UndefinedError("profile", token=None)


def is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not clean(value)
    return value is None or (isinstance(value, list | dict) and not value)


class Sandbox(Environment):
    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 100
    local_namespace_limit = 65_536
    output_stream_limit = TEXT_MAX

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for tag in FORBIDDEN_TAGS:
            del self.tags[tag]
        self.filters["date"] = _local_date(self.filters["date"])
        self.filters = {
            name: run if name == "default" else _guarded(run) for name, run in self.filters.items()
        }


# The time zone in which moments are told while a text is rendered.
ZONE: ContextVar[tzinfo] = ContextVar("ZONE", default=UTC)


def _local_date(run: Callable[..., object]) -> Callable[..., object]:
    """Liquid's `date`, but a moment of a profile is told as the project's clocks tell it."""

    @wraps(run)
    def local_date(given: object, *others: object, **named: object) -> object:
        moment = told_in(given, zone=ZONE.get()) if isinstance(given, str) else None
        # Without its offset: Liquid remembers dates, and one moment is equal in every zone.
        return run(moment.replace(tzinfo=None) if moment else given, *others, **named)

    return local_date


def _guarded(run: Callable[..., object]) -> Callable[..., object]:
    @wraps(run)
    def guarded(*given: object, **named: object) -> object:
        for value in given:
            if isinstance(value, Missing):
                return value
        result = run(*given, **named)
        if isinstance(result, str) and len(result) > TEXT_MAX:
            raise OutputStreamLimitError("text too long", token=None)
        return result

    return guarded


ENVIRONMENT = Sandbox(
    tolerance=Mode.STRICT, undefined=Missing, strict_filters=True, autoescape=False
)


def parse(source: str) -> BoundTemplate:
    """Raises LiquidError for anything that is not Liquid, and for ranges without a near end: the
    engine counts the rounds of a loop, but a filter or a `contains` goes through all of one."""
    template = ENVIRONMENT.from_string(source)
    for expression in _expressions(template):
        if isinstance(expression, RangeLiteral) and not _is_short(expression):
            most = Sandbox.loop_iteration_limit
            raise LiquidSyntaxError(
                f"a range goes from one number to another, at most {most} further",
                token=expression.token,
            )
    return template


def _expressions(template: BoundTemplate) -> Iterator[Expression]:
    """However deep they stand."""
    context = RenderContext(template)
    nodes = list(template.nodes)
    while nodes:
        node = nodes.pop()
        nodes.extend(node.children(context, include_partials=False))
        expressions = list(node.expressions())
        while expressions:
            expression = expressions.pop()
            expressions.extend(expression.children())
            yield expression


def _is_short(numbers: RangeLiteral) -> bool:
    first, last = numbers.start, numbers.stop
    if not (isinstance(first, IntegerLiteral) and isinstance(last, IntegerLiteral)):
        return False
    return bool(last.value - first.value <= Sandbox.loop_iteration_limit)
