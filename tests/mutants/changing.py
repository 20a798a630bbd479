"""Small wrongs in a module's source, SQL and Python alike, one at a time."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import ModuleType

# What stands at the left becomes what stands at the right.
WRONGS = [
    (r"\bAND\b", "OR"),
    (r"\bOR\b", "AND"),
    (r"\bNOT IN\b", "IN"),
    (r"\bIS NOT (NULL|TRUE)\b", r"IS \1"),
    (r"\bIS (NULL)\b", r"IS NOT \1"),
    (r"\bNOT (?=[{(a-z])", ""),
    (r"(?<=\s)<>(?=\s)", "="),
    (r"(?<=\s)>=(?=\s)", "<"),
    (r"(?<=\s)<=(?=\s)", ">"),
    (r"(?<=\s)<(?=\s)", ">="),
    (r"(?<=\s)>(?=\s)", "<="),
    (r"(?<=\s)==(?=\s)", "!="),
    (r"\bLEAST\(", "GREATEST("),
    (r"\bGREATEST\(", "LEAST("),
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"\bTrue\b", "False"),
    (r"\bFalse\b", "True"),
    (r"(?<=\s)\+(?=\s)", "-"),
    (r"(?<=\s)and(?=\s)", "or"),
    (r"(?<=\s)or(?=\s)", "and"),
    (r"(?<=\s)not (?!in\b)", ""),
    (r"\bSKIP LOCKED\b", ""),
    (r"\bLEFT JOIN\b", "JOIN"),
    (r"\bDESC\b", ""),
    (r"\bNULLIF\((\w[\w.]*), ''\)", r"\1"),
    (r"\bCOALESCE\((\w[\w.]*), (\w[\w.]*)\)", r"\2"),
]


@dataclass(frozen=True, slots=True)
class Mutant:
    line: int
    was: str
    now: str
    source: str


def mutants(source: str, module: ModuleType) -> Iterator[Mutant]:
    """Those that Python can read, and that don't stand in comments, docstrings or imports."""
    for start, end, now in sorted(_changes(source, module)):
        if now == source[start:end] or any(a <= start < b for a, b in _beside_the_point(source)):
            continue
        changed = source[:start] + now + source[end:]
        try:
            ast.parse(changed)
        except SyntaxError:
            continue
        line = source.count("\n", 0, start) + 1
        yield Mutant(line=line, was=source[start:end], now=now, source=changed)


def _changes(source: str, module: ModuleType) -> Iterator[tuple[int, int, str]]:
    for pattern, replacement in WRONGS:
        for found in re.finditer(pattern, source):
            yield found.start(), found.end(), found.expand(replacement)
    for found in re.finditer(r"\b(\w+)\.([A-Z_]+)\b", source):
        members = getattr(module, found[1], None)
        if isinstance(members, type) and issubclass(members, Enum):
            names = [member.name for member in members]
            if found[2] in names:
                other = names[(names.index(found[2]) + 1) % len(names)]
                yield found.start(2), found.end(2), other


def _beside_the_point(source: str) -> list[tuple[int, int]]:
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    spans = [found.span() for found in re.finditer(r"(?m)^\s*(?:#|--|@).*$", source)]
    for node in ast.walk(ast.parse(source)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_type = isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.dump(node.annotation)
        if is_text or is_type or isinstance(node, ast.Import | ast.ImportFrom):
            spans.append((lines[node.lineno - 1], lines[node.end_lineno or node.lineno]))
    return spans
