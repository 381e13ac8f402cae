"""Lists and meetings in a terminal: what a person reads, in either language."""

import re
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from string import Formatter
from typing import Final
from uuid import UUID

import msgspec
import pytest
from rich.console import Console

from adapters.cli import headings, meeting_words
from adapters.cli.columns import LISTS, Row, cell
from adapters.cli.lists import (
    Narrowed,
    NetworkNeeded,
    NoSuchList,
    NotForThisList,
    list_named,
    read,
    shown,
)
from adapters.cli.meeting_paper import MeetingPaper
from adapters.cli.naming import with_names
from adapters.http.operations import OPERATIONS
from adapters.settings import Settings
from adapters.words import Language, Words
from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown, Envelope
from contracts.meetings import (
    AllocationShown,
    CaseInMinutes,
    CaseInPack,
    DecisionShown,
    InviteeShown,
    MeetingLine,
    MeetingMinutes,
    MeetingPack,
)
from contracts.pages import CaseShown, Page
from domain.meeting.events import AgendaItem, DecisionId
from domain.model import AgencyId, MeetingId
from domain.visibility import Basis

ROOT: Final = Path(__file__).parents[1]
HER: Final = CaseAlias(UUID(int=7))
CITY_ID: Final = AgencyId(UUID("c1000000-0000-4000-8000-000000000000"))
CITY: Final = AgencyShown(id=CITY_ID)
SHELTER: Final = AgencyShown(kind="PRIVATE_SHELTER")
ON: Final = date(2026, 5, 20)
NOWHERE: Final = Settings(data=Path("nowhere"))
MEETING: Final = MeetingLine(
    meeting=MeetingId(UUID(int=9)),
    case=HER,
    side="INVITEE",
    status="SHARED",
    kind="INDIVIDUAL_CASE",
    convenor=CITY,
    on=ON,
)


def said(name: str, at: str, row: Row, language: Language) -> str:
    (column,) = (each for each in LISTS[name].columns if each.at == at)
    return cell(column, row, language)


def printed(name: str, *rows: Row, language: Language = "en", columns: int = 200) -> str:
    paper = StringIO()
    Console(file=paper, width=columns).print(*shown(name, rows, language, columns), sep="\n")
    return paper.getvalue()


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_every_list_is_named_to_whoever_begins_to_read(readme: str) -> None:
    lines = (ROOT / readme).read_text("utf-8").splitlines()
    (row,) = (line for line in lines if line.startswith("| `tsunagu list NAME`"))
    assert set(re.findall(r"`([a-z-]+)`", row)) == LISTS.keys()


def test_of_a_case_that_waits_for_a_successor_it_is_said_whose_it_was() -> None:
    waits: Row = {"case": str(HER), "status": "ACTIVE", "follows": {"id": str(CITY_ID)}}
    others: Row = {"case": str(HER), "status": "ACTIVE"}
    waiting = with_names(waits, {CITY_ID: "緑野市"})
    assert "To take over from  緑野市" in printed("cases", waiting, columns=40)
    assert "引き継ぎ待ち（元の機関）  緑野市" in printed(
        "cases", waiting, language="ja", columns=40
    )
    assert said("cases", "follows", others, "en") == ""


def test_a_day_is_said_as_it_is_in_japan() -> None:
    row: Row = {"on": "2026-05-20"}
    assert said("meetings", "on", row, "ja") == "令和8年5月20日"
    assert said("meetings", "on", row, "en") == "2026-05-20"


def test_a_moment_is_said_by_the_clock_in_japan() -> None:
    row: Row = {"sent_at": "2026-05-13T15:30:00Z"}
    assert said("referrals", "sent_at", row, "en") == "2026-05-14 00:30"


@pytest.mark.parametrize(
    ("lasted", "ja", "en"),
    [
        ("P0DT5400S", "90分", "90 min"),
        ("P0DT10800S", "3時間", "3 h"),
        ("P3D", "3日", "3 d"),
        ("P1DT3600S", "25時間", "25 h"),
    ],
)
def test_what_lasted_is_said_in_the_largest_unit_of_which_there_are_two(
    lasted: str, ja: str, en: str
) -> None:
    row: Row = {"lead_times": {"to_answer": lasted}}
    assert said("referrals", "lead_times.to_answer", row, "ja") == ja
    assert said("referrals", "lead_times.to_answer", row, "en") == en


@pytest.mark.parametrize(
    ("named", "ja"),
    [
        ({"id": "c1000000-0000-4000-8000-000000000000"}, "c1000000"),
        ({"kind": "PRIVATE_SHELTER"}, "民間シェルター"),
        ({}, "（名称なし）"),
    ],
)
def test_an_agency_is_said_as_far_as_it_is_named(named: Row, ja: str) -> None:
    assert said("referrals", "receiver", {"receiver": named}, "ja") == ja


