"""The data folder: ours alone, held by one run at a time."""

import asyncio
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import ClassVar, Final, NamedTuple, TypeVar
from uuid import UUID, uuid4

import msgspec
from msgspec.structs import replace

from adapters.engines.endpoints import Running, Secrets
from adapters.engines.nkey import new_seed
from domain.speech import CannotRun

FREE_MIB_MIN: Final = 100
DEMO_MARK: Final = "demo"
BEFORE_US: Final = {"lost+found", DEMO_MARK}
ENGINES_STOP_WITHIN_S: Final = 15.0
DEAD: Final = {"Z", "X"}  # Ended; its parent has not looked yet.

T = TypeVar("T")


class FolderInUse(CannotRun):
    """Another run holds the data folder."""

    ja: ClassVar[str] = "別の実行がデータフォルダーを使用中です。"
    remedy: ClassVar[str] = "Stop the process named here, or set TSUNAGU_DATA to another folder."
    remedy_ja: ClassVar[str] = (
        "ここに示すプロセスを止めるか、TSUNAGU_DATA に別のフォルダーを指定してください。"
    )


class EnginesStillStopping(CannotRun):
    """The last run has ended, but its engines still hold the data folder."""

    ja: ClassVar[str] = "前回の実行は終わりましたが、そのエンジンがまだ停止していません。"
    remedy: ClassVar[str] = "Wait, or stop the processes that have the file named here open."
    remedy_ja: ClassVar[str] = (
        "しばらく待つか、ここに示すファイルを開いているプロセスを止めてください。"
    )


class FolderNotOurs(CannotRun):
    """The data folder belongs to somebody else."""

    ja: ClassVar[str] = "データフォルダーは別の利用者のものか、別の用途で使われています。"
    remedy: ClassVar[str] = "Run as its owner, or set TSUNAGU_DATA to an empty folder."
    remedy_ja: ClassVar[str] = (
        "所有者として実行するか、TSUNAGU_DATA に空のフォルダーを指定してください。"
    )


class FolderUnusable(CannotRun):
    """The data folder cannot be read and written."""

    ja: ClassVar[str] = "データフォルダーを読み書きできません。"
    remedy: ClassVar[str] = "Set TSUNAGU_DATA to a folder that this user may create and write."
    remedy_ja: ClassVar[str] = (
        "TSUNAGU_DATA に、この利用者が作成して書き込めるフォルダーを指定してください。"
    )


class DiskFull(CannotRun):
    """There is no room left on the disk of the data folder."""

    ja: ClassVar[str] = "データフォルダーのディスクに空きがありません。"
    remedy: ClassVar[str] = "Free some space, or set TSUNAGU_DATA to a folder on a larger disk."
    remedy_ja: ClassVar[str] = (
        "空きを作るか、TSUNAGU_DATA に大きいディスクのフォルダーを指定してください。"
    )


class FolderDamaged(CannotRun):
    """A file of the data folder cannot be understood."""

    ja: ClassVar[str] = "データフォルダー内のファイルを解釈できません。"
    remedy: ClassVar[str] = "Restore the file named here from a backup."
    remedy_ja: ClassVar[str] = "ここに示すファイルをバックアップから戻してください。"


class SecretsMissing(CannotRun):
    """The database is there, but its passwords are not."""

    ja: ClassVar[str] = "データベースはありますが、パスワードがありません。"
    remedy: ClassVar[str] = "Restore run/secrets.json of the data folder from a backup."
    remedy_ja: ClassVar[str] = (
        "データフォルダーの run/secrets.json をバックアップから戻してください。"
    )


class NotRunning(CannotRun):
    """Nothing runs on this data folder."""

    ja: ClassVar[str] = "このデータフォルダーでは何も実行されていません。"
    remedy: ClassVar[str] = "Start Tsunagu first."
    remedy_ja: ClassVar[str] = "先に Tsunagu を起動してください。"


class Holder(msgspec.Struct, frozen=True):
    """Who holds the folder. A number alone could by now be another process."""

    pid: int
    started_ticks: int
    since: datetime

    def is_alive(self) -> bool:
        return _started_ticks(self.pid) == self.started_ticks


class Held(NamedTuple):
    """The folder while we hold it. Engines inherit ``lock``: the last to end frees it."""

    path: Path
    lock: int

    def secrets(self) -> Secrets:
        """Made once, before the first cluster that they open."""
        with explained(self.path):
            if _secrets(self.path).exists():
                return self._with_a_desk(_read(_secrets(self.path), Secrets))
            if (self.path / "postgres/data").exists():
                raise SecretsMissing(path=_secrets(self.path))
            secrets = Secrets(
                owner=token_urlsafe(32),
                app=token_urlsafe(32),
                keyring=token_urlsafe(32),
                nats_seed=new_seed(),
                nats_store_key=token_urlsafe(32),
            )
            return self._with_a_desk(secrets)

    def _with_a_desk(self, secrets: Secrets) -> Secrets:
        """A folder made before there was one gets its seed at its next start."""
        if not secrets.desk_seed:
            secrets = replace(secrets, desk_seed=new_seed())
            write(_secrets(self.path), msgspec.json.encode(secrets))
        return secrets

    def publish(self, running: Running) -> None:
        publish(self.path, running)


