"""`tsunagu projections`: what an operator sees of the lists that run, and does with them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Final, NamedTuple

import httpx
import msgspec
import pytest
import pytest_asyncio
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from adapters import metrics
from adapters.app import App, running
from adapters.engines import PostgresAccess
from adapters.postgres.views import PostgresViews
from adapters.settings import Settings
from projections.lists import LISTS
from tests.command_line import tsunagu, widest
from tests.integration.writers import a_stream, command, event, until

FOUNDED: Final = 4  # Events, by which the operator is there.


class House(NamedTuple):
    folder: Path
    app: App

    async def said(self, *arguments: str) -> CompletedProcess[str]:
        return await asyncio.to_thread(
            tsunagu, "projections", *arguments, "--data", self.folder / "data"
        )

    async def lists(self) -> dict[str, dict[str, Any]]:
        found = (await self.said("list", "--json")).stdout
        return {each["name"]: each for each in msgspec.json.decode(found)}

    async def figures(self) -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{self.app.url}/metrics")).text

    async def shows(self, figure: str) -> None:
        async with asyncio.timeout(30):
            while figure not in await self.figures():  # noqa: ASYNC110 (It is asked over HTTP.)
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(metrics, "LOOKED_AT_EVERY_S", 0.05)
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    with capture_logs():
        async with running(Settings(data=tmp_path / "data", http_port=0), environ) as app:
            yield House(tmp_path, app)


async def test_an_operator_sees_each_list_and_holds_lets_go_and_makes_anew(house: House) -> None:
    for name in ("case_list", "case_activity", "referral_board"):
        await house.shows(f'tsunagu_projection_behind_events{{projection="{name}"}} 0.0')
    assert (await house.lists())["case_list"] == {
        "name": "case_list",
        "state": "running",
        "position": FOUNDED,
        "head": FOUNDED,
        "behind": 0,
        "behind_s": 0.0,
        "code": None,
        "stopped_at": None,
        "rebuilt_to": None,
    }
    anew = await house.said("rebuild", "--all")
    assert (anew.returncode, anew.stderr.splitlines()) == (
        0,
        [f"Making it anew {FOUNDED} / {FOUNDED}"],
    )
    paused = await house.said("pause", "case_list")
    assert paused.stdout.splitlines()[1].split() == ["case_list", "paused", "4", "0", "0.0"]

    # Nobody knows this kind of event, so that no list goes past it.
    await house.app.log.append(command(event(a_stream())))
    await house.shows('tsunagu_projection_stopped{projection="referral_board"} 1.0')
    lists = await house.lists()
    assert [lists["case_list"][name] for name in ("state", "behind")] == ["paused", 1]
    assert 0 < lists["case_list"]["behind_s"] < 60
    assert lists["referral_board"]["state"] == "stopped"

    resumed = await house.said("resume", "case_list")
    assert resumed.returncode == 0
    await house.shows('tsunagu_projection_stopped{projection="case_list"} 1.0')
    seen = await house.said("list", "--lang", "ja")
    assert seen.returncode == 1
    assert "case_list：位置 5 で停止しました（UNKNOWN_EVENT_TYPE）。" in seen.stdout
    assert widest(seen) <= 80

    in_vain = await house.said("rebuild", "case_list")
    assert in_vain.returncode == 3
    assert "UNKNOWN_EVENT_TYPE" in in_vain.stderr
    assert (await house.lists())["case_list"]["rebuilt_to"] == 0


async def test_where_nothing_runs_any_more_no_list_has_figures(database: PostgresAccess) -> None:
    def figures() -> str:
        return generate_latest().decode()

    async with PostgresViews(database.app) as views, metrics.measured(views, LISTS):
        await until(lambda: 'projection="case_list"' in figures())
    assert 'projection="' not in figures()


def test_a_list_is_called_by_its_name(tmp_path: Path) -> None:
    refused = tsunagu("projections", "pause", "nobody", "--data", tmp_path)
    assert refused.returncode == 1
    assert "LIST_NOT_KNOWN" in refused.stderr
    assert ", ".join(each.name for each in LISTS) in " ".join(refused.stderr.split())


@pytest.mark.parametrize("arguments", [(), ("case_list", "--all")], ids=["none", "both"])
def test_one_list_is_made_anew_or_all_are(arguments: tuple[str, ...]) -> None:
    refused = tsunagu("projections", "rebuild", *arguments)
    assert refused.returncode == 2
    assert "Name one list, or say --all." in " ".join(refused.stderr.split())
