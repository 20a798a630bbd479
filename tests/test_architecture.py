"""The rules that carry the code: the line of apps, floors and rooms, and what keeps them true."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINE = ("config", "callbacks", "campaigns", "templates_app", "providers")
FLOORS = ("rows", "acts", "tasks", "doors")
DOORS = {"admin", "views", "api", "management", "urls", "apps", "templatetags"}
# What stands at the root of each app, from the top down: a room imports only rooms that stand after
# it. A package whose own rooms have an order has a line of its own.
ROOMS = {
    "config": (
        *("wsgi", "wsgi_api", "wsgi_callbacks", "urls", "urls_api", "urls_callbacks", "apps"),
        "callback_process",
        *("templatetags", "management", "console", "demo", "tasks", "doctor", "ops"),
        *("celery", "broker", "settings", "embedded", "queues", "formats"),
    ),
    "callbacks": (
        *("apps", "urls", "admin", "api", "views", "management", "tasks"),
        *("inspecting", "receipts", "inbox", "receiving", "hints", "parsers", "models"),
    ),
    "campaigns": (
        *("apps", "admin", "api", "management", "templatetags", "tasks"),
        *("tryouts", "results", "sending", "feedback"),
        *("running", "planning", "outbox", "gates", "audience", "pace", "ledger", "hints"),
        "models",
    ),
    "campaigns.admin": ("campaigns", "tryouts", "audience", "messages", "lists"),
    "templates_app": (
        *("apps", "urls", "admin", "api", "views", "management", "tasks", "templatetags"),
        *(
            "incoming",
            "media",
            "keeping",
            "rendering",
            "kinds",
            "rules",
            "values",
            "wording",
            "models",
        ),
    ),
    "providers": (
        *("apps", "admin", "api", "views", "management", "tasks", "simulator"),
        *("api_keys", "people", "connection", "erasure", "watch", "hints", "network", "phones"),
        *("models", "gateway", "secrets", "refusals", "names", "process"),
    ),
}
MOST_ROOMS, MOST_ARROWS = 21, 70  # at the root of an app: more than that nobody holds in mind
VAGUE = {"utils", "helpers", "services", "common", "misc", "util", "lib"}


@dataclass(frozen=True)
class Imported:
    module: str
    line: int
    only_for_types: bool
    inside_function: bool


@cache
def modules() -> dict[str, Path]:
    """Our modules by dotted name; migrations are made by themselves."""
    found = {}
    for app in LINE:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


def _nodes(tree: ast.AST, *, types: bool = False, function: bool = False) -> Iterator[Imported]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Imported(alias.name, node.lineno, types, function)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                target = name if name in modules() else str(node.module)
                yield Imported(target, node.lineno, types, function)
        else:
            is_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _nodes(node, types=types or is_types, function=function or is_function)


@cache
def imports(module: str) -> tuple[Imported, ...]:
    return tuple(_nodes(ast.parse(modules()[module].read_text())))


def app_of(module: str) -> str:
    return module.partition(".")[0]


def room_of(module: str, *, house: str) -> str | None:
    """None for what isn't in the house, and for the house itself."""
    if not module.startswith(f"{house}."):
        return None
    return module.removeprefix(f"{house}.").partition(".")[0]


def arrows(house: str) -> dict[tuple[str, str], list[str]]:
    """From room to room, and which imports they are made of."""
    found: dict[tuple[str, str], list[str]] = {}
    for module in modules():
        here = room_of(module, house=house)
        for imported in imports(module):
            there = room_of(imported.module, house=house)
            if here and there and here != there:
                line = f"{module}:{imported.line} imports {imported.module}"
                found.setdefault((here, there), []).append(line)
    return found


def runs_up(here: str, there: str, *, house: str) -> bool:
    return ROOMS[house].index(here) > ROOMS[house].index(there)


def floor_of(module: str) -> str:
    below = module.split(".")[1:]
    if not below or below[0] == "models":
        return "rows"
    if below[0] == "tasks":
        return "tasks"
    return "doors" if below[0] in DOORS else "acts"


