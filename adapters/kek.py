"""Where the key encryption key (KEK) comes from: the environment, or a file outside the data.

Whoever has the data and the KEK has every word in it; whoever has lost the KEK has lost them all.
"""

import base64
import binascii
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final
from uuid import UUID

import structlog

from adapters.crypto import KEY_BYTES, Kek
from adapters.engines.folder import sync
from adapters.settings import Settings
from domain.speech import CannotRun

_FORMAT: Final = "tsunagu-kek-v1"
_log: Final = structlog.get_logger()


class KekMissing(CannotRun):
    """The key encryption key (KEK) of this installation is missing, and nothing can be opened."""

    ja: ClassVar[str] = "この環境の鍵暗号化鍵（KEK）が見つからないため、何も開封できません。"
    remedy: ClassVar[str] = "Put the KEK back where it was, or name it in TSUNAGU_KEK_FILE."
    remedy_ja: ClassVar[str] = "KEK を元の場所に戻すか、TSUNAGU_KEK_FILE で指定してください。"


class KekUnreadable(CannotRun):
    """The key encryption key (KEK) is there, and is not one line of the expected form."""

    ja: ClassVar[str] = "鍵暗号化鍵（KEK）はありますが、決められた形の一行になっていません。"
    remedy: ClassVar[str] = f"Restore it from your copy: `{_FORMAT} <epoch> <base64>`."
    remedy_ja: ClassVar[str] = f"控えから復元してください（`{_FORMAT} <世代> <base64>`）。"


class KekExposed(CannotRun):
    """The key encryption key (KEK) file can be read by others than its owner."""

    ja: ClassVar[str] = "鍵暗号化鍵（KEK）のファイルを、所有者以外も読むことができます。"
    remedy: ClassVar[str] = "Run `chmod 600` on it, and consider whether it has been read already."
    remedy_ja: ClassVar[str] = "`chmod 600` を実行し、すでに読まれていないかを確かめてください。"


class KekBesideData(CannotRun):
    """The key encryption key (KEK) lies in the data folder: one copy would take both."""

    ja: ClassVar[str] = (
        "鍵暗号化鍵（KEK）がデータフォルダの中にあり、一緒に持ち出されてしまいます。"
    )
    remedy: ClassVar[str] = "Move it outside the data folder and name it in TSUNAGU_KEK_FILE."
    remedy_ja: ClassVar[str] = "データフォルダの外へ移し、TSUNAGU_KEK_FILE で指定してください。"


class KekCannotBeMade(CannotRun):
    """There is no place here where a key encryption key (KEK) can be made and kept."""

    ja: ClassVar[str] = "鍵暗号化鍵（KEK）を作成して保管できる場所がありません。"
    remedy: ClassVar[str] = (
        "Let this user write to the folder, or name a KEK that you keep elsewhere"
        " in TSUNAGU_KEK_FILE."
    )
    remedy_ja: ClassVar[str] = (
        "このフォルダに書き込めるようにするか、"
        "別の場所に保管した KEK を TSUNAGU_KEK_FILE で指定してください。"
    )


def default_file(environ: Mapping[str, str], installation: UUID) -> Path:
    """One KEK an installation: the end of one is not the end of its neighbour."""
    base = Path(environ.get("XDG_CONFIG_HOME", ""))
    if not base.is_absolute():  # The specification: a relative one is ignored.
        base = _home() / ".config"
    return base / "tsunagu" / f"{installation}.kek"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise KekCannotBeMade(variable="TSUNAGU_KEK_FILE") from error


def load(settings: Settings, default: Path | None) -> Kek:
    if settings.kek:
        return parsed(settings.kek.reveal(), where="TSUNAGU_KEK")
    path = settings.kek_file or default
    if path is None:
        raise KekMissing(variable="TSUNAGU_KEK_FILE")
    _check_apart(path, settings.data)
    try:
        exposed = path.stat().st_mode & 0o077
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise KekMissing(path=path) from error
    except OSError as error:
        raise KekUnreadable(path=path) from error
    except UnicodeDecodeError:  # The cause holds the text.
        raise KekUnreadable(path=path) from None
    if exposed:
        raise KekExposed(path=path)
    return parsed(text, where=str(path))


def make(path: Path, *, data: Path | None = None) -> None:
    """For the embedded default, once: before the first word is sealed there has to be one."""
    if data is not None:
        _check_apart(path, data)
    try:
        made = not path.exists() and _made(path)
    except OSError as error:
        raise KekCannotBeMade(path=path, variable="TSUNAGU_KEK_FILE") from error
    if made:
        _log.warning(
            "kek_made",
            path=str(path),
            advice="Copy it to a safe place apart from the data. Without it nothing can be opened.",
        )


def _made(path: Path) -> bool:
    """Whole and on the disk before it has its name; the name is given once."""
    kek = Kek(epoch=1, secret=os.urandom(KEY_BYTES))
    _make_folder(path.parent)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # Mode 0600.
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(written(kek))
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:  # Another start was first: its KEK is the one.
        return False
    finally:
        Path(name).unlink()
        sync(path.parent)
    return True


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync(folder.parent)


def _check_apart(path: Path, data: Path) -> None:
    if path.resolve().is_relative_to(data.resolve()):
        raise KekBesideData(path=path)


def written(kek: Kek) -> str:
    return f"{_FORMAT} {kek.epoch} {base64.b64encode(kek.secret).decode()}\n"


def parsed(text: str, where: str) -> Kek:
    try:
        form, epoch, secret = text.split()
        kek = Kek(epoch=int(epoch), secret=base64.b64decode(secret, validate=True))
    except (ValueError, binascii.Error):  # The cause quotes the text.
        raise KekUnreadable(where=where) from None
    if form != _FORMAT or len(kek.secret) != KEY_BYTES or not 0 < kek.epoch < 2**31:
        raise KekUnreadable(where=where)
    return kek
