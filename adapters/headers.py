"""Headers (見出し): what may stand beside a command, the same over HTTP and over NATS."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from contracts.problems import Language

LANGUAGES_LENGTH_MAX: Final = 200


def token_in(authorization: str | None) -> str | None:
    scheme, _, token = (authorization or "").partition(" ")
    return token if scheme.lower() == "bearer" else None


def correlation_in(text: str | None) -> UUID | None:
    """Theirs if it is an id; anything else might be somebody's name."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def language_in(accepted: str | None) -> Language:
    """``Accept-Language``, as far as it names one of ours."""
    asked = (accepted or "")[:LANGUAGES_LENGTH_MAX]
    wanted = max(_weighed(asked.lower().split(",")), default=(0.0, "en"))
    return "ja" if wanted[0] and wanted[1] == "ja" else "en"


def _weighed(ranges: Iterable[str]) -> Iterable[tuple[float, Language]]:
    """Of two that weigh the same, the first."""
    for place, each in enumerate(ranges):
        tag, _, weight = each.partition(";q=")
        primary = tag.strip().partition("-")[0]
        try:
            weighs = float(weight or 1)
        except ValueError:
            continue
        if primary in {"ja", "en"} and weighs > 0:
            yield weighs - place / 1_000_000, "ja" if primary == "ja" else "en"
