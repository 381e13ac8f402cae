"""A what-if on paper: what would change for whom, in plain words of either language."""

import pytest
from rich.cells import cell_len

from adapters.cli.what_if_paper import WhatIfPaper
from adapters.words import Language
from contracts.what_if import If, IfExcluded, IfGranted, IfWithdrawn
from tests.peers import Midorino, midorino
from tests.test_supposing import supposed
from tests.test_trailing import shared_with


def lines(here: Midorino, what: If, language: Language) -> list[str]:
    names = {here.centre.agency: "青葉県女性相談支援センター"}
    return [*WhatIfPaper(supposed(here, what), language, 80, names).lines()]


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "ja",
            (
                "もし、同意を取り消したら",
                "青葉県女性相談支援センター",
                "見えなくなるもの：連絡先・連絡方法、氏名・生年月日など",
                "消去を求めるもの：連絡先・連絡方法、氏名・生年月",
            ),
        ),
        (
            "en",
            (
                "If you take back what you agreed to",
                "Would see no longer: Contact, Identity",
                "Would be asked to destroy what it has received: Contact, Identity",
            ),
        ),
    ],
)
def test_she_reads_what_would_be_seen_no_longer_and_asked_back(
    language: Language, says: tuple[str, ...]
) -> None:
    here = midorino()
    grant = shared_with(here, here.centre)
    said = lines(here, IfWithdrawn(grant=grant), language)
    assert [each for each in says if each not in "\n".join(said)] == []
    assert max(map(cell_len, said)) <= 80
    assert "相川みさき" not in "\n".join(said)


@pytest.mark.parametrize(
    ("language", "says"),
    [("ja", "同意だけでは何も伝わりません"), ("en", "Consent alone shares nothing")],
)
def test_of_one_who_takes_no_part_she_reads_that_consent_alone_shares_nothing(
    language: Language, says: str
) -> None:
    here = midorino()
    to = frozenset({here.ayumi.agency})
    what = IfGranted(recipients=to, categories=frozenset({"IDN"}), purpose="SERVICE")
    assert says in "\n".join(lines(here, what, language))


@pytest.mark.parametrize(("language", "says"), [("ja", "変わりません"), ("en", "Nothing would")])
def test_where_nothing_changes_it_says_so(language: Language, says: str) -> None:
    here = midorino()
    assert says in "\n".join(lines(here, IfExcluded(agency=here.ayumi.agency), language))
