"""The command line (コマンドライン)."""

from adapters.cli.program import main

__all__ = ["main"]
