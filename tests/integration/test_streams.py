"""`tsunagu streams`: EVENTS compared with the log, and made anew from it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import msgspec

from adapters.engines import Endpoints, embedded
from adapters.nats.connecting import connected
from adapters.nats.events import JetStreamEvents
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.migrating import migrate
from adapters.settings import Settings
from services.ports import Message
from services.relaying import message_of
from tests.command_line import tsunagu, widest
from tests.integration.writers import a_stream, command, event


async def said(folder: Path, *arguments: str) -> CompletedProcess[str]:
    return await asyncio.to_thread(
        tsunagu, *arguments, "--data", folder / "data", XDG_CONFIG_HOME=str(folder)
    )


async def put_on(running: Endpoints, messages: Sequence[bytes]) -> None:
    async with connected(running.nats, "test") as client:
        stream = JetStreamEvents(client)
        await stream.extent()
        await stream.continue_after(0, [Message("case.noted.v1", each) for each in messages])


async def messages_of_a_log_of(running: Endpoints, events: int) -> list[bytes]:
    await migrate(running.postgres.owner)
    async with PostgresEventLog(running.postgres.app) as log:
        await log.append(command(*(event(a_stream()) for _ in range(events))))
        return [message_of(stored) for stored in await log.after(0, events)]


async def test_faults_are_named_and_gone_when_the_stream_is_made_anew(tmp_path: Path) -> None:
    async with embedded(Settings(data=tmp_path / "data")) as running:
        messages = await messages_of_a_log_of(running, 6)
        await put_on(running, [*messages[:2], b"another", *messages[3:], b"one more"])

        found = await said(tmp_path, "streams", "check", "--json")
        assert found.returncode == 1, found.stderr
        assert msgspec.json.decode(found.stdout) == {
            "compared": 7,
            "differences": 2,
            "first": [
                {"position": 3, "what": "differs"},
                {"position": 7, "what": "not_in_log"},
            ],
        }
        found = await said(tmp_path, "streams", "check", "--lang", "ja")
        assert found.returncode == 1
        assert "位置 3：内容が違います\n位置 7：記録にありません\n" in found.stdout
        assert widest(found) <= 80

        made = await said(tmp_path, "streams", "rebuild")
        assert made.returncode == 0, made.stderr
        assert made.stderr.splitlines() == [
            "Making it anew 0 / 6",
            "Making it anew 6 / 6",
            "The EVENTS stream has been made anew. Events: 6.",
        ]
        found = await said(tmp_path, "streams", "check")
        assert (found.returncode, found.stdout) == (
            0,
            "The EVENTS stream equals the log. Events: 6.\n",
        )


async def test_a_restored_database_keeps_everything_from_starting_until_somebody_decides(
    tmp_path: Path,
) -> None:
    async with embedded(Settings(data=tmp_path / "data")) as running:
        messages = await messages_of_a_log_of(running, 3)
        await put_on(running, [*messages, b"lost", b"lost"])
    up = await said(tmp_path, "up")
    assert up.returncode == 3
    assert "STREAM_AHEAD" in up.stderr
    made = await said(tmp_path, "streams", "rebuild")
    assert made.returncode == 0, made.stderr
    assert made.stderr.endswith("The EVENTS stream has been made anew. Events: 3.\n")


async def test_where_nothing_was_ever_started_there_is_no_stream_to_look_after(
    tmp_path: Path,
) -> None:
    found = await said(tmp_path, "streams", "rebuild")
    assert found.returncode == 3
    assert "NOT_RUNNING" in found.stderr
    assert not (tmp_path / "data").exists()
