"""The format (シナリオの書式) as JSON Schema: `contracts/scenario.schema.json`.

`python -m adapters.playing.schema` writes it anew; a test compares it with what is committed.
"""

from pathlib import Path
from typing import Final, cast

import msgspec

import contracts
from adapters.playing.checking import COMMANDS, codes
from adapters.playing.format import Scenario
from adapters.schemas import Json, portable
from domain.catalogue import EVENTS

WHERE: Final = Path(contracts.__path__[0]) / "scenario.schema.json"
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def written() -> bytes:
    return msgspec.json.format(msgspec.json.encode(document(), order="deterministic")) + b"\n"


def document() -> Json:
    """With every command, event and code by name, for whoever writes with an editor's help."""
    (schema,), components = msgspec.json.schema_components(
        [Scenario], ref_template="#/$defs/{name}"
    )
    step = components["Step"]["properties"]
    step["does"]["anyOf"][0]["enum"] = sorted(COMMANDS)
    step["sees"]["anyOf"][0]["enum"] = sorted(EVENTS.types)
    step["refused"]["anyOf"][0]["enum"] = sorted(codes())
    whole: Json = {"$schema": DRAFT, "title": "Tsunagu scenario", **schema, "$defs": components}
    return cast("Json", portable(whole))


if __name__ == "__main__":
    WHERE.write_bytes(written())
