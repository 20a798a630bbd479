"""The Liquid engine, shut in: of its tags and filters only those that a text may use."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from liquid import BoundTemplate, Environment, Mode, RenderContext
from liquid.ast import Node
from liquid.builtin import content, illegal, output
from liquid.builtin.expressions import FilteredExpression, Path, PositionalArgument
from liquid.builtin.expressions.primitive import Literal
from liquid.builtin.tags import case_tag, if_tag, unless_tag
from liquid.expression import Expression

from templates_app.values.filters import FILTERS, Filter, length_of
from templates_app.values.making import MAKING, STEPS_MAX, TEXT_MAX, check_length
from templates_app.values.permitting import NotPermittedError, check_spelling
from templates_app.values.properties import Missing

PROFILE, EVENT = "profile", "event"
ROOTS = frozenset({PROFILE, EVENT})
DEEP = 5  # profile.a.b.c.d


class FirstThatFits(case_tag.CaseNode):
    """Liquid writes a `when` once for each of its values that fit: ten in ten in ten … of them
    would never end."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        otherwise: Node | None = None
        for block in self.blocks:
            if not isinstance(block, case_tag.MultiExpressionBlockNode):
                otherwise = otherwise or block
            elif any(block.expression.evaluate(context)):
                return block.block.render(context, buffer)
        return otherwise.render(context, buffer) if otherwise else 0

    def expressions(self) -> Iterator[Expression]:
        """What is compared is looked up for each `when`."""
        for _ in self.blocks:
            yield self.expression


class CaseTag(case_tag.CaseTag):
    node_class = FirstThatFits


class Sandbox(Environment):
    block_nesting_limit = 10
    output_stream_limit = 4 * TEXT_MAX  # bytes

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002
        self.add_tag(content.Literal)
        self.add_tag(output.Output)
        self.add_tag(illegal.Illegal)
        self.add_tag(if_tag.IfTag)
        self.add_tag(unless_tag.UnlessTag)
        self.add_tag(CaseTag)
        for name, known in FILTERS.items():
            self.add_filter(name, _counted(known.run, takes_missing=name == "default"))


def _counted(run: Callable[..., object], *, takes_missing: bool) -> Callable[..., object]:
    def counted(*given: object) -> object:
        if not takes_missing:
            for value in given:
                if isinstance(value, Missing):
                    return value
        MAKING.get().spend(sum(map(length_of, given)))
        result = run(*given)
        check_length(length_of(result))
        return result

    return counted


ENVIRONMENT = Sandbox(
    tolerance=Mode.STRICT, undefined=Missing, strict_filters=True, autoescape=False
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """`properties` are the person's, `of_event` those of what they did."""

    template: BoundTemplate
    properties: frozenset[str]
    of_event: frozenset[str]


def parse(source: str) -> Parsed:
    """Raises NotPermittedError for what is not in the language, LiquidError for no Liquid."""
    check_spelling(source)
    template = ENVIRONMENT.from_string(source)
    named: dict[str, set[str]] = {root: set() for root in ROOTS}
    steps = 0
    for expression in _expressions(template):
        if isinstance(expression, Path):
            root, name = _property_of(expression)
            named[root].add(name)
            steps += len(expression.path) - 1
        elif isinstance(expression, FilteredExpression):
            steps += _check_filters(expression)
    if steps > STEPS_MAX:
        raise NotPermittedError(f"A value can have {STEPS_MAX} properties and filters at most.")
    return Parsed(template, frozenset(named[PROFILE]), frozenset(named[EVENT]))


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


def _property_of(expression: Path) -> tuple[str, str]:
    """Whose, and which."""
    root, *names = expression.path
    if not isinstance(root, str) or root not in ROOTS:
        right = "profile.name" if str(root).lower() == "profile" else f"profile.{root}"
        raise NotPermittedError(f"“{root}” is not known here: write {{{{ {right} }}}}.")
    if not names or not isinstance(names[0], str):
        raise NotPermittedError("Say which property: {{ profile.name }}.")
    if len(names) > DEEP:
        raise NotPermittedError(f"At most {DEEP} names can stand behind each other.")
    return root, names[0]


def _check_filters(expression: FilteredExpression) -> int:
    for used in expression.filters or ():
        if used.name not in FILTERS:
            known = ", ".join(FILTERS)
            raise NotPermittedError(f"There is no filter “{used.name}”. You can use {known}.")
        for problem in _problems_of(FILTERS[used.name], used.args):
            raise NotPermittedError(f"The filter “{used.name}” {problem}.")
    return len(expression.filters or ())


def _problems_of(known: Filter, arguments: Sequence[object]) -> Iterator[str]:
    if not known.least <= len(arguments) <= known.most:
        yield f"{_how_many(known.least, known.most)}"
    for argument in arguments:
        if not isinstance(argument, PositionalArgument):
            yield "takes values without names"
        elif isinstance(argument.value, Literal):
            yield from filter(None, [known.check(argument.value.value)])


def _how_many(least: int, most: int) -> str:
    if not most:
        return "stands alone, without a colon"
    number = str(least) if least == most else f"{least} to {most}"
    return f"takes {number} {'value' if number == '1' else 'values'} after a colon"
