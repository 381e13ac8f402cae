"""Every way out of the house, and how the gate stands in it. A new one has to be added here."""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from adapters.cli.program import app, every_command
from adapters.http.operations import OPERATIONS

ROOT: Final = Path(__file__).parent.parent
GATE: Final = "through the gate"
CODES: Final = "codes and ids of whoever asked, and of nobody's case"
ROLL: Final = "what agencies and networks say of themselves: of nobody who is helped"
SIGNS: Final = "how the house stands; of nobody"
ROUTES: Final[Mapping[str, str]] = {
    "post /v1/commands": CODES,
    "get /v1/commands/{command}": CODES,
    "get /v1/cases": GATE,
    "get /v1/cases/{alias}": GATE,
    "get /v1/cases/{alias}/timeline": GATE,
    "get /v1/cases/{alias}/replay": GATE,
    "get /v1/cases/{alias}/explain": GATE,
    "get /v1/cases/{alias}/trail": GATE,
    "post /v1/cases/{alias}/what-if": GATE,
    "get /v1/feed": GATE,
    "get /v1/referrals": GATE,
    "get /v1/referrals/lead-times": GATE,
    "get /v1/work": GATE,
    "get /v1/disclosures": GATE,
    "get /v1/meetings": GATE,
    "get /v1/meetings/{meeting}/pack": GATE,
    "get /v1/meetings/{meeting}/minutes": GATE,
    "get /v1/grievances": GATE,
    "get /v1/directory": ROLL,
    "get /v1/directory/unnamed": ROLL,
    "get /v1/directory/gaps": ROLL,
    "get /v1/networks": ROLL,
    "get /v1/networks/{network}": ROLL,
    "get /v1/networks/{network}/members": ROLL,
    "get /v1/networks/{network}/unnamed": ROLL,
    "get /v1/networks/{network}/disaster": ROLL,
    "get /v1/networks/{network}/ledger": GATE,
    "get /v1/cases/stream": GATE,
    "get /v1/clock": SIGNS,
    "post /v1/clock": SIGNS,
    "get /health/live": SIGNS,
    "get /health/ready": SIGNS,
    "get /metrics": SIGNS,
    "get /openapi.json": SIGNS,
    "get /": SIGNS,
}
SUBJECTS: Final[Mapping[str, str]] = {
    "ask": CODES,
    "publish": CODES,
    "answers": CODES,
    "receipts": CODES,
    "fetch": GATE,
    "pages": GATE,
    "wakes": "that there may be something, of what may be seen, and nothing else",
}
BY_HTTP: Final = "what an entrance answers to the caller's own token, and nothing else"
COMMANDS: Final[Mapping[str, str]] = {
    "demo": "plays a made-up case",
    "doctor": SIGNS,
    "explain": BY_HTTP,
    "ledger": BY_HTTP,
    "list": BY_HTTP,
    "meeting": BY_HTTP,
    "play": BY_HTTP,
    "processes": SIGNS,
    "projections list": SIGNS,
    "projections pause": SIGNS,
    "projections rebuild": SIGNS,
    "projections resume": SIGNS,
    "replay": BY_HTTP,
    "seed": "tells made-up lives",
    "status": SIGNS,
    "streams check": SIGNS,
    "streams rebuild": SIGNS,
    "token issue": CODES,
    "token list": CODES,
    "token nats": CODES,
    "token revoke": CODES,
    "trail": BY_HTTP,
    "up": SIGNS,
    "version": SIGNS,
    "what-if exclusion": BY_HTTP,
    "what-if grant": BY_HTTP,
    "what-if invitee": BY_HTTP,
    "what-if narrowing": BY_HTTP,
    "what-if withdrawal": BY_HTTP,
}
# Who asks for keys, and for what. What is shown to somebody has passed the gate before.
OPENS: Final[Mapping[str, int]] = {
    "services/announcing.py": 1,  # What agencies and networks say of themselves.
    "services/deciding": 0,
    "services/disclosing.py": 1,  # The gate itself.
    "services/keys.py": 2,  # To seal with them.
    "services/seeding/sowing.py": 1,  # To seal with them.
}
LETS_OUT: Final[Mapping[str, int]] = {
    "services/feeding/__init__.py": 1,  # After all of a page has passed.
    "services/listing.py": 1,  # After all rows have passed.
    "services/looking.py": 2,  # After it has passed; and corrections, to decide.
    "services/replaying/glass.py": 1,  # Corrections, to decide.
    "services/viewing.py": 1,  # To compare with what they were told before.
}


def test_every_route_is_known() -> None:
    assert {f"{each.method} {each.path}" for each in OPERATIONS} == ROUTES.keys()


def test_every_subject_is_known() -> None:
    described = json.loads((ROOT / "contracts" / "asyncapi.json").read_text())
    assert described["channels"].keys() == SUBJECTS.keys()


def test_every_command_is_known() -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    alone = {n for n, each in every_command(group) if not isinstance(each, TyperGroup)}
    assert alone == COMMANDS.keys()


@pytest.mark.parametrize(
    ("called", "on", "expected"),
    [("keys", {"keyring", "_keyring"}, OPENS), ("open", {"gate"}, LETS_OUT)],
)
def test_nobody_else_asks_for_keys(called: str, on: set[str], expected: Mapping[str, int]) -> None:
    found: dict[str, int] = {}
    for path in sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]):
        times = sum(1 for call in _calls(path) if _is(call, called, on))
        if times:
            found[str(path.relative_to(ROOT))] = times
    assert found == {path: times for path, times in expected.items() if times}


def test_what_commands_print_they_have_from_an_entrance() -> None:
    """None of them decides by itself what somebody may see."""
    for path in sorted((ROOT / "adapters" / "cli").glob("*.py")):
        imported = {
            node.module
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module
        }
        reads = {"services.disclosing", "services.looking", "services.viewing", "services.listing"}
        assert imported.isdisjoint(reads), path.name


def _calls(path: Path) -> Iterator[ast.Call]:
    return (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call))


def _is(call: ast.Call, name: str, on: set[str]) -> bool:
    match call.func:
        case ast.Attribute(attr=attr, value=ast.Attribute(attr=of) | ast.Name(id=of)):
            return attr == name and of in on
        case _:
            return False
