"""Form 1 on paper (様式1): in Japanese, with its days as they are said there."""

from datetime import date
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from adapters.cli.ledger import LedgerPaper
from adapters.words import Language
from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown
from contracts.ledger import (
    CompanionLine,
    Completeness,
    Ledger,
    LedgerRow,
    RemarkShown,
    RoundShown,
)
from domain.model import AgencyId, NetworkId
from tests.spec import an_id

DAY: Final = date(2026, 5, 13)
CITY: Final = AgencyId(UUID("c17e0000-0000-4000-8000-000000000001"))


def round_no(no: int) -> RoundShown:
    return RoundShown(no=no, on=DAY, stage="CONSULTATION", wareki="令和8年5月13日")


WHOLE: Final = LedgerRow(
    case=CaseAlias(an_id(1)),
    number="2026-0001",
    partly=True,
    reviewed=True,
    name="相川みさき",
    birth_date=date(1994, 9, 2),
    age=31,
    companions=(CompanionLine(kind="CHILD", name="相川ひな", age=8),),
    accepted_on=DAY,
    responsible=AgencyShown(id=CITY),
    rounds=(
        RoundShown(
            no=1,
            on=DAY,
            responsible=AgencyShown(kind="PRIVATE_SHELTER"),
            situation="仕事を探し始めた。",
            policy_change="住まいを先に探す",
            wareki="令和8年5月13日",
        ),
    ),
    remarks=(
        RemarkShown(kind="CONFERENCE", on=DAY, wareki="令和8年5月13日"),
        RemarkShown(
            kind="DESIGNATED", on=DAY, agency=AgencyShown(id=CITY), wareki="令和8年5月13日"
        ),
    ),
)
MASKED: Final = LedgerRow(case=CaseAlias(an_id(2)), number="2026-0002", masked=True, reviewed=True)
UNNUMBERED: Final = LedgerRow(masked=True)
BOOK: Final = Ledger(
    network=NetworkId(an_id(3)),
    fiscal_year=2026,
    as_of=date(2026, 9, 1),
    copy="AUTHORITY",
    items=(UNNUMBERED, MASKED, WHOLE),
    check=Completeness(complete=True, missing=0, unnumbered=1),
)


REMARKS: Final = (
    "備考：個別ケース検討会議（令和8年5月13日）、"
    "主たる支援機関の指定 c17e0000（令和8年5月13日）、一部非開示"
)


def lines(ledger: Ledger, language: Language = "ja") -> list[str]:
    return [*LedgerPaper(ledger, language).lines()]


def test_the_authority_copy_has_every_row_by_its_number() -> None:
    assert lines(BOOK) == [
        "# 令和8年度 ケース進行管理台帳（様式1）",
        "",
        "調整機関用",
        "年齢の基準日：令和8年9月1日",
        "",
        "---",
        "",
        "番号：2026-0001",
        "支援女性氏名：相川みさき",
        "生年月日（年齢）：平成6年9月2日（31歳）",
        "住所：秘匿",
        "同伴家族：相川ひな（8歳）",
        "相談受理年月日：令和8年5月13日",
        "主担当機関：c17e0000",
        "管理記録：確認済み",
        "  第1回",
        "    会議日：令和8年5月13日",
        "    主担当機関：県女性相談支援センター",
        "    状況等：仕事を探し始めた。",
        "    方針の変更：住まいを先に探す",
        REMARKS,
        "",
        "---",
        "",
        "番号：2026-0002",
        "支援女性氏名：同意なし",
        "管理記録：確認済み",
        "",
        "---",
        "",
        "番号：—",
        "支援女性氏名：同意なし",
        "確認状況：非開示",
        "",
        "この年度に支援中のケースは、すべて台帳にあります。",
        "1 件には、この年度の番号がまだありません。",
    ]


def test_what_was_not_said_in_a_case_of_ones_own_is_not_said_to_be_kept_back() -> None:
    anonymous = LedgerRow(case=CaseAlias(an_id(4)), own=True, reviewed=False, accepted_on=DAY)
    assert lines(replace(BOOK, copy="ATTENDEE", items=(anonymous,), check=None))[-5:] == [
        "",
        "支援女性氏名：未把握",
        "住所：未把握",
        "相談受理年月日：令和8年5月13日",
        "管理記録：未確認",
    ]


def test_from_the_fifth_round_on_it_goes_on_on_another_sheet() -> None:
    many = replace(WHOLE, rounds=tuple(map(round_no, range(1, 6))))
    said = lines(replace(BOOK, items=(many,)))
    assert said.index("  （続紙）") == said.index("  第5回") - 1
    assert said[said.index("  第5回") + 2] == "    状況等：相談"


def test_a_member_has_no_numbers_and_hears_of_no_others() -> None:
    said = lines(replace(BOOK, copy="ATTENDEE", items=(WHOLE,), check=None))
    assert "構成機関用" in said
    assert not any("番号" in line for line in said)
    assert lines(replace(BOOK, copy="ATTENDEE", items=(), check=None))[-1] == (
        "該当するケースはありません。"
    )


def test_it_can_be_had_in_english() -> None:
    said = lines(replace(BOOK, check=Completeness(complete=False, missing=2, unnumbered=0)), "en")
    assert said[0] == "# Progress ledger (form 1), fiscal year 2026"
    assert "Born (age): 1994-09-02 (31)" in said
    assert said[-1] == "2 cases that were active this year do not stand in the ledger."
