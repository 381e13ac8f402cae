"""What the house promises about itself: its locks, its papers, its two languages."""

import re
from pathlib import Path
from typing import Final

import pytest

HOUSE: Final = Path(__file__).parent.parent
NOT_OURS: Final = {".git", ".venv", ".hypothesis", "build", "dist", "__pycache__"}
LOCKS: Final = sorted((HOUSE / "locks").glob("*.txt"))
PAPERS: Final = sorted(
    path for path in (*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")) if path.is_file()
)
DECISIONS: Final = sorted((HOUSE / "docs/decisions").glob("*.md"))
TWINS: Final = HOUSE / "README.md", HOUSE / "README.ja.md"

# Put together here, so that this file holds none of them.
ADDRESSES: Final = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "docker" + ".io",
    "ghcr" + ".io",
)
MACHINES: Final = ("/work" + "/", "/root" + "/")
UNFINISHED: Final = ("TO" + "DO", "FIX" + "ME", "XX" + "X ")


def house_files() -> list[Path]:
    return [
        path
        for path in HOUSE.rglob("*")
        if path.is_file()
        and not NOT_OURS & set(path.relative_to(HOUSE).parts)
        and not any(part.endswith("_cache") for part in path.parts)
    ]


def requirements(lock: Path) -> set[str]:
    return set(re.findall(r"^[a-z0-9-]+==[^ ]+", lock.read_text(encoding="utf-8"), re.MULTILINE))


def headings(paper: Path) -> list[int]:
    without_code = re.sub(
        r"^```.*?^```", "", paper.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    return [len(marks) for marks in re.findall(r"^(#+) ", without_code, re.MULTILINE)]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_locked_by_hash(lock: Path) -> None:
    blocks = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    assert blocks
    for block in blocks:
        assert re.match(r"[a-z0-9-]+==\S+", block), block
        assert "--hash=sha256:" in block, block


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_records_an_address(lock: Path) -> None:
    assert "://" not in lock.read_text(encoding="utf-8")
    assert "--index" not in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_what_is_tested_is_what_runs(lock: Path) -> None:
    assert requirements(lock) <= requirements(HOUSE / "locks/development.txt")


@pytest.mark.parametrize("words", [ADDRESSES, MACHINES, UNFINISHED], ids=str)
def test_no_file_names_a_registry_or_a_machine_or_is_unfinished(words: tuple[str, ...]) -> None:
    found = [
        f"{path.relative_to(HOUSE)}: {word}"
        for path in house_files()
        for word in words
        if word.encode() in path.read_bytes()
    ]
    assert not found


def test_the_readme_has_a_twin() -> None:
    english, japanese = map(headings, TWINS)
    assert english == japanese


@pytest.mark.parametrize("readme", TWINS, ids=lambda readme: readme.name)
def test_both_commands_stand_on_the_first_screen(readme: Path) -> None:
    first_screen = "\n".join(readme.read_text(encoding="utf-8").splitlines()[:24])
    assert "make demo" in first_screen
    assert "make test" in first_screen


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_link_leads_somewhere(paper: Path) -> None:
    links: list[str] = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", paper.read_text(encoding="utf-8"))
    assert [link for link in links if not (paper.parent / link).exists()] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: decision.name)
def test_every_decision_says_why_and_at_what_price(decision: Path) -> None:
    sections = re.findall(r"^## (.+)$", decision.read_text(encoding="utf-8"), re.MULTILINE)
    assert sections == ["Context", "Decision", "Consequences"]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(decision.name[:4]) for decision in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
