"""Log lines are of ids and codes, in JSON for machines and readable in a terminal."""

import asyncio
import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import structlog

from adapters.cli import logs
from adapters.settings import Settings

JSON = Settings(data=Path("/nowhere"), log_format="json")
LINES = Settings(data=Path("/nowhere"), log_format="terminal")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()


def test_a_machine_reads_json_and_a_person_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    for settings in (JSON, LINES):
        logs.configure(settings)
        structlog.get_logger().info("command_accepted", case="8f1c", ms=3.2)
    for_machines, for_people = capsys.readouterr().err.splitlines()
    said = msgspec.json.decode(for_machines)
    assert said.pop("timestamp").endswith("Z")
    assert said == {"event": "command_accepted", "level": "info", "case": "8f1c", "ms": 3.2}
    assert "command_accepted" in for_people
    assert "case=8f1c" in for_people


@pytest.mark.parametrize("library", ["uvicorn.error", "litestar", "nats", "asyncio"])
def test_what_a_library_says_is_told_by_its_place(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(JSON)
    try:
        int("na-mi-da")
    except ValueError:
        logging.getLogger(library).exception("of %s", "na-mi-da")
    logging.getLogger(library).info("of na-mi-da")
    said = capsys.readouterr().err
    (line,) = map(msgspec.json.decode, said.splitlines())
    assert (line["event"], line["library"], line["error"]) == (
        "library_said",
        library,
        "ValueError",
    )
    assert line["where"].startswith("test_logs.py:")
    assert "na-mi-da" not in said


def test_a_task_that_nobody_waits_for_tells_none_of_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure(JSON)

    async def fail() -> None:
        int("na-mi-da")

    async def forget() -> None:
        asyncio.create_task(fail()).set_name("forgotten")
        await asyncio.sleep(0)

    asyncio.run(forget())
    gc.collect()
    said = capsys.readouterr().err
    assert '"library":"asyncio"' in said
    assert "na-mi-da" not in said
