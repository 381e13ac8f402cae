"""A short story with made-up people: what the demo appends to the log, and reads back."""

from datetime import date
from typing import Final
from uuid import uuid4

from adapters.app import App
from adapters.cli.telling import Line, Scene, Story
from adapters.words import Words
from contracts.answers import Accepted
from domain.agency import RegisterAgency
from domain.agency_codes import AgencyKind
from domain.case import (
    AcceptCase,
    CorrectSubjectDetails,
    IdentifySubject,
    OpenCase,
    RecordConsultation,
)
from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.consent_ledger import (
    ExplainConsent,
    GrantConsent,
    GrantId,
    RecordRefusal,
    WithdrawConsent,
)
from domain.model import AgencyId, CaseId, CommandId, NetworkId, stream_of
from projections.case_view import CaseView, Consent, project
from services.handling import Ask
from services.sealing import persons_in

BORN: Final = date(1994, 2, 3)
MUNICIPALITY: Final = Words(
    ja="緑野市男女共同参画推進センター", en="Midorino City Gender Equality Centre"
)
TITLES: Final[dict[str, Words]] = {
    "case.opened.v1": Words(ja="匿名の相談を受け付けた", en="A case is opened, without a name"),
    "case.consultation_recorded.v1": Words(ja="相談を記録した", en="What she told is recorded"),
    "case.subject_identified.v1": Words(ja="本人が名前を明かした", en="She says who she is"),
    "case.subject_details_corrected.v1": Words(
        ja="氏名の読みを訂正した", en="The reading of her name is corrected"
    ),
    "case.accepted.v1": Words(
        ja="支援を開始し、主担当機関を決めた", en="The case is accepted; one agency answers for her"
    ),
    "consent.explained.v1": Words(ja="情報提供について説明した", en="Sharing is explained to her"),
    "consent.granted.v1": Words(ja="本人が同意した", en="She agrees"),
    "consent.refused.v1": Words(
        ja="警察への提供には同意しなかった", en="She refuses that the police be told"
    ),
    "consent.withdrawn.v1": Words(ja="本人が同意を撤回した", en="She takes her consent back"),
}


CONSENTS: Final[dict[Consent, Words]] = {
    "EXPLAINED": Words(ja="説明済み", en="explained"),
    "GRANTED": Words(ja="同意", en="granted"),
    "REFUSED": Words(ja="不同意", en="refused"),
    "WITHDRAWN": Words(ja="撤回", en="withdrawn"),
}


async def tell(app: App) -> Story:
    """Append it, one command after the other; then read it back and fold it."""
    agency, staff = app.operator.operator, app.operator.first_staff

    async def say(command: AnyCommand, case: CaseId | None = None) -> Accepted:
        ask = Ask(
            id=CommandId(uuid4()),
            agency=agency,
            staff=staff,
            role="REPRESENTATIVE",
            command=command,
            case=case,
        )
        answer = await app.handling.handle(ask)
        assert isinstance(answer, Accepted), answer
        return answer

    async def registered(kind: AgencyKind, name: str) -> AgencyId:
        answer = await say(RegisterAgency(kind=kind, name=name, sector="PUBLIC"))
        assert answer.made is not None
        return AgencyId(answer.made)

    centre = await registered("WOMENS_SUPPORT_CENTRE", "青葉県女性相談支援センター")
    police = await registered("POLICE", "緑野警察署")
    case = (
        await say(
            OpenCase(
                anonymous=True,
                channel="PHONE",
                found_via="SELF",
                frameworks=frozenset({"WOMEN_SUPPORT_ACT", "DV_ACT"}),
                at_risk_only=False,
            )
        )
    ).case
    assert case is not None
    await say(
        RecordConsultation(
            channel="PHONE",
            caller_is_subject=True,
            main_problem="SPOUSE_VIOLENCE",
            secondary_problems=frozenset({"ECONOMIC_PROBLEM"}),
            age_band="30S",
            language="ja",
            sexual_harm_flag=False,
            summary="夫の暴力が続いている。仕事は辞めたくない。昼休みなら電話に出られる。",
        ),
        case,
    )
    await say(IdentifySubject(name="相川みさき", kana="アイカワ ミサ", birth_date=BORN), case)
    await say(
        CorrectSubjectDetails(kana="アイカワ ミサキ", correction_reason="聞き取りの誤り"), case
    )
    await say(AcceptCase(network_id=NetworkId(uuid4())), case)
    shared = frozenset[CategoryCode]({"IDN", "CNT", "PRB", "SVC"})
    explained = await say(
        ExplainConsent(
            kind="INFORMATION",
            purpose="PROTECTION",
            recipients=frozenset({centre}),
            categories=shared,
            language="ja",
            material_version="2026-04",
        ),
        case,
    )
    assert explained.made is not None
    grant = GrantId(explained.made)
    await say(
        GrantConsent(
            grant_id=grant,
            kind="INFORMATION",
            grantor="SUBJECT",
            recipients=frozenset({centre}),
            categories=shared,
            purpose="PROTECTION",
            until_event="CASE_CLOSE",
            history="SNAPSHOT",
            method="WRITTEN",
            conditions=frozenset({"KEEPS_PHONE"}),
        ),
        case,
    )
    await say(
        RecordRefusal(
            kind="INFORMATION",
            recipients=frozenset({police}),
            categories=frozenset({"IDN"}),
            purpose="PROTECTION",
        ),
        case,
    )
    await say(WithdrawConsent(grant_id=grant, reason="もう少し考えたい。"), case)
    return await _read_back(app, case)


async def _read_back(app: App, case: CaseId) -> Story:
    streams = stream_of("case", case), stream_of("consent", case)
    reading = await app.log.read(*streams)
    stored = sorted(
        (event for stream in streams for event in reading.streams[stream]),
        key=lambda event: event.position,
    )
    keys = await app.keyring.keys(persons_in(stored))
    opened = [app.sealing.open(event, keys) for event in stored]
    return Story(
        scenes=tuple(
            Scene(title=TITLES[event.type], agency=MUNICIPALITY, stored=event, opened=recorded)
            for event, recorded in zip(stored, opened, strict=True)
        ),
        ending=_ending(project(recorded.event for recorded in opened)),
    )


def _ending(view: CaseView) -> tuple[Line, ...]:
    return (
        Line(Words(ja="受理番号", en="Case number"), view.number),
        Line(Words(ja="支援開始日", en="Accepted on"), view.accepted_on),
        Line(Words(ja="主担当機関", en="Answers for her"), MUNICIPALITY),
        Line(Words(ja="氏名", en="Name"), view.name),
        Line(Words(ja="よみ", en="Reading"), view.kana),
        Line(Words(ja="生年月日", en="Born"), view.birth_date),
        *(Line(Words(ja="同意", en="Consent"), CONSENTS[each]) for each in view.consents.values()),
    )