def test_what_is_not_there_leaves_its_cell_empty_and_what_was_erased_says_so() -> None:
    assert said("cases", "name", {}, "ja") == ""
    assert said("cases", "name", {"name": {"withheld": "erased"}}, "ja") == "（消去済み）"


def test_a_list_is_printed_with_its_headings() -> None:
    lines = printed("meetings", {"meeting": "m-1", "kind": "PRACTITIONERS"}, language="ja")
    heading, row = lines.splitlines()
    assert heading.split() == ["会議", "種別", "日付", "状況", "立場", "招集機関", "ケース"]
    assert row.split() == ["m-1", "実務者会議"]


def test_where_a_table_would_be_too_wide_each_row_stands_by_itself() -> None:
    row: Row = {"referral": "c1000000-0000-4000-8000-000000000000", "status": "SENT"}
    assert printed("referrals", row, columns=60).splitlines() == [
        "Referral  c1000000-0000-4000-8000-000000000000",
        "Status  Sent",
        "",
    ]


def test_what_was_sent_round_says_how_many_have_it() -> None:
    row: Row = {
        "what": "DIRECTORY",
        "version": "2026-1",
        "published_at": "2026-05-13T01:00:00Z",
        "received": [{"kind": "POLICE"}, {"kind": "SCHOOL"}],
        "awaited": [{"kind": "COURT"}],
    }
    assert "2 of 3 received" in printed("disaster", row)


def test_whether_a_case_was_reviewed_is_said_only_where_it_may_be_known() -> None:
    rows: tuple[Row, ...] = ({"reviewed": True}, {"reviewed": False}, {"masked": True})
    assert [said("ledger", "", row, "ja") for row in rows] == ["はい", "", "非開示"]


def test_of_a_grievance_it_is_said_what_it_is_about_and_what_was_answered() -> None:
    city = {"id": "c1000000-0000-4000-8000-000000000000"}
    row: Row = {
        "grievance": "g-1",
        "complainant": "FAMILY",
        "about_agencies": [city, {"kind": "PRIVATE_SHELTER"}],
        "text": "連絡がなかった。",
        "answered_on": "2026-05-20",
        "response": "担当を替えました。",
    }
    named = with_names(row, {CITY_ID: "緑野市女性相談室"})
    assert printed("grievances", named, language="ja", columns=60).splitlines() == [
        "苦情  g-1",
        "申出人  家族",
        "対象の機関  緑野市女性相談室、民間シェルター",
        "申出の内容  連絡がなかった。",
        "回答日  令和8年5月20日",
        "回答  担当を替えました。",
        "",
    ]


def test_lead_times_of_several_pages_are_one_summary() -> None:
    pages: list[Row] = [
        {
            "referrals": 2,
            "open": 1,
            "unanswered": 1,
            "to_answer": {"count": 1, "total": "PT7200S", "longest": "PT7200S"},
            "next": "after",
        },
        {
            "referrals": 3,
            "open": 0,
            "unanswered": 0,
            "to_receipt": {"count": 1, "total": "P3D", "longest": "P3D"},
            "to_answer": {"count": 1, "total": "PT14400S", "longest": "PT14400S"},
        },
    ]
    assert [*LISTS["lead-times"].rows(pages)] == [
        {
            "referrals": 5,
            "open": 1,
            "unanswered": 1,
            "to_receipt": {"count": 1, "total": "P3D", "longest": "P3D"},
            "to_answer": {"count": 2, "total": "PT21600S", "longest": "PT14400S"},
        }
    ]
    heading, row = printed("lead-times", *LISTS["lead-times"].rows(pages)).splitlines()
    assert heading.split("  ")[0] == "Referrals"
    assert "3 h on average, 4 h at most (2)" in row


def test_in_which_cases_an_agency_was_told_without_her_is_said_with_the_ground() -> None:
    row: Row = {"case": "c-1", "bases": [{"rule": "EMERGENCY"}, {"rule": "STATUTORY"}]}
    assert "緊急時の提供、法令に基づく提供" in printed("disclosures", row, language="ja")


def test_gaps_and_who_is_not_named_are_listed_too() -> None:
    gaps = LISTS["gaps"].rows([{"prefecture": "06", "municipalities": ["063011", "063029"]}])
    assert printed("gaps", *gaps).split() == [
        *("Municipalities", "without", "a", "window"),
        *("063011", "063029"),
    ]
    for name in ("unnamed", "unnamed-members"):
        rows = LISTS[name].rows([{"counts": [{"kind": "PRIVATE_SHELTER", "agencies": 2}]}])
        assert printed(name, *rows, language="ja").split() == [
            *("種別", "機関数"),
            *("民間シェルター", "2"),
        ]


