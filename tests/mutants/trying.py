"""Each mutant in a child process, against tests that are collected once."""

import ast
import os
import signal
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from itertools import islice
from pathlib import Path
from time import monotonic
from types import ModuleType

import pytest
from _pytest.runner import runtestprotocol
from django.db import connections

from tests.mutants.changing import mutants

HANGS_AFTER = 10  # times as long as it takes without a mutant
SHORTEST = 20  # seconds
OURS = ("campaigns", "callbacks", "tests")
_FORGOTTEN: list[object] = []
REGISTERED_ONCE = (".admin", ".models", ".apps", ".migrations", ".tasks")


class Trying:
    def __init__(self, paths: list[str], *, every: int) -> None:
        self._paths, self._every = paths, every

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not _pass(session.items[:1], of=session.items):
            raise pytest.UsageError("the first test fails without any mutant")
        for path in self._paths:
            self._try_all(path, session.items)
        return True

    def _try_all(self, path: str, items: list[pytest.Item]) -> None:
        module = import_module(path.removesuffix(".py").replace("/", "."))
        source = Path(path).read_text()
        begun = monotonic()
        if _is_noticed(source, module, items):
            raise pytest.UsageError(f"the tests fail with {path} as it is")
        seconds = SHORTEST + HANGS_AFTER * int(monotonic() - begun)
        noticed, tried = 0, 0
        try:
            for mutant in islice(mutants(source, module), 0, None, self._every):
                what = f"{path}:{mutant.line}: {mutant.was!r} → {mutant.now!r}"
                is_noticed = _is_noticed(mutant.source, module, items, seconds=seconds, what=what)
                noticed, tried = noticed + is_noticed, tried + 1
        finally:
            say(f"{path}: {noticed} of {tried} noticed")


def say(text: str) -> None:
    os.write(2, f"{text}\n".encode())


def _is_noticed(
    source: str,
    module: ModuleType,
    items: list[pytest.Item],
    *,
    seconds: int = 0,
    what: str = "",
) -> bool:
    """`what` is said where it is not, or where it hangs for so many `seconds`."""
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)
        code = 1
        try:
            _forget_connections()
            _put(source, module)
            code = 0 if _pass(items, of=items) else 1
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if what and os.WIFSIGNALED(status):
        say(f"{what}: hung")
    elif what and status == 0:
        say(f"{what}: nobody noticed")
    return status != 0


def _pass(items: list[pytest.Item], *, of: list[pytest.Item]) -> bool:
    """What is made once a session stays, as another test is said to follow the last one."""
    for number, item in enumerate(items):
        following = of[(number + 1) % len(of)]
        reports = runtestprotocol(item, log=False, nextitem=following)
        if any(report.failed for report in reports):
            return False
    return True


def _forget_connections() -> None:
    """The parent's, whose sockets a child must not close: so they are still referred to."""
    for each in connections.all(initialized_only=True):
        _FORGOTTEN.append(each.connection)
        each.connection = None


def _put(source: str, module: ModuleType) -> None:
    """In its place, and once more whatever was made of it when it was imported."""
    _run(source, module)
    for dependent in _dependents(module):
        _run(Path(str(dependent.__file__)).read_text(), dependent)


def _run(source: str, module: ModuleType) -> None:
    before = dict(vars(module))
    exec(compile(source, str(module.__file__), "exec"), vars(module))
    replaced = {
        id(value): name
        for name, value in before.items()
        if not name.startswith("__") and vars(module).get(name) is not value
    }
    for other in _ours():
        for name, value in list(vars(other).items()):
            if other is not module and id(value) in replaced:
                setattr(other, name, vars(module)[replaced[id(value)]])


def _ours() -> list[ModuleType]:
    return [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in OURS and getattr(module, "__file__", None)
    ]


def _dependents(module: ModuleType) -> Iterator[ModuleType]:
    """Those above it that were imported, each after what it imports itself."""
    known = {
        each.__name__: each
        for each in _ours()
        if each.__name__.partition(".")[0] in OURS[:2]
        and not any(part in f"{each.__name__}." for part in REGISTERED_ONCE)
    }
    below = {name: _imports(each) & known.keys() for name, each in known.items()}
    reached = {module.__name__}
    for name in TopologicalSorter(below).static_order():
        if name not in reached and reached & below[name]:
            reached.add(name)
            yield known[name]


def _imports(module: ModuleType) -> set[str]:
    tree = ast.parse(Path(str(module.__file__)).read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [(str(node.module), alias.name) for node in found for alias in node.names]
    # Whoever asks a package for one of its modules needs that one, and maybe before the package.
    return {
        f"{package}.{name}" if f"{package}.{name}" in sys.modules else package
        for package, name in names
    }
