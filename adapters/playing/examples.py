"""Examples (例): the scenarios that come along, wherever this is installed."""

from pathlib import Path
from typing import Final

import adapters
from adapters import playing

# In a wheel beside this file; where it is worked on, in a folder of their own.
FOLDERS: Final = (
    Path(playing.__path__[0]) / "scenarios",
    Path(adapters.__path__[0]).parent / "examples" / "scenarios",
)


def example(name: str) -> Path:
    (found, *_) = [
        each for each in (folder / f"{name}.toml" for folder in FOLDERS) if each.exists()
    ]
    return found
