"""`tsunagu up` as a process of its own, in a folder of its own."""

import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.command_line import TSUNAGU, surroundings, tsunagu

STOPPED_WITHIN_S = 10


class Up(NamedTuple):
    folder: Path
    process: subprocess.Popen[str]
    url: str

    def tsunagu(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return tsunagu(*arguments, "--data", self.folder / "data", **self.environ())

    def environ(self) -> dict[str, str]:
        return {"XDG_CONFIG_HOME": str(self.folder / "config")}

    def stop(self) -> float:
        """How long it takes to stop in good order."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=60) == 0
        return time.monotonic() - began


@contextmanager
def up(folder: Path, *arguments: str) -> Generator[Up]:
    environ = surroundings(XDG_CONFIG_HOME=str(folder / "config"))
    with (
        (folder / "said").open("w+") as said,
        subprocess.Popen(
            [TSUNAGU, "up", "--data", folder / "data", *arguments],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + 60
            while "is running" not in (folder / "said").read_text():
                assert process.poll() is None, (folder / "said").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)
            running = msgspec.json.decode((folder / "data/run/endpoints.json").read_bytes())
            yield Up(folder, process, running["http"])
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=60) == 0
        finally:
            process.kill()
