"""A replay on paper: lanes, arrows and the bar of whoever answers for her, in eighty cells."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import pytest
from rich.cells import cell_len

from adapters.cli.lanes import Pool
from adapters.cli.replay_paper import ReplayPaper
from adapters.words import Language
from adapters.wrapping import wrapped
from contracts.asked import CaseAlias
from contracts.envelope import AgencyShown
from contracts.replay import (
    MARKS,
    BasisShown,
    Gone,
    LaneShown,
    Replay,
    ReplayLine,
    View,
    event_says,
    rule_says,
)
from domain.model import AgencyId, GrantId, ReferralId
from tests.spec import an_id

CITY: Final = AgencyId(an_id(1))
CENTRE: Final = AgencyId(an_id(2))
LANES: Final = (
    LaneShown(agency=AgencyShown(id=CITY, kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION"), own=True),
    LaneShown(agency=AgencyShown(id=CENTRE, kind="WOMENS_SUPPORT_CENTRE")),
    LaneShown(agency=AgencyShown(kind="PRIVATE_SHELTER")),
    LaneShown(agency=AgencyShown(), by_itself=True),
    LaneShown(agency=AgencyShown()),
)
OWN: Final = BasisShown(rule="OWN")
CONSENT: Final = BasisShown(rule="CONSENT", grant=GrantId(an_id(30)))
SIDE: Final = BasisShown(rule="PARTY", referral=ReferralId(an_id(31)))


def line(hour: int, tag: str, lane: int, /, **more: Any) -> ReplayLine:
    at = datetime(2026, 5, 13, hour, 30, tzinfo=UTC)
    said: dict[str, object] = more.pop("said", {})
    facts: dict[str, Any] = {"bases": dict.fromkeys(said, more.pop("basis", OWN)), **more}
    return ReplayLine(
        id=an_id(hour),
        type=tag,
        says=event_says(tag),
        occurred_at=at,
        recorded_at=at,
        on="令和8年5月13日",
        agency=LANES[lane].agency,
        fields={n: msgspec.Raw(msgspec.json.encode(v)) for n, v in said.items()},
        lane=lane,
        **facts,
    )


def replay(*items: ReplayLine, against: View | None = None) -> Replay:
    return Replay(
        case=CaseAlias(an_id(40)),
        view=View(agency=CITY, at=datetime(2026, 5, 13, 12, tzinfo=UTC)),
        against=against,
        lanes=LANES,
        items=items,
        rules={basis.rule: rule_says(basis.rule) for basis in (OWN, CONSENT, SIDE)},
    )


STORY: Final = (
    line(
        1,
        "case.accepted.v1",
        0,
        mark="ACCEPTED",
        holder=0,
        said={"accepted_on": "2026-05-13", "case_number": None},
    ),
    line(
        2,
        "case.subject_identified.v1",
        0,
        holder=0,
        said={"name": "相川みさき", "birth_date": {"withheld": "closed"}},
    ),
    line(3, "referral.sent.v1", 0, mark="SENT", of=0, to=1, holder=0, basis=SIDE,
         said={"sent_at": "2026-05-13T03:30:00Z", "accompanied": False}),
    line(4, "referral.handover_confirmed.v1", 1, mark="HANDED_OVER", of=0, to=1, holder=1,
         basis=SIDE, said={"main_responsible_to": {"id": str(CENTRE)}}),
    line(5, "case.stay_started.v1", 2, mark="STAY_BEGUN", holder=1, basis=CONSENT,
         said={"started_on": "2026-05-13", "companions": []}),
    line(6, "referral.sent.v1", 2, mark="SENT", of=2, to=0, holder=1, basis=CONSENT,
         said={"accompanied": True}),
    line(7, "case.role_assigned.v1", 3, holder=1, basis=CONSENT,
         said={"agency_id": {"kind": "PRIVATE_SHELTER"}}),
    line(8, "case.closed.v1", 4, mark="CLOSED", basis=CONSENT, said={"on": "2026-05-13"}),
)  # fmt: skip


def paper(which: Replay, language: Language, columns: int = 80) -> list[str]:
    return [*ReplayPaper(which, language, columns).lines()]


def test_in_japanese() -> None:
    assert "\n".join(paper(replay(*STORY), "ja")) == IN_JAPANESE


def test_in_english() -> None:
    assert "\n".join(paper(replay(*STORY), "en")[:14]) == IN_ENGLISH


def test_codes_and_flags_are_said_in_japanese_by_what_their_field_is() -> None:
    """``OTHER`` is another word in another list; words of a person's own are left as they are."""
    opened = line(
        1,
        "case.opened.v1",
        0,
        said={"channel": "PHONE", "frameworks": ["DV_ACT"], "at_risk_only": False},
    )
    noted = line(2, "case.note_recorded.v1", 0, said={"text": "PHONE"})
    said = "\n".join(paper(replay(opened, noted), "ja", 132))
    assert CODES in said
    assert "=PHONE" in said
    assert "channel=PHONE, frameworks=DV_ACT" in "\n".join(paper(replay(opened), "en", 132))


