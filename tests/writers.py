"""Which functions of ours write to the database, by themselves or by what they call."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from tests.test_architecture import modules

WRITING = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "save"}
WRITING_SQL = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+\w")


@dataclass
class Known:
    """One function: what it calls of ours, and whether it writes by itself."""

    calls: set[str] = field(default_factory=set)
    writes: bool = False
    takes_by: bool = False


@cache
def functions() -> dict[str, Known]:
    """By dotted name, those at the root of a module."""
    found = {}
    for module, path in modules().items():
        tree = ast.parse(path.read_text())
        names = dict(_names(module, tree))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                by = any(argument.arg == "by" for argument in node.args.kwonlyargs)
                known = Known(called(node, names), _writes(node, module), by)
                found[f"{module}.{node.name}"] = known
    return found


@cache
def writers() -> frozenset[str]:
    writing = {name for name, known in functions().items() if known.writes}
    while more := {n for n, known in functions().items() if known.calls & writing} - writing:
        writing |= more
    return frozenset(writing)


def called_in(module: str) -> set[str]:
    tree = ast.parse(modules()[module].read_text())
    return called(tree, dict(_names(module, tree)))


def called(node: ast.AST, names: dict[str, str]) -> set[str]:
    """What is named there, called or handed on."""
    found = set()
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name) if name in names:
                found.add(names[name])
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in names:
                found.add(f"{names[name]}.{attribute}")
    return found


def _names(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, f"{module}.{node.name}"


def _writes(node: ast.AST, module: str) -> bool:
    return any(_is_writing(part) or _is_writing_sql(part, module) for part in ast.walk(node))


def _is_writing(part: ast.AST) -> bool:
    match part:
        case ast.Call(func=ast.Attribute(attr="update"), args=[], keywords=[_, *_]):
            return True
        case ast.Call(func=ast.Attribute(attr="delete"), args=[]):
            return True
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in WRITING
    return False


def _is_writing_sql(part: ast.AST, module: str) -> bool:
    """A text that stands in the module under a name of its own."""
    if not isinstance(part, ast.Name) or not part.id.isupper():
        return False
    text = getattr(import_module(module), part.id, "")
    return isinstance(text, str) and WRITING_SQL.search(text) is not None


def writes_itself(module: str) -> bool:
    """Saving a form is Django's way to call an act."""
    tree = ast.parse(modules()[module].read_text())
    calls = (node for node in ast.walk(tree) if not _saves_a_form(node))
    return any(_is_writing(node) for node in calls)


def _saves_a_form(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="form"), attr="save")):
            return True
    return False
