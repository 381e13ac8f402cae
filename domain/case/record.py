"""The record (記録): her first word, what she came for, who she is and how she is reached.

A case is opened without a name, and may be accepted without one.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, NewType, TypeAlias, assert_never
from uuid import UUID

import msgspec

from domain.agency_codes import Municipality
from domain.case.days import happened_on
from domain.case.state import KnownCase
from domain.categories import (
    ACC,
    ADR,
    CNT,
    ENV,
    HLT,
    IDN,
    LEG,
    NAR,
    PRB,
    SVC,
    SXH,
    Category,
    CategoryCode,
)
from domain.codes import (
    AddressKind,
    AgeBand,
    Channel,
    ContactMeans,
    FoundVia,
    Framework,
    Language,
    ProblemCode,
    TopicCode,
)
from domain.model import AgencyId, Command, Context, Event, PersonId, Sealed
from domain.speech import Refused
from domain.text import FreeText, Line

ConsultationId = NewType("ConsultationId", UUID)
NoteId = NewType("NoteId", UUID)


class CaseOpened(Event, frozen=True, kw_only=True, tag="case.opened.v1"):
    """``subject_id`` is ours: her key must exist before her first sealed word, named or not."""

    primary: ClassVar[Category] = SVC
    subject_id: Annotated[PersonId, ENV]
    anonymous: Annotated[bool, ENV]
    opened_by_agency: Annotated[AgencyId, SVC]
    channel: Annotated[Channel, SVC]
    found_via: Annotated[FoundVia, SVC]
    frameworks: Annotated[frozenset[Framework], SVC]
    at_risk_only: Annotated[bool, SVC]


class ConsultationRecorded(Event, frozen=True, kw_only=True, tag="case.consultation_recorded.v1"):
    primary: ClassVar[Category] = PRB
    makes: ClassVar[str | None] = "consultation_id"

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

    primary: ClassVar[Category] = IDN
    subject_id: Annotated[PersonId, ENV]
    name: Annotated[Sealed[Line], IDN]
    kana: Annotated[Sealed[Line | None], IDN]
    birth_date: Annotated[Sealed[date | None], IDN]
    gender_identity_note: Annotated[Sealed[Line | None], IDN]


class SubjectDetailsCorrected(
    Event, frozen=True, kw_only=True, tag="case.subject_details_corrected.v1"
):
    """``None`` leaves a detail as it was."""

    primary: ClassVar[Category] = IDN
    subject_id: Annotated[PersonId, ENV]
    name: Annotated[Sealed[Line | None], IDN]
    kana: Annotated[Sealed[Line | None], IDN]
    birth_date: Annotated[Sealed[date | None], IDN]
    gender_identity_note: Annotated[Sealed[Line | None], IDN]
    correction_reason: Annotated[Sealed[FreeText], NAR]


class ContactMethodSet(Event, frozen=True, kw_only=True, tag="case.contact_method_set.v1"):
    """How she can be reached without harm, in place of whatever was said before."""

    primary: ClassVar[Category] = CNT
    means: Annotated[Sealed[ContactMeans], CNT]
    value: Annotated[Sealed[Line], CNT]
    safe_times: Annotated[Sealed[Line | None], CNT]
    unsafe_means: Annotated[Sealed[frozenset[ContactMeans]], CNT]


class AddressRecorded(Event, frozen=True, kw_only=True, tag="case.address_recorded.v1"):
    """Never where she is: that is LOC, and stands with her stay."""

    primary: ClassVar[Category] = ADR
    kind: Annotated[Sealed[AddressKind], ADR]
    address: Annotated[Sealed[Line], ADR]
    municipality_code: Annotated[Sealed[Municipality | None], ADR]


class AttributesRecorded(Event, frozen=True, kw_only=True, tag="case.attributes_recorded.v1"):
    """What support has to suit, in place of whatever was said before; ``None`` is not known."""

    primary: ClassVar[Category] = ACC
    nationality: Annotated[Sealed[Line | None], ACC]
    languages: Annotated[Sealed[frozenset[Language]], ACC]
    interpreter_needed: Annotated[Sealed[bool | None], ACC]
    disability_accommodation: Annotated[Sealed[Line | None], ACC]
    religion_diet: Annotated[Sealed[Line | None], ACC]
    residence_status: Annotated[Sealed[Line | None], LEG]
    diagnosis: Annotated[Sealed[Line | None], HLT]
    medication: Annotated[Sealed[Line | None], HLT]
    pregnancy: Annotated[Sealed[bool | None], HLT]


class NoteRecorded(Event, frozen=True, kw_only=True, tag="case.note_recorded.v1"):
    """``declared_category`` says what the note is mostly about, and is as secret as the note."""

    primary: ClassVar[Category] = NAR
    makes: ClassVar[str | None] = "note_id"

    note_id: Annotated[NoteId, ENV]
    declared_category: Annotated[Sealed[CategoryCode], NAR]
    text: Annotated[Sealed[FreeText], NAR]


RecordEvent: TypeAlias = (
    CaseOpened
    | ConsultationRecorded
    | SubjectIdentified
    | SubjectDetailsCorrected
    | ContactMethodSet
    | AddressRecorded
    | AttributesRecorded
    | NoteRecorded
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


class SetContactMethod(Command, frozen=True, kw_only=True, tag="case.set_contact_method"):
    means: ContactMeans
    value: Line
    safe_times: Line | None = None
    unsafe_means: frozenset[ContactMeans] = frozenset()


class RecordAddress(Command, frozen=True, kw_only=True, tag="case.record_address"):
    kind: AddressKind
    address: Line
    municipality_code: Municipality | None = None


class RecordAttributes(Command, frozen=True, kw_only=True, tag="case.record_attributes"):
    """All of them together, as they are now known."""

    nationality: Line | None = None
    languages: frozenset[Language] = frozenset()
    interpreter_needed: bool | None = None
    disability_accommodation: Line | None = None
    religion_diet: Line | None = None
    residence_status: Line | None = None
    diagnosis: Line | None = None
    medication: Line | None = None
    pregnancy: bool | None = None


class RecordNote(Command, frozen=True, kw_only=True, tag="case.record_note"):
    declared_category: CategoryCode
    text: FreeText


# What is told of her once the case is open.
RecordCommand: TypeAlias = (
    RecordConsultation
    | IdentifySubject
    | CorrectSubjectDetails
    | SetContactMethod
    | RecordAddress
    | RecordAttributes
    | RecordNote
)


class SubjectAlreadyIdentified(Refused):
    """The woman is already identified: correct her details instead."""

    ja: ClassVar[str] = "本人の氏名等はすでに登録されています。変更する場合は訂正してください。"


class SubjectNotIdentified(Refused):
    """The woman is not identified yet, so there are no details to correct."""

    ja: ClassVar[str] = "本人の氏名等がまだ登録されていないため、訂正できません。"


class CategoryNotForNotes(Refused):
    """A note is about her: what belongs to this category is recorded by a step of its own."""

    ja: ClassVar[str] = "この区分の情報は、自由記述ではなく、それぞれの手続で記録してください。"


class NothingToCorrect(Refused):
    """A correction names at least one detail that changes."""

    ja: ClassVar[str] = "訂正する項目を一つ以上指定してください。"


def opened(command: OpenCase, by: Context) -> CaseOpened:
    return CaseOpened(
        subject_id=PersonId(by.new_id),
        anonymous=command.anonymous,
        opened_by_agency=by.agency,
        channel=command.channel,
        found_via=command.found_via,
        frameworks=command.frameworks,
        at_risk_only=command.at_risk_only,
    )


def decide(case: KnownCase, command: RecordCommand, by: Context) -> tuple[RecordEvent, ...]:
    match command:
        case RecordConsultation():
            return (_consultation(command, by),)
        case IdentifySubject():
            return (_identified(case, command, by),)
        case CorrectSubjectDetails():
            return (_corrected(case, command, by),)
        case SetContactMethod():
            return (_contact(command),)
        case RecordAddress():
            return (_address(command),)
        case RecordAttributes():
            return (_attributes(command),)
        case RecordNote():
            return (_note(command, by),)
    assert_never(command)


def evolve(case: KnownCase, event: RecordEvent) -> KnownCase:
    """No word of hers is kept in it."""
    if isinstance(event, SubjectIdentified):
        return msgspec.structs.replace(case, identified=True)
    return case


def beside_the_main(problems: frozenset[ProblemCode], main: ProblemCode) -> frozenset[ProblemCode]:
    """A consultation has one main problem (主訴), and it is not counted among the others too."""
    return problems - {main}


def check_not_identified(case: KnownCase) -> None:
    """Who she is is said once; after that it is corrected, with a reason, and never overwritten."""
    if case.identified:
        raise SubjectAlreadyIdentified


def check_identified(case: KnownCase) -> None:
    """Nobody has to give a name; so there may be none to correct."""
    if not case.identified:
        raise SubjectNotIdentified


def _consultation(command: RecordConsultation, by: Context) -> ConsultationRecorded:
    return ConsultationRecorded(
        consultation_id=ConsultationId(by.new_id),
        channel=command.channel,
        caller_is_subject=command.caller_is_subject,
        main_problem=command.main_problem,
        secondary_problems=beside_the_main(command.secondary_problems, command.main_problem),
        topic=command.topic,
        age_band=command.age_band,
        language=command.language,
        sexual_harm_flag=command.sexual_harm_flag,
        summary=command.summary,
    )


def _identified(case: KnownCase, command: IdentifySubject, by: Context) -> SubjectIdentified:
    check_not_identified(case)
    happened_on(command.birth_date, by)
    return SubjectIdentified(
        subject_id=case.subject_id,
        name=command.name,
        kana=command.kana,
        birth_date=command.birth_date,
        gender_identity_note=command.gender_identity_note,
    )


def _corrected(
    case: KnownCase, command: CorrectSubjectDetails, by: Context
) -> SubjectDetailsCorrected:
    check_identified(case)
    happened_on(command.birth_date, by)
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


def _contact(command: SetContactMethod) -> ContactMethodSet:
    return ContactMethodSet(
        means=command.means,
        value=command.value,
        safe_times=command.safe_times,
        unsafe_means=command.unsafe_means,
    )


def _address(command: RecordAddress) -> AddressRecorded:
    return AddressRecorded(
        kind=command.kind,
        address=command.address,
        municipality_code=command.municipality_code,
    )


def _attributes(command: RecordAttributes) -> AttributesRecorded:
    return AttributesRecorded(
        nationality=command.nationality,
        languages=command.languages,
        interpreter_needed=command.interpreter_needed,
        disability_accommodation=command.disability_accommodation,
        religion_diet=command.religion_diet,
        residence_status=command.residence_status,
        diagnosis=command.diagnosis,
        medication=command.medication,
        pregnancy=command.pregnancy,
    )


def _note(command: RecordNote, by: Context) -> NoteRecorded:
    if command.declared_category in NOT_FOR_NOTES:
        raise CategoryNotForNotes
    return NoteRecorded(
        note_id=NoteId(by.new_id),
        declared_category=command.declared_category,
        text=command.text,
    )


NOT_FOR_NOTES: Final[frozenset[CategoryCode]] = frozenset(
    {"ENV", "STF", "CNS", "GRV", "AGG", "PUB", "MTG"}
)