@cache
def is_pure(module: str) -> bool:
    """Knows no row, task or page of its own app, not even through others: anybody may use it."""
    seen, waiting = set(), [module]
    while waiting:
        here = waiting.pop()
        if here in seen or here not in modules():
            continue
        seen.add(here)
        if floor_of(here) != "acts":
            return False
        waiting += [
            imported.module
            for imported in imports(here)
            if app_of(imported.module) == app_of(module) and not imported.only_for_types
        ]
    return True


@pytest.mark.parametrize("app", LINE)
def test_an_app_imports_only_apps_to_its_right(app: str) -> None:
    allowed = set(LINE[LINE.index(app) :])
    wrong = [
        f"{module}:{imported.line} imports {imported.module}"
        for module in modules()
        if app_of(module) == app
        for imported in imports(module)
        if app_of(imported.module) in LINE and app_of(imported.module) not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("app", [app for app in LINE if app != "config"])
def test_a_file_imports_only_from_lower_floors_of_its_app(app: str) -> None:
    wrong = [
        f"{module}:{imported.line} ({floor_of(module)}) imports {imported.module}"
        for module in modules()
        if app_of(module) == app and "simulator" not in module
        for imported in imports(module)
        if app_of(imported.module) == app and imported.module in modules()
        if FLOORS.index(floor_of(imported.module)) > FLOORS.index(floor_of(module))
        if not is_pure(imported.module)
    ]
    assert wrong == []


@pytest.mark.parametrize("house", ROOMS)
def test_every_room_has_its_place(house: str) -> None:
    rooms = {room for module in modules() if (room := room_of(module, house=house))}
    assert sorted(rooms) == sorted(ROOMS[house])


@pytest.mark.parametrize("house", ROOMS)
def test_a_room_imports_only_rooms_below_it(house: str) -> None:
    wrong = [
        line
        for (here, there), lines in arrows(house).items()
        if runs_up(here, there, house=house)
        for line in lines
    ]
    assert wrong == []


def test_an_import_of_a_higher_room_is_noticed() -> None:
    assert runs_up("pace", "sending", house="campaigns")
    assert not runs_up("sending", "pace", house="campaigns")
    assert arrows("campaigns")["sending", "pace"] != []


@pytest.mark.parametrize("app", LINE)
def test_the_root_of_an_app_stays_small(app: str) -> None:
    assert len(ROOMS[app]) <= MOST_ROOMS
    assert len(arrows(app)) <= MOST_ARROWS


def test_no_file_imports_in_a_circle() -> None:
    """Not even by way of others, or for types only."""
    graph = {
        module: {one.module for one in imports(module) if one.module in modules()} - {module}
        for module in modules()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" imports ".join(circle.args[1]))


def test_nothing_is_imported_inside_a_function() -> None:
    wrong = [
        f"{module}:{imported.line} imports {imported.module}"
        for module in modules()
        for imported in imports(module)
        if imported.inside_function
    ]
    assert wrong == []


def test_no_app_of_ours_listens_to_signals_of_rows() -> None:
    forbidden = ("django.db.models.signals", "django.dispatch", "django.core.signals")
    wrong = [
        module
        for module in modules()
        for imported in imports(module)
        if imported.module.startswith(forbidden)
    ]
    # They only stop Django's own listeners.
    stopping = ("config.callback_process", "config.ops.warm_requests")
    wrong = [module for module in wrong if module not in stopping]
    assert wrong == []


def test_every_file_is_named_after_what_happens_in_it() -> None:
    assert [module for module in modules() if VAGUE & set(module.split("."))] == []


def test_the_simulator_and_the_product_know_nothing_of_each_other() -> None:
    simulator = {module for module in modules() if module.startswith("providers.simulator")}
    inward = [
        f"{module} imports {imported.module}"
        for module in simulator
        for imported in imports(module)
        if app_of(imported.module) in LINE and imported.module not in simulator
    ]
    outward = [
        f"{module} imports {imported.module}"
        for module in set(modules()) - simulator
        for imported in imports(module)
        if imported.module in simulator and app_of(module) != "config"
    ]
    assert (inward, outward) == ([], [])