def test_two_views_beside_each_other() -> None:
    later = Gone(event=an_id(50), type="consent.withdrawn.v1", at=datetime(2026, 6, 1, tzinfo=UTC))
    both, differs = dict.fromkeys(("name",), OWN), {"name": OWN, "kana": OWN}
    compared = replay(
        line(1, "case.accepted.v1", 0, seen_in="BOTH", bases=both, others=both),
        line(
            2,
            "case.subject_identified.v1",
            0,
            seen_in="BOTH",
            bases=differs,
            others={"name": CONSENT, "birth_date": CONSENT},
            gone={"kana": later},
        ),
        line(
            3,
            "case.note_recorded.v1",
            1,
            seen_in="FIRST",
            bases={"text": OWN},
            gone={"text": Gone()},
        ),
        line(4, "case.closed.v1", 1, seen_in="SECOND", others={"on": CONSENT}),
        against=View(agency=CITY),
    )
    assert "\n".join(paper(compared, "ja")[9:19]) == COMPARED


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("columns", [60, 80, 132])
def test_no_line_is_wider_than_it_may_be(language: Language, columns: int) -> None:
    assert max(map(cell_len, paper(replay(*STORY), language, columns))) <= columns


def test_with_many_lanes_they_grow_narrow_and_the_last_is_shared() -> None:
    lanes = [
        LaneShown(agency=AgencyShown(id=AgencyId(an_id(each)), kind="POLICE")) for each in range(60)
    ]
    pool = Pool(lanes, 80)
    assert pool.width <= 80 - 30
    assert pool.head().split()[-2:] == ["U", "+"]
    far = line(1, "referral.sent.v1", 0, mark="SENT", of=0, to=59, holder=59)
    assert pool.drawn(far) == "|o" + "|-" * 19 + "|>" + "# "


def test_a_kanji_takes_two_cells_and_no_line_begins_with_a_stop() -> None:
    assert [*wrapped("相川みさきです。", 14)] == ["相川みさきで", "す。"]
    assert [*wrapped("one two three", 8)] == ["one two", "three"]
    assert [*wrapped("a" * 10, 4)] == ["aaaa", "aaaa", "aa"]
    assert [*wrapped("", 10)] == []
    assert [*wrapped("町（「相川」）・村", 8)] == ["町（「相", "川」）・", "村"]
    assert [*wrapped("コピー用トークン tsg_a。", 8)] == ["コピー用", "トークン", "tsg_a。"]
    assert [*wrapped("相川  みさき  です", 8)] == ["相川  み", "さき  で", "す"]


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_no_words_of_a_note_are_taken_for_a_row(break_: str) -> None:
    """Wherever they begin a line, the bars stand before it."""
    forged = f"来談。{break_}11:20 |*=>#   C 主担当の引き継ぎ"
    noted = line(1, "case.note_recorded.v1", 0, said={"text": forged})
    rows = "\n".join(paper(replay(noted), "ja")).splitlines()
    (said,) = [row for row in rows if "11:20" in row]
    assert said.startswith(" " * 6 + "|   |   |   |   |")


