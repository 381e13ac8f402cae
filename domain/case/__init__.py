"""Case (ケース): from her first word to the agency that answers for her, the 主担当機関.

A case is opened without a name, and may be accepted without one.
"""

from datetime import date
from functools import partial
from typing import Annotated, ClassVar, Final, Literal, NewType, TypeAlias, assert_never
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.agency_codes import Municipality
from domain.calendar import date_in_japan
from domain.categories import ACC, ADR, CNT, ENV, IDN, NAR, PRB, SVC, SXH, Category, CategoryCode
from domain.codes import (
    AddressKind,
    AgeBand,
    Channel,
    ContactMeans,
    FoundVia,
    Framework,
    Language,
    ProblemCode,
    SupportFunction,
    TopicCode,
)
from domain.model import (
    AgencyId,
    Command,
    Context,
    Decider,
    Event,
    NetworkId,
    PersonId,
    ReferralId,
    Sealed,
    Stamp,
)
from domain.speech import Refused
from domain.text import FreeText, Line

ConsultationId = NewType("ConsultationId", UUID)
NoteId = NewType("NoteId", UUID)
CaseNumber: TypeAlias = Annotated[
    str, Meta(max_length=14, pattern=r"\A[0-9]{4}-[0-9]{4,9}\Z", extra={"text": "code"})
]


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


class NoteRecorded(Event, frozen=True, kw_only=True, tag="case.note_recorded.v1"):
    """``declared_category`` says what the note is mostly about, and is as secret as the note."""

    primary: ClassVar[Category] = NAR
    makes: ClassVar[str | None] = "note_id"

    note_id: Annotated[NoteId, ENV]
    declared_category: Annotated[Sealed[CategoryCode], NAR]
    text: Annotated[Sealed[FreeText], NAR]


class CaseAccepted(Event, frozen=True, kw_only=True, tag="case.accepted.v1"):
    primary: ClassVar[Category] = SVC
    accepted_on: Annotated[date, SVC]
    ledger_network_id: Annotated[NetworkId, ENV]
    case_number: Annotated[CaseNumber, SVC]
    main_responsible: Annotated[AgencyId, SVC]


class RoleAssigned(Event, frozen=True, kw_only=True, tag="case.role_assigned.v1"):
    """With a role an agency takes part, until the role ends."""

    primary: ClassVar[Category] = SVC
    function: Annotated[SupportFunction, SVC]
    agency_id: Annotated[AgencyId, SVC]
    decided_by: Annotated[ReferralId | None, ENV] = None


