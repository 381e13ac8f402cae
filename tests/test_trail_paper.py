"""Her trail on paper: plain words, in either language, in eighty cells."""

from typing import Final

import pytest
from rich.cells import cell_len

from adapters.cli.naming import Names
from adapters.cli.trail_paper import TrailPaper
from adapters.words import Language
from domain.trail.purges import AcknowledgePurge, DeclinePurge
from tests.peers import Midorino, midorino
from tests.reading import reads
from tests.test_trailing import asked_of, shared_with, told, withdrawn

SAYS: Final[dict[Language, tuple[str, ...]]] = {
    "ja": (
        "青葉県女性相談支援センターへ",
        "理由：あなたの同意（目的：保護）",
        "令和8年5月13日 13:20 から 令和8年5月15日 13:20 まで",
        "本人の氏名等：氏名、",
        "消去を求めた機関 3：消去済み 1、法令により保持 1、期限超過 1、回答待ち 0",
        "期限（令和8年5月29日）を過ぎても回答がありません",
        "根拠：診療録の保存義務（医師法）",
    ),
    "en": (
        "With 青葉県女性相談支援センター",
        "Why: your consent, for: Protection",
        "from 2026-05-13 13:20 to 2026-05-15 13:20",
        "Her name: Name, ",
        "Asked to destroy it: 3. Destroyed: 1. Kept by law: 1. Overdue: 1.",
        "no answer, though it was due 2026-05-29",
        "Duty to keep medical",
    ),
}


@pytest.fixture(scope="module")
def here() -> Midorino:
    there = midorino()
    grant = shared_with(there, there.centre, there.ayumi, there.hospital)
    there.world.passes(days=2)
    reads(there.world, there.centre, there.case)
    withdrawn(there, grant)
    there.says(there.centre, AcknowledgePurge(purge_id=asked_of(there, there.centre)))
    kept = DeclinePurge(purge_id=asked_of(there, there.hospital), ground="MEDICAL_RECORDS")
    there.says(there.hospital, kept)
    there.world.passes(days=20)
    return there


def lines(here: Midorino, language: Language, columns: int = 80) -> list[str]:
    names: Names = {here.centre.agency: "青葉県女性相談支援センター"}
    return [*TrailPaper(told(here, here.city), language, columns, names).lines()]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_she_reads_with_whom_what_was_shared_and_why_and_what_followed(
    here: Midorino, language: Language
) -> None:
    text = "\n".join(lines(here, language))
    assert [said for said in SAYS[language] if said not in text] == []
    assert "相川みさき" not in text


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_line_is_wider_than_the_paper(here: Midorino, language: Language, columns: int) -> None:
    assert max(map(cell_len, lines(here, language, columns))) <= columns


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ja", ("伝えたものはありません。", "とりやめたもの、終わったものはありません。")),
        ("en", ("Nothing was shared.", "Nothing was stopped, and nothing ended.")),
    ],
)
def test_of_nothing_it_says_so(language: Language, said: tuple[str, ...]) -> None:
    there = midorino()
    there.agrees(there.centre)
    text = "\n".join(lines(there, language))
    assert [each for each in said if each not in text] == []