def test_no_words_of_a_note_steer_the_terminal() -> None:
    noted = line(1, "case.note_recorded.v1", 0, said={"text": "来\x1b[2K\x1b[1A談\u202eです"})
    assert [row for row in paper(replay(noted), "ja") if "来[2K[1A談です" in row]


def test_every_mark_is_said_in_both_languages() -> None:
    assert all(label.ja and label.en.isascii() for label in MARKS.values())


CODES: Final = "相談の経路=電話相談、根拠となる法制度=DV防止法、おそれのある段階=いいえ"
IN_JAPANESE: Final = """\
Aの見え方、令和8年5月13日 21:00の時点

A  市町村の女性支援担当部局 (所属機関) 00000000-0000-4000-8000-000000000001
B  女性相談支援センター 00000000-0000-4000-8000-000000000002
C  民間シェルター (名前は見えない)
@  自動の記録
?  ほかの機関（見えない）

      A   B   C   @   ?
令和8年5月13日（水）
10:30 #*  |   |   |   |   A 受理・支援の開始
      #   |   |   |   |   [1] 受理日=令和8年5月13日
11:30 #o  |   |   |   |   A 本人の氏名等
      #   |   |   |   |   [1] 氏名=相川みさき、今は見えない: 生年月日
12:30 #o->|   |   |   |   A つなぎの送付
      #   |   |   |   |   [2] 送付日時=令和8年5月13日 12:30、同行=いいえ
13:30 |o=>#   |   |   |   B 引き継ぎの確認
      |   #   |   |   |   [2] 新しい主担当機関=B
14:30 |   #   |[  |   |   C 保護・入所の開始
      |   #   |   |   |   [3] 開始日=令和8年5月13日
15:30 |<--#---|o  |   |   C つなぎの送付
      |   #   |   |   |   [3] 同行=はい
16:30 |   #   |   |o  |   @ 役割の割り当て
      |   #   |   |   |   [3] 機関=民間シェルター
17:30 |   |   |   |   |X  ? 終結
      |   |   |   |   |   [3] 日付=令和8年5月13日

# の列が主担当機関。記号：o 出来事  * 受理：主担当機関が決まる  o-> つなぎの送付
o=> 引き継ぎ  X 終結・移管  [ 保護・入所の開始

根拠
[1] 自らの記録
    機関は、自分が記録したことを見ます。ただし、記録から補われた項目が名指しする
    機関は、ほかの機関の記録で名前が見える場合に限ります。
[2] 当事機関 つなぎ 00000000-0000-4000-8000-00000000001f
    つなぎの当事者（送る側は下書きから、受ける側は照会または送付から）と会議に招
    かれた機関（招集から）は、そのつなぎや会議で行われたことと、自分を名指しする
    項目を見ます。苦情の内容は、担当機関（指定から）と共有された機関だけが見ま
    す。個別のケースを扱わない会議では、会議の記録も招かれた機関に見えます。
[3] 同意 00000000-0000-4000-8000-00000000001e
    本人（または同意できる家族）の、情報提供への有効な同意があれば見えます。"""
IN_ENGLISH: Final = """\
As seen by A, as of 2026-05-13 21:00

A  Municipal women's support division (your agency)
   00000000-0000-4000-8000-000000000001
B  Women's support centre 00000000-0000-4000-8000-000000000002
C  Private shelter (not named)
@  recorded by itself, by rule
?  others, not shown

      A   B   C   @   ?
2026-05-13 (令和8年5月13日)
10:30 #*  |   |   |   |   A Case accepted
      #   |   |   |   |   [1] accepted_on=2026-05-13
11:30 #o  |   |   |   |   A Her name"""
COMPARED: Final = """\
令和8年5月13日（水）
10:30 =  A 受理・支援の開始
11:30 ~  A 本人の氏名等
         1 だけ：氏名（かな）
         2 だけ：生年月日
         令和8年6月1日 09:00、同意の撤回により見えなくなった：氏名（かな）
12:30 1  B 記録
         [1] 内容
         見えなくなった：内容
13:30 2  B 終結"""
