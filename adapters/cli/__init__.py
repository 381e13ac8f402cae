"""The command line (コマンドライン)."""

import sys
from typing import Final

from adapters import words

INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count


def main() -> None:
    """Ctrl-C counts while the commands are still being imported, which takes a while."""
    try:
        from adapters.cli.program import main as run  # noqa: PLC0415 - or nothing would guard it.

        run()
    except KeyboardInterrupt:
        sys.stderr.write(f"{words.INTERRUPTED.ja} / {words.INTERRUPTED.en}\n")
        sys.exit(INTERRUPTED)
