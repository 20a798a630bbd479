"""The table of who moves a message names everybody who does."""

import ast
import re
from pathlib import Path

from campaigns.ledger import moves
from tests.test_architecture import ROOT

MOVING = {"insert", "drop", "doubt", "at_least", "when_dropped", "counted", "DROP_HELD"}
SHARED = {"ledger/moves.py", "sending/dropping.py"}
INSERTS = "INSERT INTO campaigns_message ("


def moves_messages(path: Path) -> bool:
    text = path.read_text()
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    taken = {
        alias.name
        for node in imports
        if node.module in ("campaigns.ledger.moves", "campaigns.sending.dropping")
        for alias in node.names
    }
    return bool(taken & MOVING) or "moves.insert(" in text or INSERTS in text


def test_whoever_moves_a_message_stands_in_the_table() -> None:
    house = ROOT / "campaigns"
    modules = [path for path in house.rglob("*.py") if "migrations" not in path.parts]
    movers = {str(path.relative_to(house)) for path in modules if moves_messages(path)}
    named = set(re.findall(r"(?m)^\| `([\w/]+\.py)`", moves.__doc__ or ""))
    assert named == movers - SHARED
