"""One engine, one child process: started, watched, started again, stopped."""

import asyncio
import os
import pwd
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Final, NamedTuple, NoReturn, Protocol

import structlog

from domain.speech import CannotRun

START_WITHIN_S: Final = 120.0  # Recovery after a power cut reads up to a gigabyte.
STOP_WITHIN_S: Final = 10.0
PAUSE_MIN_S: Final = 0.2
PAUSE_MAX_S: Final = 30.0
HEALTHY_AFTER_S: Final = 60.0
LAST_WORDS_BYTES: Final = 2000

log = structlog.get_logger()


class EngineDidNotStart(CannotRun):
    """An engine did not start."""

    ja: ClassVar[str] = "エンジンが起動しませんでした。"
    remedy: ClassVar[str] = "Read the last lines of its start-up log, shown here."
    remedy_ja: ClassVar[str] = "ここに示す起動ログの末尾を確認してください。"


class NobodyMissing(CannotRun):
    """As root the engines run as the user nobody, and there is none."""

    ja: ClassVar[str] = (
        "root で実行する場合、エンジンは nobody で動きますが、その利用者がありません。"
    )
    remedy: ClassVar[str] = "Run as another user than root."
    remedy_ja: ClassVar[str] = "root 以外の利用者で実行してください。"


class Room(NamedTuple):
    """A folder that an engine owns, and reaches by ``inside`` whatever stands above it.

    Opened by us before root is given up: a parent closed to the engine does not matter then, nor
    does a long path or a name that a configuration file would have to quote.
    """

    path: Path
    fd: int

    @property
    def inside(self) -> str:
        return f"/proc/self/fd/{self.fd}"


class Engine(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def stop_signals(self) -> tuple[signal.Signals, ...]: ...

    @property
    def start_log(self) -> Path: ...

    async def launch(self) -> Process: ...

    async def is_ready(self, pid: int) -> bool: ...


@contextmanager
def room(path: Path) -> Generator[Room]:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fchown(fd, *_account())
        yield Room(path, fd)
    finally:
        os.close(fd)


def lay_down(path: Path, content: bytes) -> None:
    """Write a file that only the engine, and we, may read."""
    path.unlink(missing_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(content)
        os.fchown(fd, *_account())


async def spawn(
    command: Sequence[str | Path],
    *,
    keep: Sequence[int],
    death_signal: signal.Signals = signal.SIGKILL,
    output: int = PIPE,
) -> Process:
    """Start a child that ends when we do, however we end.

    The kernel tells it when the *thread* that forked it ends, so it is forked here, on the event
    loop's thread. A session of its own keeps the terminal's Ctrl-C for us: we stop engines last.
    """
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", Path(__file__).with_name("launch.py")),
        *map(str, (os.getpid(), int(death_signal), *_account())),
        *command,
        stdin=DEVNULL,
        stdout=output,
        stderr=STDOUT,
        pass_fds=keep,
        start_new_session=True,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    )


async def finished(command: Sequence[str | Path], *, keep: Sequence[int] = ()) -> tuple[int, str]:
    """Its status, and what it said."""
    process = await spawn(command, keep=keep)
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, said.decode(errors="replace")


@asynccontextmanager
async def kept_running(engine: Engine) -> AsyncGenerator[None]:
    supervised = _Supervised(engine, await _started(engine))
    keeper = asyncio.create_task(supervised.keep(), name=f"keep {engine.name} running")
    try:
        yield
    finally:
        keeper.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await keeper
        finally:
            await _stopped(engine, supervised.process)


class _Supervised:
    def __init__(self, engine: Engine, process: Process) -> None:
        self.engine = engine
        self.process = process

    async def keep(self) -> NoReturn:
        now = asyncio.get_running_loop().time
        pauses_s = _pauses_s()
        while True:
            since = now()
            status = await self.process.wait()
            if now() - since > HEALTHY_AFTER_S:
                pauses_s = _pauses_s()
            with _heard_or_not():
                log.error(
                    "engine_died", engine=self.engine.name, pid=self.process.pid, status=status
                )
            while not await self._restarted(next(pauses_s)):
                pass

    async def _restarted(self, pause_s: float) -> bool:
        await asyncio.sleep(pause_s)
        try:
            self.process = await _started(self.engine)
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody else will try again.
            with _heard_or_not():
                log.error(  # noqa: TRY400 - the trace would only lead here.
                    "engine_did_not_restart", engine=self.engine.name, error=repr(error)
                )
            return False
        with _heard_or_not():
            log.warning("engine_restarted", engine=self.engine.name, pid=self.process.pid)
        return True


@contextmanager
def _heard_or_not() -> Generator[None]:
    """A log whose reader has gone must not cost us the engine too."""
    with suppress(OSError, ValueError):  # The latter of a file that is closed.
        yield


def _pauses_s() -> Iterator[float]:
    pause_s = PAUSE_MIN_S
    while True:
        yield pause_s
        pause_s = min(2 * pause_s, PAUSE_MAX_S)


async def _started(engine: Engine) -> Process:
    process = await engine.launch()
    try:
        async with asyncio.timeout(START_WITHIN_S):
            await _ready(engine, process)
    except TimeoutError:
        await _stopped(engine, process)
        raise _did_not_start(engine) from None
    except BaseException:
        await _stopped(engine, process)
        raise
    return process


async def _ready(engine: Engine, process: Process) -> None:
    while not await engine.is_ready(process.pid):
        if process.returncode is not None:
            raise _did_not_start(engine)
        await asyncio.sleep(0.05)


async def _stopped(engine: Engine, process: Process) -> None:
    for asked in (*engine.stop_signals, signal.SIGKILL):
        if process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(asked)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN_S):
                await process.wait()
                return
        with _heard_or_not():
            log.error("engine_did_not_stop", engine=engine.name, asked_by=asked.name)


def _did_not_start(engine: Engine) -> EngineDidNotStart:
    last_words = engine.start_log.read_bytes()[-LAST_WORDS_BYTES:].decode(errors="replace")
    return EngineDidNotStart(engine=engine.name, last_words=last_words)


def _account() -> tuple[int, int]:
    """PostgreSQL refuses to run as root, and rightly so."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise NobodyMissing from None
    return nobody.pw_uid, nobody.pw_gid
