"""Every way out of the house, and how the gate stands in it. A new one has to be added here."""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from adapters.cli.program import app, every_command
from adapters.engines.nats_server import Tenant, agency, desk
from adapters.engines.nkey import new_seed
from adapters.http.operations import OPERATIONS
from domain.model import AgencyId

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
# What the systems of others may say and hear on our server, and what it is of the above.
AT_THE_DESK: Final[Mapping[str, str]] = {"ask.>": "ask", "publish.>": "publish"}
AS_AN_AGENCY: Final[Mapping[str, str]] = {
    **AT_THE_DESK,
    "feed.fetch": "fetch",
    "feed.wake": "wakes",
}
SERVED: Final = "what was given to the broker, which is below"
OUR_OWN: Final = "between our own services, in HUB"
# Everything of ours that hears a subject, as its source says which.
HEARS: Final[Mapping[tuple[str, str], str]] = {
    ("adapters/nats/broker.py", "each.subject"): SERVED,
    ("adapters/nats/broker.py", "'>'"): SERVED,
    ("adapters/nats/broker.py", "subject"): SERVED,
    ("adapters/nats/desk.py", "ASK"): "ask",
    ("adapters/nats/desk.py", "STREAM"): "publish",
    ("adapters/nats/events.py", "''"): OUR_OWN,
    ("adapters/nats/feed.py", "fetch_of('*')"): "fetch",
    ("adapters/nats/following.py", "f'{self._inbox}.*'"): OUR_OWN,
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


@pytest.mark.parametrize(
    ("tenant", "known"),
    [(desk(new_seed()), AT_THE_DESK), (agency(new_seed(), AgencyId(uuid4())), AS_AN_AGENCY)],
)
def test_no_tenant_says_or_hears_anything_else(tenant: Tenant, known: Mapping[str, str]) -> None:
    assert {*tenant.asks, *tenant.hears} == known.keys()
    assert {*known.values()} <= SUBJECTS.keys()


def test_there_are_no_other_tenants() -> None:
    made = [path for path in _sources() for call in _calls(path) if _name(call) == "Tenant"]
    assert made == [ROOT / "adapters" / "engines" / "nats_server.py"] * 2


def test_nothing_of_ours_hears_any_other_subject() -> None:
    found = [
        (str(path.relative_to(ROOT)), ast.unparse(call.args[0] if call.args else call))
        for path in _sources()
        for call in _calls(path)
        if _hears(_name(call))
    ]
    assert sorted(found) == sorted(HEARS)
    assert {*HEARS.values()} <= {*SUBJECTS, SERVED, OUR_OWN}


def test_every_command_is_known() -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    alone = {n for n, each in every_command(group) if not isinstance(each, TyperGroup)}
    assert alone == COMMANDS.keys()


@pytest.mark.parametrize(("called", "expected"), [("keys", OPENS), ("open", LETS_OUT)])
def test_nobody_else_asks_for_keys(called: str, expected: Mapping[str, int]) -> None:
    """Whatever they call whom they ask."""
    found: dict[str, int] = {}
    for path in _sources():
        times = sum(1 for call in _asked(path) if _name(call) == called)
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


def _sources() -> list[Path]:
    return sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")])


def _calls(path: Path) -> Iterator[ast.Call]:
    return (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call))


def _asked(path: Path) -> Iterator[ast.Call]:
    """Calls with something to ask for that are waited for, here or by whom they are handed to."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Await(value=value):
                parts = [value]
            case ast.Call(args=args, keywords=named):
                parts = [*args, *(each.value for each in named)]
            case _:
                continue
        for part in parts:
            if isinstance(part, ast.Call) and (part.args or part.keywords):
                yield part


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _hears(name: str) -> bool:
    return name in {"Answering", "Pulling"} or ("subscribe" in name and name != "unsubscribe")
