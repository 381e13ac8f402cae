"""Scenarios played against a live installation, from outside, as `tsunagu play` does."""

import asyncio
import contextlib
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
import pytest

from adapters.app import running
from adapters.cli.play import cast_of
from adapters.playing import playing
from adapters.playing.examples import example
from adapters.playing.faults import Fault
from adapters.playing.loading import load
from adapters.playing.playing import Playing
from adapters.settings import Settings
from contracts.answered import Done
from contracts.pages import CaseLine
from domain.calendar import JAPAN
from domain.case import OpenCase
from tests.command_line import tsunagu
from tests.integration.processes import up
from tests.test_playing import SHORT

# Scenario A is what the demo tells.
CELLS: Final = {"b": 8 * 12 * 14, "c": 9 * 7 * 12}
OWED: Final = {"b": {"B25"}, "c": {"C16", "C17"}}


def played(file: Path, *more: str | Path, **environ: str) -> dict[str, Any]:
    said = tsunagu("play", file, "--json", *more, **environ)
    assert said.stdout, said.stderr
    found: dict[str, Any] = msgspec.json.decode(said.stdout)
    assert said.returncode == (1 if found.get("faults") or "code" in found else 0), said.stderr
    return found


@pytest.mark.parametrize("name", CELLS)
def test_it_happens_as_it_is_told_and_each_agency_sees_what_the_table_says(name: str) -> None:
    found = played(example(name))
    assert found["faults"] == []
    assert found["cells"] == CELLS[name]
    assert set(found["owed"]) == OWED[name]
    assert found["refusals"] > 0


def test_whatever_goes_otherwise_is_said_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(SHORT.replace("o o", "● o") + AFTERWARDS, "utf-8")
    with TemporaryDirectory() as passing:
        found = played(file, TMPDIR=passing)
        assert not list(Path(passing).iterdir())
    said = {fault["line"]: fault["said"][1] for fault in found["faults"]}
    assert said == {
        50: "M1 was told '@her.name' in an answer",
        48: "M1 sees o of IDN instead of ●",
        57: "M1 was refused case.identify_subject: SUBJECT_ALREADY_IDENTIFIED "
        "The woman is already identified: correct her details instead.",
    }


async def test_a_step_acts_on_no_strangers_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M2 has a case of its own, and is told of hers by nobody."""
    monkeypatch.setattr(playing, "SEEN_WITHIN_S", 1.0)
    file = tmp_path / "scenario.toml"
    file.write_text(SHORT.replace("[[step]]", M2 + "[[step]]", 1) + BY_M2, "utf-8")
    loaded = load(file)
    starts = loaded.scenario.starts.replace(tzinfo=JAPAN)
    home = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    settings = Settings(data=tmp_path / "data", http_port=0)
    async with running(settings, home, starts) as app, cast_of(app.url, app.identity) as cast:
        await cast.join(loaded.scenario)
        opens = {**loaded.scenario.step[0].with_}
        opened = await cast.entrance("M2").say(msgspec.convert(opens, OpenCase), None)
        assert isinstance(opened, Done)
        async with asyncio.timeout(30):
            while not [each async for each in cast.entrance("M2").items("/v1/cases", CaseLine)]:  # noqa: ASYNC110 (the lists are followed elsewhere)
                await asyncio.sleep(0.05)
        faults = [each async for each in Playing(loaded, cast).play() if isinstance(each, Fault)]
    assert [fault.said.en for fault in faults] == ["M2 finds no case"]


def test_it_is_played_again_where_the_clock_has_come_further(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(SHORT, "utf-8")
    with up(tmp_path, "--demo-clock", "2026-04-01") as live:
        for told in ("", "as of 2027"):
            said = live.tsunagu("play", str(file))
            assert said.returncode == 0, said.stderr + said.stdout
            assert told in said.stderr
            assert "Different from the file: 0." in " ".join(said.stdout.split())


@pytest.mark.parametrize("to_its_end", [True, False])
async def test_each_token_that_was_issued_for_it_is_revoked_however_it_ends(
    *, to_its_end: bool, tmp_path: Path
) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(SHORT.replace("[[step]]", M2 + "[[step]]", 1), "utf-8")
    loaded = load(file)
    home = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    settings = Settings(data=tmp_path / "data", http_port=0)
    starts = loaded.scenario.starts.replace(tzinfo=JAPAN)
    async with running(settings, home, starts) as app:
        with contextlib.suppress(Interrupted):
            async with cast_of(app.url, app.identity) as cast:
                await cast.join(loaded.scenario)
                issued = await app.identity.issued()
                assert [line.revoked_at for line in issued] == [None, None, None]
                if not to_its_end:
                    raise Interrupted
        assert all(line.revoked_at for line in await app.identity.issued())


class Interrupted(Exception):
    """In the middle of the play."""


def test_nothing_made_up_is_played_where_the_clock_is_the_one_on_the_wall(tmp_path: Path) -> None:
    with up(tmp_path) as live:
        before = events(live.tsunagu("status", "--json"))
        said = live.tsunagu("play", str(example("a")))
        assert said.returncode == 1
        assert "NO_DEMO_CLOCK" in said.stderr
        assert events(live.tsunagu("status", "--json")) == before


def events(said: subprocess.CompletedProcess[str]) -> int:
    return int(msgspec.json.decode(said.stdout)["events"])


M2: Final = """
[[agency]]
name = "M2"
ja = "若葉市"
en = "Wakaba"
kind = "MUNICIPAL_GENDER_EQUALITY_CENTRE"
prefecture = "06"

"""
BY_M2: Final = """
[[step]]
at = 2026-04-03T09:00:00
who = "M2"
does = "case.identify_subject"
with = { name = "@her.name" }
"""
AFTERWARDS: Final = """
[[secret]]
kept_from = ["M1"]
words = ["@her.name", "三浦あかね"]

[[step]]
at = 2026-04-03T09:00:00
who = "M1"
does = "case.identify_subject"
with = { name = "@her.name" }
"""
