"""Every page there is, and where it is committed."""

from collections.abc import Mapping
from pathlib import Path

from adapters.pages import DOCS, aggregates, code_lists, decision


def written() -> Mapping[Path, str]:
    pages = {
        **aggregates.pages(),
        "who-may-see-what.md": decision.page(),
        "code-lists.md": code_lists.page(),
    }
    return {DOCS / "domain" / name: f"{text.strip()}\n" for name, text in pages.items()}
