"""FastStream is used in one place, where its defaults are put right."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = ("domain", "contracts", "projections", "services", "adapters", "benchmarks")


def test_nobody_but_the_one_factory_uses_faststream() -> None:
    users = {
        str(file.relative_to(ROOT))
        for layer in LAYERS
        for file in (ROOT / layer).rglob("*.py")
        if re.search(r"^\s*(from|import) faststream\b", file.read_text(), re.MULTILINE)
    }
    assert users == {"adapters/nats/broker.py"}
