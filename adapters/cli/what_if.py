"""What if (もし) in a terminal, or on the paper that she is handed: asked for over HTTP."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import msgspec

from adapters.cli.fetching import fetched
from adapters.settings import Settings
from contracts.problems import QueryNotUnderstood
from contracts.what_if import If, Supposed, WhatIf


def question(said: Mapping[str, object]) -> If:
    """What cannot be asked is refused here as it would be there."""
    try:
        return msgspec.convert({"suppose": said}, Supposed).suppose
    except msgspec.ValidationError:
        raise QueryNotUnderstood from None


def supposed(settings: Settings, token: Path | None, case: UUID, what: If) -> WhatIf:
    question = msgspec.json.encode(Supposed(what))
    content = fetched(settings, token, f"/v1/cases/{case}/what-if", question)
    return msgspec.json.decode(content, type=WhatIf)
