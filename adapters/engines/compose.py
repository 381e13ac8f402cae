"""Make what compose.yaml mounts as secrets: `python -m adapters.engines.compose secrets`.

With ids of agencies after it, these are the ones that have an account of NATS from then on.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from secrets import token_urlsafe
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from adapters import kek
from adapters.engines.nats_server import accounts, agency, configuration, desk
from adapters.engines.nkey import new_seed
from domain.model import AgencyId
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


def admit(folder: Path, agencies: Iterable[AgencyId]) -> None:
    """For a server that reads it again: `docker compose kill --signal HUP nats`, twice."""
    conf = folder / "nats.conf"
    seed, desk_seed = (
        (folder / name).read_text(encoding="ascii") for name in ("nats_seed", "nats_desk_seed")
    )
    whole = msgspec.json.decode(conf.read_bytes(), type=dict[str, object])
    whole["accounts"] = accounts(seed, desk(desk_seed), *(agency(seed, each) for each in agencies))
    conf.chmod(0o600)
    conf.write_bytes(msgspec.json.encode(whole))  # In its place: a container has it open there.
    conf.chmod(FOR_EVERYBODY)


if __name__ == "__main__":
    try:
        if named := sys.argv[2:]:
            admit(Path(sys.argv[1]), [AgencyId(UUID(each)) for each in named])
        else:
            make(Path(sys.argv[1]))
    except CannotRun as refusal:
        sys.exit(f"{refusal.code}: {refusal.en} / {refusal.ja}")
