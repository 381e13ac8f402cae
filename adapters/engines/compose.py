"""Make what compose.yaml mounts as secrets: `python -m adapters.engines.compose secrets`."""

import sys
from pathlib import Path
from secrets import token_urlsafe
from typing import ClassVar, Final

import msgspec

from adapters import kek
from adapters.engines.nats_server import accounts, configuration, desk
from adapters.engines.nkey import new_seed
from domain.speech import CannotRun

FOR_EVERYBODY: Final = 0o444  # In a folder that nobody else may enter.


class SecretsAlreadyMade(CannotRun):
    """The folder is there already; other secrets would not open the data of these."""

    ja: ClassVar[str] = "フォルダーはすでにあります。作り直すと今のデータを開けなくなります。"
    remedy: ClassVar[str] = "Keep it, or name another folder for another installation."
    remedy_ja: ClassVar[str] = "そのまま使うか、別の環境のために別のフォルダーを指定してください。"


def make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise SecretsAlreadyMade(path=folder) from None
    seed, desk_seed = new_seed(), new_seed()
    nats = {
        **configuration(accounts(seed, desk(desk_seed)), store="/data", key=token_urlsafe(32)),
        "host": "0.0.0.0",  # noqa: S104 - the container's; compose.yaml publishes it on loopback.
        "port": 4222,
        "http": "0.0.0.0:8222",
    }
    for name, content in {
        ".gitignore": b"*\n",
        "nats.conf": msgspec.json.encode(nats),
        "nats_seed": seed.encode(),
        "nats_desk_seed": desk_seed.encode(),  # For the systems of agencies; no container has it.
        "postgres_password": token_urlsafe(32).encode(),
    }.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(FOR_EVERYBODY)
    kek.make(folder / "kek")


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]))
    except CannotRun as refusal:
        sys.exit(f"{refusal.code}: {refusal.en} / {refusal.ja}")
