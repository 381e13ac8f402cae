"""Case (ケース): from her first word to the agency that answers for her, the 主担当機関.

A case is opened without a name, and may be accepted without one.
"""

from datetime import date
from functools import partial
from typing import Annotated, ClassVar, Final, NewType, TypeAlias, assert_never
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.calendar import date_in_japan
from domain.categories import ACC, ENV, IDN, NAR, PRB, SVC, SXH
from domain.codes import AgeBand, Channel, FoundVia, Framework, Language, ProblemCode, TopicCode
from domain.model import (
    AgencyId,
    Command,
    Context,
    Decider,
    Event,
    NetworkId,
    PersonId,
    Sealed,
)
from domain.speech import Refused
from domain.text import FreeText, Line

ConsultationId = NewType("ConsultationId", UUID)
CaseNumber: TypeAlias = Annotated[
    str, Meta(max_length=14, pattern=r"\A[0-9]{4}-[0-9]{4,9}\Z", extra={"text": "code"})
]


class CaseOpened(Event, frozen=True, kw_only=True, tag="case.opened.v1"):
    """``subject_id`` is ours: her key must exist before her first sealed word, named or not."""

    subject_id: Annotated[PersonId, ENV]
    anonymous: Annotated[bool, ENV]
    opened_by_agency: Annotated[AgencyId, SVC]
    channel: Annotated[Channel, SVC]
    found_via: Annotated[FoundVia, SVC]
    frameworks: Annotated[frozenset[Framework], SVC]
    at_risk_only: Annotated[bool, SVC]


class ConsultationRecorded(Event, frozen=True, kw_only=True, tag="case.consultation_recorded.v1"):
    consultation_id: Annotated[ConsultationId, ENV]
    channel: Annotated[Channel, SVC]
    caller_is_subject: Annotated[bool, SVC]
    main_problem: Annotated[Sealed[ProblemCode], PRB]
    secondary_problems: Annotated[Sealed[frozenset[ProblemCode]], PRB]
    topic: Annotated[Sealed[TopicCode | None], PRB]
    age_band: Annotated[Sealed[AgeBand], PRB]
    language: Annotated[Sealed[Language], ACC]
    sexual_harm_flag: Annotated[Sealed[bool], SXH]
    summary: Annotated[Sealed[FreeText | None], NAR]


class SubjectIdentified(Event, frozen=True, kw_only=True, tag="case.subject_identified.v1"):
    """The name may be a pseudonym."""

    subject_id: Annotated[PersonId, ENV]
    name: Annotated[Sealed[Line], IDN]
    kana: Annotated[Sealed[Line | None], IDN]
    birth_date: Annotated[Sealed[date | None], IDN]
    gender_identity_note: Annotated[Sealed[Line | None], IDN]


class SubjectDetailsCorrected(
    Event, frozen=True, kw_only=True, tag="case.subject_details_corrected.v1"
):
    """``None`` leaves a detail as it was."""

    subject_id: Annotated[PersonId, ENV]
    name: Annotated[Sealed[Line | None], IDN]
    kana: Annotated[Sealed[Line | None], IDN]
    birth_date: Annotated[Sealed[date | None], IDN]
    gender_identity_note: Annotated[Sealed[Line | None], IDN]
    correction_reason: Annotated[Sealed[FreeText], NAR]


class CaseAccepted(Event, frozen=True, kw_only=True, tag="case.accepted.v1"):
    accepted_on: Annotated[date, SVC]
    ledger_network_id: Annotated[NetworkId, ENV]
    case_number: Annotated[CaseNumber, SVC]
    main_responsible: Annotated[AgencyId, SVC]


CaseEvent: TypeAlias = (
    CaseOpened | ConsultationRecorded | SubjectIdentified | SubjectDetailsCorrected | CaseAccepted
)


class OpenCase(Command, frozen=True, kw_only=True, tag="case.open"):
    anonymous: bool
    channel: Channel
    found_via: FoundVia
    frameworks: frozenset[Framework]
    at_risk_only: bool


class RecordConsultation(Command, frozen=True, kw_only=True, tag="case.record_consultation"):
    channel: Channel
    caller_is_subject: bool
    main_problem: ProblemCode
    secondary_problems: frozenset[ProblemCode] = frozenset()
    topic: TopicCode | None = None
    age_band: AgeBand
    language: Language
    sexual_harm_flag: bool
    summary: FreeText | None = None


class IdentifySubject(Command, frozen=True, kw_only=True, tag="case.identify_subject"):
    name: Line
    kana: Line | None = None
    birth_date: date | None = None
    gender_identity_note: Line | None = None


class CorrectSubjectDetails(Command, frozen=True, kw_only=True, tag="case.correct_subject_details"):
    name: Line | None = None
    kana: Line | None = None
    birth_date: date | None = None
    gender_identity_note: Line | None = None
    correction_reason: FreeText


class AcceptCase(Command, frozen=True, kw_only=True, tag="case.accept"):
    """Without ``main_responsible``, the accepting agency answers for her."""

    network_id: NetworkId
    main_responsible: AgencyId | None = None


CaseCommand: TypeAlias = OpenCase | RecordConsultation | IdentifySubject | CorrectSubjectDetails


class NoCase(msgspec.Struct, frozen=True):
    pass


class ContactCase(msgspec.Struct, frozen=True, kw_only=True):
    subject_id: PersonId
    participants: frozenset[AgencyId]
    identified: bool = False


