"""The record (記録): she comes, says who she is and who is with her, and corrects it."""

from datetime import date
from typing import NamedTuple

from domain.case import (
    AcceptCase,
    AddCompanion,
    CloseCase,
    CorrectRecord,
    CorrectSubjectDetails,
    IdentifySubject,
    LinkCases,
    OpenCase,
    RecordAddress,
    RecordAttributes,
    RecordConsultation,
    RecordNote,
    RemoveCompanion,
    SetContactMethod,
    SubjectIdentified,
)
from domain.model import CaseId, NetworkId, PersonId
from tests.stories.asking import agreed
from tests.stories.cast import Cast
from tests.stories.telling import Someone


class Her(NamedTuple):
    case: CaseId
    son: PersonId
    sister: PersonId


async def she_comes(cast: Cast, network: NetworkId) -> Her:
    city = cast.city
    case = await city.opens(OPEN)
    await _she_is_heard(city, case)
    son = AddCompanion(
        companion="CHILD",
        relation="CHILD",
        name="そら",
        birth_date=date(2018, 5, 5),
        custody="IN_DISPUTE",
        whereabouts="本人と同居",
    )
    sister = AddCompanion(companion="ADULT", relation="SIBLING", name="ゆい", birth_year=1999)
    her = Her(case, PersonId(await city.makes(son, case)), PersonId(await city.makes(sister, case)))
    await city.says(AcceptCase(network_id=network), case)
    return her


async def _she_is_heard(city: Someone, case: CaseId) -> None:
    await city.says(
        RecordConsultation(
            channel="PHONE",
            caller_is_subject=True,
            main_problem="SPOUSE_VIOLENCE",
            secondary_problems=frozenset({"ECONOMIC_PROBLEM"}),
            topic="DV",
            age_band="30S",
            language="ja",
            sexual_harm_flag=False,
            summary="夫の暴力が続いている。仕事は辞めたくない。",
        ),
        case,
    )
    await city.says(
        IdentifySubject(name="相川みさき", kana="アイカワ ミサ", birth_date=date(1994, 2, 3)), case
    )
    await city.says(
        CorrectSubjectDetails(kana="アイカワ ミサキ", correction_reason="聞き取りの誤り"), case
    )
    await city.says(
        SetContactMethod(
            means="PHONE",
            value="090-0000-0000",
            safe_times="平日の昼休み",
            unsafe_means=frozenset({"LETTER"}),
        ),
        case,
    )
    await city.says(RecordAddress(kind="REGISTERED", address="青葉県緑野市若葉町1-2-3"), case)
    await city.says(
        RecordAttributes(
            languages=frozenset({"ja"}),
            interpreter_needed=False,
            religion_diet="卵のアレルギー",
            medication="頭痛薬",
            pregnancy=False,
        ),
        case,
    )
    await city.says(RecordNote(declared_category="ECO", text="給与の振込先を変えたい。"), case)


async def what_was_wrong(cast: Cast, her: Her) -> None:
    """A day of birth is put right, and her sister goes back to her parents."""
    wrong, _ = await cast.stage.book.last(her.case, SubjectIdentified)
    await cast.city.says(
        CorrectRecord(
            target_event_id=wrong,
            field="birth_date",
            new_value="1994-02-13",
            reason="保険証で確認した。",
        ),
        her.case,
    )
    await cast.city.says(
        RemoveCompanion(person_id=her.sister, whereabouts="両親の家", reason="両親の家に戻った。"),
        her.case,
    )


async def an_earlier_case(cast: Cast, her: Her) -> None:
    """She had called once before; with her consent, the two are joined."""
    earlier = await cast.city.opens(OPEN)
    for case in (her.case, earlier):
        await agreed(cast.city, case, "CASE_LINK", "CONSULTATION", {cast.city.agency})
    await cast.city.says(LinkCases(other_case_id=earlier), her.case)
    await cast.city.says(CloseCase(reason="REFERRED_ELSEWHERE"), earlier)


OPEN = OpenCase(
    anonymous=True,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset({"WOMEN_SUPPORT_ACT", "DV_ACT"}),
    at_risk_only=False,
)