@asynccontextmanager
async def held(path: Path) -> AsyncGenerator[Held]:
    with explained(path):
        _prepare(path)
        lock = os.open(path / "lock", os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        await _acquire(path, lock)
        with explained(path):
            (path / "run").mkdir(mode=0o700, exist_ok=True)
            _forget_last_run(path)
            if not has_installation(path):
                write(path / "installation", str(uuid4()).encode())
        try:
            yield Held(path, lock)
        finally:
            _endpoints(path).unlink(missing_ok=True)
            os.truncate(path / "lock", 0)
    finally:
        os.close(lock)


def has_installation(path: Path) -> bool:
    """Or whoever holds it next makes one."""
    return (path / "installation").exists()


def installation(path: Path) -> UUID:
    with explained(path):
        try:
            return UUID((path / "installation").read_text(encoding="ascii"))
        except ValueError:
            raise FolderDamaged(path=path / "installation") from None


def running(path: Path) -> tuple[Running, Secrets]:
    """What another process of this machine has started on this folder."""
    with explained(path):
        try:
            holder = _holder(path)
            if holder and holder.is_alive():
                return _read(_endpoints(path), Running), _read(_secrets(path), Secrets)
        except FileNotFoundError:
            pass
        raise NotRunning(path=path)


def publish(path: Path, running: Running) -> None:
    """By whoever holds the folder."""
    with explained(path):
        write(_endpoints(path), msgspec.json.encode(running))


@contextmanager
def explained(path: Path) -> Generator[None]:
    """Say what an operator can do about an error of the file system."""
    try:
        yield
    except OSError as error:
        kind = DiskFull if error.errno in {errno.ENOSPC, errno.EDQUOT} else FolderUnusable
        raise kind(path=path, reason=error.strerror) from error


def write(path: Path, content: bytes) -> None:
    """All of it or nothing, readable by us alone, and on the disk when we return."""
    fd, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(fd, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(fd)
    Path(name).rename(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _prepare(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    names = {entry.name for entry in path.iterdir()} - BEFORE_US
    if path.stat().st_uid != os.geteuid() or (names and "lock" not in names):
        raise FolderNotOurs(path=path, owner=path.stat().st_uid)
    path.chmod(0o700)
    free_mib = shutil.disk_usage(path).free >> 20
    if free_mib < FREE_MIB_MIN:
        raise DiskFull(path=path, free_mib=free_mib, needed_mib=FREE_MIB_MIN)


async def _acquire(path: Path, lock: int) -> None:
    """Of a run that was killed the engines may still be stopping: give them their time."""
    now = asyncio.get_running_loop().time
    deadline = now() + ENGINES_STOP_WITHIN_S
    while not _locked(lock):
        holder = _holder(path)
        if holder and holder.is_alive():
            raise FolderInUse(path=path, pid=holder.pid, since=holder.since)
        if now() > deadline:
            raise EnginesStillStopping(path=path / "lock")
        await asyncio.sleep(0.1)
    with explained(path):
        (path / "lock").write_bytes(msgspec.json.encode(_ourselves()))


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> Holder | None:
    """None before it has signed, and after it has left in good order."""
    try:
        return msgspec.json.decode((path / "lock").read_bytes(), type=Holder)
    except msgspec.DecodeError:
        return None


def _ourselves() -> Holder:
    ticks = _started_ticks(os.getpid())
    assert ticks is not None
    return Holder(os.getpid(), ticks, datetime.now(UTC))


def _started_ticks(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # After the name, which may hold anything.
    return None if fields[0] in DEAD else int(fields[19])


def _forget_last_run(path: Path) -> None:
    """A killed run leaves its addresses, and the folder of its socket if that was elsewhere."""
    with suppress(FileNotFoundError, FolderDamaged):
        postgres = _read(_endpoints(path), Running).postgres
        if postgres and not Path(postgres.socket_dir).is_relative_to(path):
            with suppress(OSError):
                Path(postgres.socket_dir).rmdir()
    _endpoints(path).unlink(missing_ok=True)


def _endpoints(path: Path) -> Path:
    return path / "run/endpoints.json"


def _secrets(path: Path) -> Path:
    return path / "run/secrets.json"


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except msgspec.DecodeError:
        raise FolderDamaged(path=path) from None