@pytest.mark.parametrize("name", LISTS)
def test_what_is_not_answered_in_pages_is_asked_for_whole(name: str) -> None:
    of = list_named(name)
    (operation,) = (each for each in OPERATIONS if each.path == of.path and each.method == "get")
    asked = {field.encode_name for field in msgspec.structs.fields(operation.query)}
    assert of.in_pages is ({"after", "most"} <= asked)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_one_that_the_entrance_has(name: str) -> None:
    of = list_named(name)
    (operation,) = (each for each in OPERATIONS if each.path == of.path and each.method == "get")
    asked = {field.encode_name for field in msgspec.structs.fields(operation.query)}
    assert of.narrowed_by <= asked


def test_a_list_that_there_is_none_of_is_refused_with_those_there_are() -> None:
    with pytest.raises(NoSuchList) as refused:
        list_named("shelters")
    assert "grievances" in str(refused.value.facts)


def test_a_list_of_a_network_names_it_and_no_other_does() -> None:
    with pytest.raises(NetworkNeeded):
        read(NOWHERE, None, "roster", Narrowed(), 50, None)
    with pytest.raises(NotForThisList):
        read(NOWHERE, None, "cases", Narrowed(network=UUID(int=1)), 50, None)
    with pytest.raises(NotForThisList):
        read(
            NOWHERE,
            None,
            "meetings",
            Narrowed(by={"open": "true"}),
            50,
            None,
        )


def test_a_pack_reads_as_a_document() -> None:
    record = Envelope(
        id=UUID(int=1),
        type="case.subject_identified.v1",
        occurred_at=datetime(2026, 5, 13, 0, 0, tzinfo=UTC),
        recorded_at=datetime(2026, 5, 13, 0, 0, tzinfo=UTC),
        case=HER,
        agency=CITY,
        fields={"name": msgspec.Raw('"相川みさき"'.encode())},
        bases={"name": Basis("OWN")},
    )
    view = CaseShown(case=HER, name="相川みさき")
    pack = MeetingPack(
        meeting=MEETING,
        agenda=(AgendaItem(type="CASE_SITUATION", text="現在の状況"),),
        invitees=(InviteeShown(SHELTER, "MEMBER"),),
        cases=Page((CaseInPack(case=HER, view=view, records=(record,)),)),
    )
    lines = [*MeetingPaper("ja").pack(pack)]
    assert lines[:6] == [
        "# 会議資料",
        "",
        "- 種類：個別ケース検討会議",
        "- 日付：令和8年5月20日",
        "- 招集機関：c1000000",
        "- 状況：議事録共有済み",
    ]
    assert "- 本人の状況の把握 現在の状況" in lines
    assert "- 民間シェルター 構成員" in lines
    assert "- 氏名：相川みさき" in lines
    assert "  - 氏名：相川みさき" in lines


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ja", ["# 議事録 (共有済み)", "1. 支援方針 面談する", "次回：令和8年5月20日"]),
        ("en", ["# Minutes (Shared)", "1. Policy of support 面談する", "Next meeting: 2026-05-20"]),
    ],
)
def test_minutes_read_as_a_document(language: Language, told: list[str]) -> None:
    decision = DecisionShown(
        decision=DecisionId(UUID(int=2)), kind="SUPPORT_POLICY", text="面談する", agreed=(CITY,)
    )
    role = AllocationShown(function="MAIN_SUPPORT", agency=CITY)
    minutes = MeetingMinutes(
        meeting=MEETING,
        state="SHARED",
        text="確認した。",
        next_on=ON,
        cases=Page((CaseInMinutes(case=HER, decisions=(decision,), roles=(role,)),)),
    )
    lines = [*MeetingPaper(language).minutes(minutes)]
    assert [line for line in lines if line in told] == told


def every_word() -> list[Words]:
    tables = (headings.PARTS, headings.SENT_ROUND, headings.WITHHELD, headings.SPANS)
    homes = (headings, meeting_words)
    single = [each for home in homes for each in vars(home).values() if isinstance(each, Words)]
    return single + [said for table in tables for said in table.values()]


@pytest.mark.parametrize("word", every_word(), ids=lambda word: word.en[:40])
def test_every_word_is_said_in_both_languages(word: Words) -> None:
    assert word.ja.strip()
    assert word.en.strip()
    named = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in word]
    assert named[0] == named[1]
