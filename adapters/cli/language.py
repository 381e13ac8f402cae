"""Which language to speak (表示言語)."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from adapters.words import Language


def asked(arguments: Sequence[str]) -> Language | None:
    """What ``--lang`` says, read before Typer does: its helps are written by then."""
    for argument, following in pairwise((*arguments, "")):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            return _language(value if equals else following)
    return None


def preferred(environ: Mapping[str, str]) -> Language:
    """``TSUNAGU_LANG``, else the locale, its variables ranked as POSIX ranks them."""
    named = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, named), "")
    return _language(environ.get("TSUNAGU_LANG", "")) or _language(locale[:2]) or "en"


def _language(name: str) -> Language | None:
    match name:
        case "ja" | "en":
            return name
        case _:
            return None