class ActiveCase(msgspec.Struct, frozen=True, kw_only=True):
    subject_id: PersonId
    participants: frozenset[AgencyId]
    identified: bool
    main_responsible: AgencyId


Case: TypeAlias = NoCase | ContactCase | ActiveCase


class CaseNotFound(Refused):
    """There is no such case."""

    ja: ClassVar[str] = "該当するケースはありません。"


class CaseAlreadyOpened(Refused):
    """This case is already open."""

    ja: ClassVar[str] = "このケースはすでに受け付けられています。"


class CaseAlreadyAccepted(Refused):
    """This case is already accepted."""

    ja: ClassVar[str] = "このケースはすでに支援が開始されています。"


class SubjectAlreadyIdentified(Refused):
    """The woman is already identified: correct her details instead."""

    ja: ClassVar[str] = "本人の氏名等はすでに登録されています。変更する場合は訂正してください。"


class SubjectNotIdentified(Refused):
    """The woman is not identified yet, so there are no details to correct."""

    ja: ClassVar[str] = "本人の氏名等がまだ登録されていないため、訂正できません。"


class NothingToCorrect(Refused):
    """A correction names at least one detail that changes."""

    ja: ClassVar[str] = "訂正する項目を一つ以上指定してください。"


def decide(state: Case, command: CaseCommand, by: Context) -> tuple[CaseEvent, ...]:
    if isinstance(state, NoCase) and isinstance(command, OpenCase):
        return (_opened(command, by),)
    case = as_participant(state, by.agency)
    match command:
        case OpenCase():
            raise CaseAlreadyOpened
        case RecordConsultation():
            return (_consultation(command, by),)
        case IdentifySubject():
            return (_identified(case, command),)
        case CorrectSubjectDetails():
            return (_corrected(case, command),)
    assert_never(command)


def accept(
    number: CaseNumber, state: Case, command: AcceptCase, by: Context
) -> tuple[CaseEvent, ...]:
    match as_participant(state, by.agency):
        case ActiveCase():
            raise CaseAlreadyAccepted
        case ContactCase():
            return (
                CaseAccepted(
                    accepted_on=date_in_japan(by.at),
                    ledger_network_id=command.network_id,
                    case_number=number,
                    main_responsible=command.main_responsible or by.agency,
                ),
            )


def as_participant(state: Case, agency: AgencyId) -> ContactCase | ActiveCase:
    """The case, for an agency that takes part in it; for all others there is none."""
    if isinstance(state, NoCase) or agency not in state.participants:
        raise CaseNotFound
    return state


def evolve(state: Case, event: CaseEvent) -> Case:
    match event:
        case CaseOpened(subject_id=subject_id, opened_by_agency=opener):
            return ContactCase(subject_id=subject_id, participants=frozenset({opener}))
        case SubjectIdentified():
            assert not isinstance(state, NoCase)
            return msgspec.structs.replace(state, identified=True)
        case CaseAccepted(main_responsible=agency):
            assert isinstance(state, ContactCase)
            return ActiveCase(
                subject_id=state.subject_id,
                participants=state.participants | {agency},
                identified=state.identified,
                main_responsible=agency,
            )
        case ConsultationRecorded() | SubjectDetailsCorrected():
            return state
    assert_never(event)


CASE: Final[Decider[Case, CaseCommand, CaseEvent]] = Decider(NoCase(), decide, evolve)


def accepting(number: CaseNumber) -> Decider[Case, AcceptCase, CaseEvent]:
    """Acceptance, under a number taken from the network's ledger in the same append."""
    return Decider(NoCase(), partial(accept, number), evolve)


def _opened(command: OpenCase, by: Context) -> CaseOpened:
    return CaseOpened(
        subject_id=PersonId(by.new_id),
        anonymous=command.anonymous,
        opened_by_agency=by.agency,
        channel=command.channel,
        found_via=command.found_via,
        frameworks=command.frameworks,
        at_risk_only=command.at_risk_only,
    )


def _consultation(command: RecordConsultation, by: Context) -> ConsultationRecorded:
    return ConsultationRecorded(
        consultation_id=ConsultationId(by.new_id),
        channel=command.channel,
        caller_is_subject=command.caller_is_subject,
        main_problem=command.main_problem,
        secondary_problems=command.secondary_problems - {command.main_problem},
        topic=command.topic,
        age_band=command.age_band,
        language=command.language,
        sexual_harm_flag=command.sexual_harm_flag,
        summary=command.summary,
    )


def _identified(case: ContactCase | ActiveCase, command: IdentifySubject) -> SubjectIdentified:
    if case.identified:
        raise SubjectAlreadyIdentified
    return SubjectIdentified(
        subject_id=case.subject_id,
        name=command.name,
        kana=command.kana,
        birth_date=command.birth_date,
        gender_identity_note=command.gender_identity_note,
    )


def _corrected(
    case: ContactCase | ActiveCase, command: CorrectSubjectDetails
) -> SubjectDetailsCorrected:
    if not case.identified:
        raise SubjectNotIdentified
    details = (command.name, command.kana, command.birth_date, command.gender_identity_note)
    if all(detail is None for detail in details):
        raise NothingToCorrect
    return SubjectDetailsCorrected(
        subject_id=case.subject_id,
        name=command.name,
        kana=command.kana,
        birth_date=command.birth_date,
        gender_identity_note=command.gender_identity_note,
        correction_reason=command.correction_reason,
    )
