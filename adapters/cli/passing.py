"""An installation of its own (仮の環境): engines, folder and key that are gone when it is over."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from adapters import kek
from adapters.crypto import KEY_BYTES, Kek
from adapters.engines.nats_server import LOOPBACK
from adapters.settings import Secret, Settings


def with_engines_of_its_own(settings: Settings) -> Settings:
    """Whatever addresses are set: behind them may be a log in earnest. And at a port of its own."""
    return replace(
        settings,
        postgres_url=None,
        postgres_owner_url=None,
        keyring_url=None,
        nats_url=None,
        http_host=LOOPBACK,
        http_port=0,
    )


@contextmanager
def in_a_passing_folder(settings: Settings) -> Generator[Settings]:
    """Gone when it is over, and its key with it."""
    passing = Kek(epoch=1, secret=os.urandom(KEY_BYTES))
    with TemporaryDirectory(prefix="tsunagu-demo-") as folder:
        yield replace(
            with_engines_of_its_own(settings),
            data=Path(folder) / "data",
            kek=Secret(kek.written(passing)),
            kek_file=None,
        )
