"""A pack and minutes on paper: nothing that only a program reads, and nothing left out."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import pytest
from msgspec import inspect

from adapters.cli.meeting_paper import MeetingPaper
from adapters.cli.record_paper import RecordPaper
from adapters.words import Language
from contracts.asked import CaseAlias
from contracts.envelope import DETAILS, AgencyShown, Envelope
from contracts.event_labels import EVENT_LABELS
from contracts.field_labels import FIELD_LABELS, OF_THEIR_EVENTS
from contracts.meetings import (
    CaseInMinutes,
    DecisionShown,
    DesignationShown,
    DisagreementShown,
    MeetingLine,
    MeetingMinutes,
    PositionShown,
    ReportShown,
)
from contracts.pages import Page
from domain.catalogue import EVENTS
from domain.codes import Label
from domain.meeting.events import DecisionId, Figure
from domain.model import AgencyId, MeetingId, StaffId, Withheld
from domain.visibility import naming
from tests.spec import NOW, an_id

CITY: Final = AgencyShown(id=AgencyId(UUID("c1000000-0000-4000-8000-000000000000")))
CLINIC: Final = AgencyShown(id=AgencyId(UUID("c2000000-0000-4000-8000-000000000000")))
NAMES: Final = {AgencyId(UUID("c1000000-0000-4000-8000-000000000000")): "緑野市女性相談室"}
ALSO_IN_WORDS: Final = ("DV", "PTA", "SNS")  # As people say it, too.
HER: Final = CaseAlias(an_id(7))
LANGUAGES: Final[tuple[Language, ...]] = ("ja", "en")
# What stands in a case, or is put before others with it.
REPLAYED: Final = [tag for tag in EVENT_LABELS if tag in EVENTS.types]


def on_paper(kind: str, fields: Mapping[str, object], language: Language = "ja") -> list[str]:
    record = Envelope(
        id=an_id(1),
        type=kind,
        occurred_at=NOW,
        recorded_at=NOW,
        case=HER,
        agency=CITY,
        fields={name: msgspec.Raw(msgspec.json.encode(said)) for name, said in fields.items()},
        bases={},
    )
    return [*RecordPaper(language, NAMES).lines(record)]


# The pack


def test_a_record_is_said_in_words_for_a_person() -> None:
    fields: dict[str, object] = {
        "consultation_id": str(an_id(3)),
        "main_problem": "SPOUSE_VIOLENCE",
        "secondary_problems": ["ECONOMIC_PROBLEM", "MENTAL_PROBLEM"],
        "caller_is_subject": False,
        "summary": {"withheld": "closed"},
        "topic": None,
    }
    assert on_paper("case.consultation_recorded.v1", fields) == [
        "- 令和8年5月13日 13:20 相談 緑野市女性相談室",
        "  - 主訴：夫等の暴力",
        "  - その他の問題：経済的問題、精神的問題",
        "  - 本人からの相談：いいえ",
        "  - 概要：（非表示）",
    ]
    assert on_paper("case.consultation_recorded.v1", fields, "en")[1:] == [
        "  - Main problem: Violence by a husband or partner",
        "  - Other problems: Money, Mental health",
        "  - She herself called: no",
        "  - Summary: (closed)",
    ]


def test_days_and_agencies_and_tasks_too() -> None:
    stay = {"provider_agency_id": {"kind": "PRIVATE_SHELTER"}, "decided_on": "2026-05-13"}
    assert on_paper("case.stay_decided.v1", stay)[1:] == [
        "  - 提供機関：民間シェルター",
        "  - 決定日：令和8年5月13日",
    ]
    plan = {
        "author_agency": {"id": str(CITY.id)},
        "tasks": [{"task": "住まいを探す", "due": "2026-06-01", "service_code": "INTERPRETING"}],
        "task_agencies": [{"id": str(CITY.id)}, {}],
    }
    assert on_paper("case.support_plan_drafted.v1", plan)[1:] == [
        "  - 作成機関：緑野市女性相談室",
        "  - 取り組む課題：住まいを探す 令和8年6月1日 通訳",
        "  - 課題の担当機関：緑野市女性相談室、（名称なし）",
    ]


def test_whom_it_is_about_is_told_apart_and_no_other_id_is_printed() -> None:
    role = {"person_id": str(an_id(5)), "function": "MAIN_SUPPORT", "decided_by": str(an_id(6))}
    assert on_paper("case.role_assigned.v1", role)[1:] == [
        "  - 対象者：00000000",
        "  - 役割：主たる支援機関",
    ]


def test_which_field_was_corrected_is_said_by_its_name() -> None:
    path = "case.subject_identified.v1/birth_date"
    assert on_paper("case.record_corrected.v1", {"field": path})[1:] == [
        "  - 項目：本人の氏名等 生年月日"
    ]


def test_what_may_not_be_told_for_what_it_was_is_read_by_the_names_of_its_fields() -> None:
    details = {"main_problem": "SPOUSE_VIOLENCE", "birth_date": "1994-09-02"}
    assert on_paper(DETAILS, details)[1:] == [
        "  - 主訴：夫等の暴力",
        "  - 生年月日：平成6年9月2日",
    ]


def every_field() -> Iterator[tuple[str, inspect.Field]]:
    for tag in REPLAYED:
        info = inspect.type_info(EVENTS.types[tag])
        assert isinstance(info, inspect.StructType)
        yield from ((tag, field) for field in info.fields)


def leaves(of: inspect.Type) -> Iterator[inspect.Type]:
    match of:
        case inspect.UnionType():
            for each in of.types:
                yield from leaves(each)
        case inspect.Metadata():
            yield from leaves(of.type)
        case inspect.CollectionType():
            yield from leaves(of.item_type)
        case _:
            yield of


@pytest.mark.parametrize("tag", REPLAYED)
def test_every_field_that_a_replay_may_show_has_a_name(tag: str) -> None:
    assert {
        name for name in EVENTS.types[tag].__struct_fields__ if called(tag, name) is None
    } == set()


@pytest.mark.parametrize(("what", "never"), [(AgencyId, ("人", "者")), (StaffId, ("機関",))])
def test_an_agency_is_called_no_person_and_a_person_no_agency(
    what: object, never: tuple[str, ...]
) -> None:
    names = [(tag, name) for tag in REPLAYED for name in naming(EVENTS.types[tag], what)]
    labels = {f"{tag}/{name}": called(tag, name) for tag, name in names}
    assert [of for of, label in labels.items() if label and label.ja.endswith(never)] == []


def test_no_field_is_named_that_its_event_does_not_have() -> None:
    known = {f"{tag}/{name}" for tag in REPLAYED for name in EVENTS.types[tag].__struct_fields__}
    assert OF_THEIR_EVENTS.keys() <= known


def called(tag: str, name: str) -> Label | None:
    return OF_THEIR_EVENTS.get(f"{tag}/{name}") or FIELD_LABELS.get(name)


def test_no_code_is_printed_as_it_is() -> None:
    for tag, field in every_field():
        codes = [of.values for of in leaves(field.type) if isinstance(of, inspect.LiteralType)]
        for code in {code for values in codes for code in values}:
            said = [code] if is_several(field.type) else code
            for language in LANGUAGES:
                (line,) = on_paper(tag, {field.encode_name: said}, language)[1:]
                assert line.endswith(ALSO_IN_WORDS) or not line.endswith(str(code)), tag


def is_several(of: inspect.Type) -> bool:
    within = of.types if isinstance(of, inspect.UnionType) else (of,)
    return any(isinstance(each, inspect.CollectionType) for each in within)


# Minutes


MEETING: Final = MeetingLine(
    meeting=MeetingId(an_id(9)), side="CONVENOR", status="SHARED", kind="REPRESENTATIVES"
)


def minutes(**said: Any) -> list[str]:
    said.setdefault("cases", Page(()))
    return [
        *MeetingPaper("ja", NAMES).minutes(MeetingMinutes(meeting=MEETING, state="SHARED", **said))
    ]


def test_what_was_reported_is_in_the_minutes() -> None:
    report = ReportShown(
        figures=(Figure(measure="CASE_CONFERENCES", count=12),),
        text=("相談件数は前年より増えた。",),
    )
    lines = minutes(reports=(report, ReportShown(figures=Withheld("erased"))))
    begin = lines.index("## 活動状況の報告")
    assert lines[begin:] == [
        "## 活動状況の報告",
        "",
        "- 個別ケース検討会議の開催回数：12",
        "- 相談件数は前年より増えた。",
        "",
        "## 活動状況の報告",
        "",
        "- （消去済み）",
        "",
    ]


def test_who_did_not_agree_and_why_is_in_the_minutes() -> None:
    decision = DecisionShown(
        decision=DecisionId(an_id(2)),
        kind="SUPPORT_POLICY",
        text="面談する",
        settles=True,
        acknowledged=(CLINIC,),
    )
    disagreement = DisagreementShown(
        topic="誰が担うか",
        positions=(PositionShown(agency=CLINIC, position="人手が足りない"),),
        since=date(2026, 5, 13),
    )
    designation = DesignationShown(
        agency=CLINIC,
        designated_by=CITY,
        dissenting=(CLINIC,),
        reason="日々顔を合わせている",
        dissent="人手が足りない",
        subject_wish="近くの人がいい",
    )
    case = CaseInMinutes(
        case=HER,
        decisions=(decision,),
        disagreements=(disagreement,),
        designation=designation,
    )
    lines = minutes(cases=Page((case,)), started_at=datetime(2026, 5, 13, 1, tzinfo=UTC))
    assert lines[lines.index("1. 支援方針 面談する") : -1] == [
        "1. 支援方針 面談する",
        "   - 協議が調った事項",
        "   - 了承：c2000000",
        "",
        "### 協議が調わない事項：誰が担うか",
        "- 協議の開始：令和8年5月13日",
        "- c2000000：人手が足りない",
        "",
        "- 主たる支援機関の指定：c2000000（理由：日々顔を合わせている）",
        "- 指定した機関：緑野市女性相談室",
        "- 異なる意見：c2000000",
        "- 異なる意見の内容：人手が足りない",
        "- 本人の希望：近くの人がいい",
    ]


@pytest.mark.parametrize("name", [*FIELD_LABELS, *OF_THEIR_EVENTS])
def test_every_field_is_named_in_both_languages(name: str) -> None:
    label = FIELD_LABELS.get(name) or OF_THEIR_EVENTS[name]
    assert label.ja.strip()
    assert re.match(r"[A-Z]", label.en)
