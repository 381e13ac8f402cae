"""`tsunagu token`, beside an installation that runs."""

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import pytest

from adapters.engines.nkey import is_user_seed
from tests.command_line import tsunagu, widest
from tests.integration.clients import HTTP
from tests.integration.processes import Up, up


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up(tmp_path_factory.mktemp("up")) as running:
        yield running


def sees(ours: Up, token: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"}
    return HTTP.get(f"{ours.url}/v1/cases", headers=headers)


def test_the_first_token_is_the_operators_and_opens_the_door(ours: Up) -> None:
    said = ours.tsunagu("token", "issue")
    assert said.returncode == 0, said.stderr
    (token,) = said.stdout.splitlines()
    assert token.startswith("tsg_")
    assert "It is shown this once." in said.stderr
    assert token not in said.stderr
    assert sees(ours, token).status_code == 200


def test_a_program_is_told_all_about_it(ours: Up) -> None:
    said = ours.tsunagu("token", "issue", "--hours", "2", "--json")
    issued = msgspec.json.decode(said.stdout)
    assert issued.keys() == {
        *("token", "id", "agency", "staff", "role", "issued_at", "expires_at"),
    }
    good_for = datetime.fromisoformat(issued["expires_at"]) - datetime.fromisoformat(
        issued["issued_at"]
    )
    assert (issued["role"], good_for) == ("REPRESENTATIVE", timedelta(hours=2))
    named = ("--staff", issued["staff"], "--agency", issued["agency"])
    assert ours.tsunagu("token", "issue", *named).returncode == 0


def test_an_agency_is_given_a_login_to_nats_that_is_the_same_each_time(ours: Up) -> None:
    one, another = str(uuid4()), str(uuid4())
    said = ours.tsunagu("token", "nats", one)
    assert said.returncode == 0, said.stderr
    (seed,) = said.stdout.splitlines()
    assert is_user_seed(seed)
    assert seed not in said.stderr
    login = msgspec.json.decode(ours.tsunagu("token", "nats", one, "--json").stdout)
    assert login.keys() == {"url", "seed", "inbox"}
    assert login["seed"] == seed
    assert ours.tsunagu("token", "nats", another).stdout != said.stdout


def test_a_revoked_token_is_listed_as_such_and_opens_nothing(ours: Up) -> None:
    issued = msgspec.json.decode(ours.tsunagu("token", "issue", "--json").stdout)
    assert sees(ours, issued["token"]).status_code == 200
    assert ours.tsunagu("token", "revoke", issued["id"]).returncode == 0
    revoked_at = time.monotonic()
    while sees(ours, issued["token"]).status_code == 200:
        assert time.monotonic() < revoked_at + 1.5
    assert sees(ours, issued["token"]).json()["code"] == "TOKEN_REVOKED"
    listed = ours.tsunagu("token", "list")
    assert re.search(rf"{issued['id']}  .* revoked\n", listed.stdout)
    assert re.search(r" good\n", listed.stdout)
    assert "tsg_" not in listed.stdout
    assert widest(listed) <= 120
    (line,) = (
        each
        for each in msgspec.json.decode(ours.tsunagu("token", "list", "--json").stdout)
        if each["id"] == issued["id"]
    )
    assert line["revoked_at"] is not None
    assert "token" not in line


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("token", "issue", "--staff", str(uuid4())), "STAFF_NOT_KNOWN"),
        (("token", "issue", "--agency", str(uuid4())), "STAFF_NOT_KNOWN"),
        (("token", "revoke", str(uuid4())), "TOKEN_NOT_FOUND"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code(
    ours: Up, arguments: tuple[str, ...], code: str
) -> None:
    said = ours.tsunagu(*arguments)
    assert said.returncode == 1
    assert code in said.stderr
    assert not said.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "issue", "--hours", "9"),
        ("token", "issue", "--hours", "0"),
        ("token", "issue", "--staff", "sato"),
        ("token", "revoke", "tsg_na-mi-da"),
        ("token", "revoke"),
        ("up", "--http-port", "65536"),
    ],
)
def test_what_no_token_can_be_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    assert tsunagu(*arguments).returncode == 2


def test_where_nothing_runs_nobody_gets_a_token(tmp_path: Path) -> None:
    said = tsunagu("token", "issue", "--data", tmp_path / "data")
    assert said.returncode == 3
    assert "NOT_RUNNING" in said.stderr


def test_a_port_that_is_taken_is_said_with_what_to_do(ours: Up, tmp_path: Path) -> None:
    port = ours.url.rpartition(":")[2]
    config = {"XDG_CONFIG_HOME": str(tmp_path)}
    said = tsunagu("up", "--data", tmp_path / "data", "--http-port", port, **config)
    assert said.returncode == 3
    assert "PORT_TAKEN" in said.stderr
    assert "--http-port" in said.stderr