class RoleEnded(Event, frozen=True, kw_only=True, tag="case.role_ended.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    function: Annotated[SupportFunction, SVC]
    agency_id: Annotated[AgencyId, SVC]


class ResponsibilityMoved(Event, frozen=True, kw_only=True, tag="case.responsibility_moved.v1"):
    """In one step, so that at every moment exactly one agency answers for her."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    from_agency: Annotated[AgencyId, SVC]
    to_agency: Annotated[AgencyId, SVC]
    from_remains: Annotated[bool, SVC]
    decided_by: Annotated[ReferralId, ENV]


CaseEvent: TypeAlias = (
    CaseOpened
    | ConsultationRecorded
    | SubjectIdentified
    | SubjectDetailsCorrected
    | ContactMethodSet
    | AddressRecorded
    | NoteRecorded
    | CaseAccepted
    | RoleAssigned
    | RoleEnded
    | ResponsibilityMoved
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


class SetContactMethod(Command, frozen=True, kw_only=True, tag="case.set_contact_method"):
    means: ContactMeans
    value: Line
    safe_times: Line | None = None
    unsafe_means: frozenset[ContactMeans] = frozenset()


class RecordAddress(Command, frozen=True, kw_only=True, tag="case.record_address"):
    kind: AddressKind
    address: Line
    municipality_code: Municipality | None = None


class RecordNote(Command, frozen=True, kw_only=True, tag="case.record_note"):
    declared_category: CategoryCode
    text: FreeText


class AssignRole(Command, frozen=True, kw_only=True, tag="case.assign_role"):
    function: SupportFunction
    agency_id: AgencyId


class EndRole(Command, frozen=True, kw_only=True, tag="case.end_role"):
    narrows: ClassVar[bool] = True

    function: SupportFunction
    agency_id: AgencyId


CaseCommand: TypeAlias = (
    OpenCase
    | RecordConsultation
    | IdentifySubject
    | CorrectSubjectDetails
    | SetContactMethod
    | RecordAddress
    | RecordNote
    | AssignRole
    | EndRole
)
# Why an agency takes part. Two reasons are two: with one of them gone it still does.
Reason: TypeAlias = Literal["OPENED", "MAIN_RESPONSIBLE", "REFERRER"] | SupportFunction


class NoCase(msgspec.Struct, frozen=True):
    pass


class ContactCase(msgspec.Struct, frozen=True, kw_only=True):
    subject_id: PersonId
    reasons: frozenset[tuple[AgencyId, Reason]]
    identified: bool = False


class ActiveCase(msgspec.Struct, frozen=True, kw_only=True):
    subject_id: PersonId
    reasons: frozenset[tuple[AgencyId, Reason]]
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


class CategoryNotForNotes(Refused):
    """A note is about her: what belongs to this category is recorded by a step of its own."""

    ja: ClassVar[str] = "この区分の情報は、自由記述ではなく、それぞれの手続で記録してください。"


class OnlyWhoAnswersForHer(Refused):
    """Only the agency that answers for her gives out roles; any agency may end its own."""

    ja: ClassVar[str] = (
        "役割を決められるのは、主担当機関（決まる前は受け付けた機関）だけです。"
        "自分の機関の役割は、自分で終えることができます。"
    )


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
        case SetContactMethod():
            return (_contact(command),)
        case RecordAddress():
            return (_address(command),)
        case RecordNote():
            return (_note(command, by),)
        case AssignRole():
            return _assigned(case, command, by)
        case EndRole():
            return _ended(case, command, by)
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
    if isinstance(state, NoCase) or agency not in participants(state):
        raise CaseNotFound
    return state


def participants(case: Case) -> frozenset[AgencyId]:
    if isinstance(case, NoCase):
        return frozenset()
    return frozenset(agency for agency, _ in case.reasons)


def evolve(state: Case, event: CaseEvent) -> Case:
    if isinstance(event, CaseOpened):
        return ContactCase(
            subject_id=event.subject_id,
            reasons=frozenset({(event.opened_by_agency, "OPENED")}),
        )
    assert not isinstance(state, NoCase)
    change = msgspec.structs.replace
    match event:
        case SubjectIdentified():
            return change(state, identified=True)
        case CaseAccepted(main_responsible=agency):
            return ActiveCase(
                subject_id=state.subject_id,
                reasons=frozenset({*state.reasons, (agency, "MAIN_RESPONSIBLE")}),
                identified=state.identified,
                main_responsible=agency,
            )
        case RoleAssigned(function=function, agency_id=agency):
            return change(state, reasons=state.reasons | {(agency, function)})
        case RoleEnded(function=function, agency_id=agency):
            return change(state, reasons=state.reasons - {(agency, function)})
        case ResponsibilityMoved():
            assert isinstance(state, ActiveCase)
            return _moved(state, event)
        case (
            ConsultationRecorded()
            | SubjectDetailsCorrected()
            | ContactMethodSet()
            | AddressRecorded()
            | NoteRecorded()
        ):
            return state
    assert_never(event)


def _moved(case: ActiveCase, event: ResponsibilityMoved) -> ActiveCase:
    """The agency she was handed on from stays if she likes it to, or for roles of its own."""
    before, after = event.from_agency, event.to_agency
    gone: set[tuple[AgencyId, Reason]] = {
        (before, "OPENED"),
        (before, "MAIN_RESPONSIBLE"),
        (before, "REFERRER"),
    }
    come: set[tuple[AgencyId, Reason]] = {(after, "MAIN_RESPONSIBLE")}
    if event.from_remains:
        come.add((before, "REFERRER"))
    return msgspec.structs.replace(
        case, reasons=(case.reasons - gone) | come, main_responsible=after
    )


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


def _note(command: RecordNote, by: Context) -> NoteRecorded:
    if command.declared_category in NOT_FOR_NOTES:
        raise CategoryNotForNotes
    return NoteRecorded(
        note_id=NoteId(by.new_id),
        declared_category=command.declared_category,
        text=command.text,
    )


def _assigned(
    case: ContactCase | ActiveCase, command: AssignRole, by: Context
) -> tuple[RoleAssigned, ...]:
    if by.agency != _answering(case):
        raise OnlyWhoAnswersForHer
    if (command.agency_id, command.function) in case.reasons:
        return ()
    return (RoleAssigned(function=command.function, agency_id=command.agency_id),)


def _ended(case: ContactCase | ActiveCase, command: EndRole, by: Context) -> tuple[RoleEnded, ...]:
    if by.agency not in {_answering(case), command.agency_id}:
        raise OnlyWhoAnswersForHer
    if (command.agency_id, command.function) not in case.reasons:
        return ()
    return (RoleEnded(function=command.function, agency_id=command.agency_id),)


def _answering(case: ContactCase | ActiveCase) -> AgencyId:
    """Before anybody answers for her, the agency that opened the case does what has to be done."""
    if isinstance(case, ActiveCase):
        return case.main_responsible
    return next(agency for agency, reason in case.reasons if reason == "OPENED")


NOT_FOR_NOTES: Final[frozenset[CategoryCode]] = frozenset(
    {"ENV", "STF", "CNS", "GRV", "AGG", "PUB", "MTG"}
)
