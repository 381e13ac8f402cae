"""An explanation on paper: event by event what is seen and what is not, in eighty cells."""

from datetime import UTC, datetime
from typing import Final

import pytest
from rich.cells import cell_len

from adapters.cli.explain_paper import ExplainPaper
from adapters.words import Language
from contracts.asked import CaseAlias
from contracts.explain import Cited, ClosedBy, EventExplained, Explanation, ScopeNamed, SeenOn
from contracts.replay import BasisShown, Says, View, event_says, rule_says
from domain.model import AgencyId, GrantId, ReferralId
from domain.policy import ConditionId
from domain.visibility.explaining import REFUSES
from tests.spec import an_id

CENTRE: Final = AgencyId(an_id(2))
AT: Final = datetime(2026, 5, 13, 4, 0, tzinfo=UTC)


def seen(*fields: str, position: int | None = None) -> SeenOn:
    return SeenOn(
        fields=fields,
        basis=BasisShown(rule="CONSENT", grant=GrantId(an_id(30))),
        says=rule_says("CONSENT"),
        cited=Cited(recorded_at=AT, event=an_id(31) if position else None, position=position),
    )


def closed(by: ConditionId, *fields: str) -> ClosedBy:
    return ClosedBy(fields=fields, by=by, says=Says(REFUSES[by].ja, REFUSES[by].en))


def event(
    nth: int, tag: str, *of: SeenOn | ClosedBy, position: int | None = None
) -> EventExplained:
    return EventExplained(
        id=an_id(nth),
        type=tag,
        says=event_says(tag),
        occurred_at=AT,
        recorded_at=AT,
        on="令和8年5月13日",
        position=position,
        seen=tuple(each for each in of if isinstance(each, SeenOn)),
        closed=tuple(each for each in of if isinstance(each, ClosedBy)),
    )


def explanation(*items: EventExplained) -> Explanation:
    view = View(agency=CENTRE, at=datetime(2026, 5, 13, 11, tzinfo=UTC))
    scope: ScopeNamed = "WHOLE" if items[0].position else "OWN"
    return Explanation(case=CaseAlias(an_id(40)), view=view, scope=scope, items=items)


IN_A_REFERRAL: Final = SeenOn(
    fields=("sent_at", "accompanied"),
    basis=BasisShown(rule="PARTY", referral=ReferralId(an_id(32))),
    says=rule_says("PARTY"),
)
STORY: Final = (
    event(
        10,
        "case.subject_identified.v1",
        seen("name", "kana"),
        closed("FIELD", "birth_date"),
        closed("CATEGORY", "gender_identity_note"),
    ),
    event(11, "referral.sent.v1", IN_A_REFERRAL),
    event(12, "case.contact_method_set.v1", closed("CATEGORY", "means", "value")),
)


def paper(which: Explanation, language: Language, columns: int = 80) -> list[str]:
    return [*ExplainPaper(which, language, columns).lines()]


def test_in_japanese() -> None:
    assert "\n".join(paper(explanation(*STORY), "ja")) == IN_JAPANESE


def test_in_english() -> None:
    assert "\n".join(paper(explanation(*STORY), "en")[:12]) == IN_ENGLISH


def test_an_auditor_reads_where_in_the_log_it_stands() -> None:
    said = paper(
        explanation(event(10, "case.closed.v1", seen("on", position=7), position=42)), "en"
    )
    assert "  00000000-0000-4000-8000-00000000000a, recorded 2026-05-13 13:00, position 42" in said
    assert any("position 7" in line for line in said)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("columns", [60, 80, 132])
def test_no_line_is_wider_than_it_may_be(language: Language, columns: int) -> None:
    assert max(map(cell_len, paper(explanation(*STORY), language, columns))) <= columns


IN_JAPANESE: Final = """\
00000000-0000-4000-8000-000000000002に各項目が見える理由、見えない理由、令和8年5
月13日 20:00の時点
何かしら見える出来事のすべての項目。
+ 見える  - 見えない

令和8年5月13日 13:00 本人の氏名等
  00000000-0000-4000-8000-00000000000a、令和8年5月13日 13:00 に記録
  + [1] 氏名、氏名（かな）
  - [a] 生年月日
  - [b] 性自認についての記載

令和8年5月13日 13:00 つなぎの送付
  00000000-0000-4000-8000-00000000000b、令和8年5月13日 13:00 に記録
  + [2] 送付日時、同行

令和8年5月13日 13:00 連絡方法
  00000000-0000-4000-8000-00000000000c、令和8年5月13日 13:00 に記録
  - [b] 連絡手段、連絡先

根拠
[1] 同意 00000000-0000-4000-8000-00000000001e、令和8年5月13日 13:00 に記録
    本人（または同意できる家族）の、情報提供への有効な同意があれば見えます。
[2] 当事機関 つなぎ 00000000-0000-4000-8000-000000000020
    つなぎの当事者（送る側は下書きから、受ける側は照会または送付から）と会議に招
    かれた機関（招集から）は、そのつなぎや会議で行われたことと、自分を名指しする
    項目を見ます。苦情の内容は、担当機関（指定から）と共有された機関だけが見ま
    す。個別のケースを扱わない会議では、会議の記録も招かれた機関に見えます。

見えない理由
[a] 同意はこの項目を含みません。
[b] 同意はこの区分を含みません。"""
IN_ENGLISH: Final = """\
Why 00000000-0000-4000-8000-000000000002 sees each field, or does not, as of
2026-05-13 20:00
Every field of each event of which something is seen.
+ seen  - not seen

2026-05-13 13:00 Her name
  00000000-0000-4000-8000-00000000000a, recorded 2026-05-13 13:00
  + [1] name, kana
  - [a] birth_date
  - [b] gender_identity_note

2026-05-13 13:00 Referral sent"""
