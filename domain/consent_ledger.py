"""Consent ledger (同意台帳): what was explained to her, and what she granted, refused, took back.

Conditions are codes (PLN) beside her own words (NAR). What she refuses has a grant id too, so that
what was asked and what she said to it stand under one name.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never, get_args

import msgspec
from msgspec import Meta

from domain.calendar import date_in_japan
from domain.case import ActiveCase, Case, CaseEvent, ContactCase, as_participant
from domain.categories import CNS, NAR, PLN, STF, Category, CategoryCode
from domain.codes import (
    Condition,
    ConsentKind,
    Grantor,
    History,
    Language,
    Method,
    Purpose,
    UntilEvent,
)
from domain.fields import cut_of, tag_of
from domain.items import FieldPath
from domain.model import (
    AgencyId,
    Command,
    Context,
    Decider,
    Event,
    GrantId,
    Instant,
    MeetingId,
    PersonId,
    Sealed,
    StaffId,
    Stamp,
)
from domain.referral import ReferralEvent
from domain.speech import Refused
from domain.text import Code, FreeText

Recipients: TypeAlias = Annotated[frozenset[AgencyId], Meta(min_length=1, max_length=50)]
FieldPaths: TypeAlias = Annotated[frozenset[FieldPath], Meta(min_length=1, max_length=50)]
Digest: TypeAlias = Annotated[
    str, Meta(max_length=64, pattern=r"\A[0-9a-f]{64}\Z", extra={"text": "code"})
]


class ConsentExplained(Event, frozen=True, kw_only=True, tag="consent.explained.v1"):
    primary: ClassVar[Category] = CNS
    makes: ClassVar[str | None] = "grant_id"

    grant_id: Annotated[GrantId, CNS]
    kind: Annotated[ConsentKind, CNS]
    purpose: Annotated[Purpose, CNS]
    recipients: Annotated[Recipients, CNS]
    categories: Annotated[frozenset[CategoryCode], CNS]
    explained_by: Annotated[StaffId, STF]
    language: Annotated[Language, CNS]
    interpreter: Annotated[StaffId | None, STF] = None
    material_version: Annotated[Code, CNS]


class ConsentGranted(Event, frozen=True, kw_only=True, tag="consent.granted.v1"):
    """No ``only_fields`` is every field of the categories; no set of them is ever empty."""

    primary: ClassVar[Category] = CNS
    grant_id: Annotated[GrantId, CNS]
    kind: Annotated[ConsentKind, CNS]
    grantor: Annotated[Grantor, CNS]
    grantor_id: Annotated[PersonId, CNS]
    recipients: Annotated[Recipients, CNS]
    via_meeting: Annotated[MeetingId | None, CNS] = None
    categories: Annotated[frozenset[CategoryCode], CNS]
    only_fields: Annotated[FieldPaths | None, CNS] = None
    excluded_fields: Annotated[FieldPaths | None, CNS] = None
    purpose: Annotated[Purpose, CNS]
    granted_at: Annotated[Instant, CNS]
    valid_until: Annotated[date | None, CNS] = None
    until_event: Annotated[UntilEvent | None, CNS] = None
    history: Annotated[History, CNS]
    method: Annotated[Method, CNS]
    obtained_by: Annotated[AgencyId, CNS]
    evidence_hash: Annotated[Digest | None, CNS] = None
    late_entry: Annotated[bool, CNS]
    conditions: Annotated[Sealed[frozenset[Condition]], PLN.about("grantor_id")]
    conditions_text: Annotated[Sealed[FreeText | None], NAR.about("grantor_id")]


class ConsentRefused(Event, frozen=True, kw_only=True, tag="consent.refused.v1"):
    primary: ClassVar[Category] = CNS
    makes: ClassVar[str | None] = "grant_id"

    grant_id: Annotated[GrantId, CNS]
    kind: Annotated[ConsentKind, CNS]
    recipients: Annotated[Recipients, CNS]
    categories: Annotated[frozenset[CategoryCode], CNS]
    purpose: Annotated[Purpose, CNS]
    at: Annotated[Instant, CNS]


class ConsentWithdrawn(Event, frozen=True, kw_only=True, tag="consent.withdrawn.v1"):
    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    grant_id: Annotated[GrantId, CNS]
    at: Annotated[Instant, CNS]
    via_agency: Annotated[AgencyId, CNS]
    reason: Annotated[Sealed[FreeText | None], NAR]


ConsentEvent: TypeAlias = ConsentExplained | ConsentGranted | ConsentRefused | ConsentWithdrawn


class ExplainConsent(Command, frozen=True, kw_only=True, tag="consent.explain"):
    kind: ConsentKind
    purpose: Purpose
    recipients: Recipients
    categories: frozenset[CategoryCode]
    language: Language
    interpreter: StaffId | None = None
    material_version: Code


class GrantConsent(Command, frozen=True, kw_only=True, tag="consent.grant"):
    grant_id: GrantId
    kind: ConsentKind
    grantor: Grantor
    grantor_id: PersonId | None = None
    recipients: Recipients
    via_meeting: MeetingId | None = None
    categories: frozenset[CategoryCode]
    only_fields: FieldPaths | None = None
    excluded_fields: FieldPaths | None = None
    purpose: Purpose
    granted_at: Instant | None = None
    valid_until: date | None = None
    until_event: UntilEvent | None = None
    history: History
    method: Method
    evidence_hash: Digest | None = None
    conditions: frozenset[Condition] = frozenset()
    conditions_text: FreeText | None = None


class RecordRefusal(Command, frozen=True, kw_only=True, tag="consent.refuse"):
    """``grant_id`` names what was explained to her; without it, she refused before being asked."""

    grant_id: GrantId | None = None
    kind: ConsentKind
    recipients: Recipients
    categories: frozenset[CategoryCode]
    purpose: Purpose


class WithdrawConsent(Command, frozen=True, kw_only=True, tag="consent.withdraw"):
    narrows: ClassVar[bool] = True

    grant_id: GrantId
    reason: FreeText | None = None


ConsentCommand: TypeAlias = ExplainConsent | GrantConsent | RecordRefusal | WithdrawConsent


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    kind: ConsentKind
    purpose: Purpose
    recipients: frozenset[AgencyId]
    categories: frozenset[CategoryCode]


class Granted(msgspec.Struct, frozen=True):
    pass


class Declined(msgspec.Struct, frozen=True):
    pass


class Withdrawn(msgspec.Struct, frozen=True):
    pass


Grant: TypeAlias = Explained | Granted | Declined | Withdrawn
Ledger: TypeAlias = Mapping[GrantId, Grant]


class NeverByConsent(Refused):
    """Consent does not open these categories: they follow rules of their own."""

    ja: ClassVar[str] = "この情報区分は、同意によって共有するものではありません。"


class NotExplained(Refused):
    """Explain to her what is asked before recording that she agrees."""

    ja: ClassVar[str] = "同意を記録する前に、内容を本人に説明し、その記録を残してください。"


class WiderThanExplained(Refused):
    """She can only agree to what was explained to her, or to less."""

    ja: ClassVar[str] = "説明した範囲を超える同意は記録できません。"


class ConsentAlreadyGranted(Refused):
    """She has already agreed to this: explain anew what is to change, or withdraw it."""

    ja: ClassVar[str] = (
        "この同意はすでに記録されています。変更する場合は改めて説明し、やめる場合は撤回してください。"
    )


class ConsentWasRefused(Refused):
    """She refused this: it can only be asked again as a new request."""

    ja: ClassVar[str] = (
        "本人はこれに同意していません。改めてお願いする場合は、新たに説明してください。"
    )


class ConsentWasWithdrawn(Refused):
    """She withdrew this: it can only be asked again as a new request."""

    ja: ClassVar[str] = (
        "本人はこの同意を撤回しています。改めてお願いする場合は、新たに説明してください。"
    )


class InformationNotNamed(Refused):
    """Consent to share information names what may be shared."""

    ja: ClassVar[str] = "情報提供への同意では、提供する情報の区分を指定してください。"


class LocationNotForMany(Refused):
    """Where she is can be shared only with an agency she names, not with a meeting or a ledger."""

    ja: ClassVar[str] = (
        "居所の情報は、本人が名指しした機関だけに共有できます。会議や台帳を通じた共有はできません。"
    )


class FieldNotKnown(Refused):
    """No record has a field of that name, so naming it would protect nothing."""

    ja: ClassVar[str] = "指定された項目は存在しないため、共有の範囲を限定できません。"


class GrantorNotNamed(Refused):
    """Name the companion or guardian who agrees; the woman herself needs no naming."""

    ja: ClassVar[str] = "本人以外が同意する場合は、同意した方を指定してください。"


class PeriodNotNamed(Refused):
    """Consent lasts until a date or until an event: name exactly one."""

    ja: ClassVar[str] = "同意の期間は、期日か終了の条件のどちらか一方だけを指定してください。"


class PeriodAlreadyOver(Refused):
    """The consent would have ended before it is recorded."""

    ja: ClassVar[str] = "同意の期限がすでに過ぎています。"


class GrantedInTheFuture(Refused):
    """Consent is recorded after she gives it, never before."""

    ja: ClassVar[str] = "同意の日時に未来の日時は指定できません。"


class GrantNotFound(Refused):
    """There is no such consent in this case."""

    ja: ClassVar[str] = "このケースに該当する同意はありません。"


NEVER_BY_CONSENT: Final[frozenset[CategoryCode]] = frozenset(
    {"ENV", "STF", "CNS", "GRV", "AGG", "PUB"}
)


def decide(
    case: Case, ledger: Ledger, command: ConsentCommand, by: Context
) -> tuple[ConsentEvent, ...]:
    open_case = as_participant(case, by.agency)
    match command:
        case ExplainConsent():
            return _explained(ledger, command, by)
        case GrantConsent():
            return _granted(open_case, ledger.get(command.grant_id), command, by)
        case RecordRefusal():
            return _refused(ledger, command, by)
        case WithdrawConsent():
            return _withdrawn(ledger.get(command.grant_id), command, by)
    assert_never(command)


def evolve(ledger: Ledger, event: ConsentEvent) -> Ledger:
    return {**ledger, event.grant_id: _become(event)}


def consent_ledger(case: Case) -> Decider[Ledger, ConsentCommand, ConsentEvent]:
    """The ledger of this case, which says who takes part and whose consent it is."""
    return Decider({}, partial(decide, case), evolve)


def _become(event: ConsentEvent) -> Grant:
    match event:
        case ConsentExplained():
            return Explained(
                kind=event.kind,
                purpose=event.purpose,
                recipients=event.recipients,
                categories=event.categories,
            )
        case ConsentGranted():
            return Granted()
        case ConsentRefused():
            return Declined()
        case ConsentWithdrawn():
            return Withdrawn()
    assert_never(event)


def _explained(
    ledger: Ledger, command: ExplainConsent, by: Context
) -> tuple[ConsentExplained, ...]:
    grant_id = GrantId(by.new_id)
    assert grant_id not in ledger
    if barred := command.categories & NEVER_BY_CONSENT:
        raise NeverByConsent(categories=sorted(barred))
    return (
        ConsentExplained(
            grant_id=grant_id,
            kind=command.kind,
            purpose=command.purpose,
            recipients=command.recipients,
            categories=command.categories,
            explained_by=by.staff,
            language=command.language,
            interpreter=command.interpreter,
            material_version=command.material_version,
        ),
    )


def _granted(
    case: ContactCase | ActiveCase, grant: Grant | None, command: GrantConsent, by: Context
) -> tuple[ConsentGranted, ...]:
    _check_explained(grant, command)
    _check_scope(command)
    granted_at = command.granted_at or by.at
    _check_time(granted_at, command, by)
    return (
        ConsentGranted(
            grant_id=command.grant_id,
            kind=command.kind,
            grantor=command.grantor,
            grantor_id=_grantor(case, command),
            recipients=command.recipients,
            via_meeting=command.via_meeting,
            categories=command.categories,
            only_fields=command.only_fields,
            excluded_fields=command.excluded_fields,
            purpose=command.purpose,
            granted_at=granted_at,
            valid_until=command.valid_until,
            until_event=command.until_event,
            history=command.history,
            method=command.method,
            obtained_by=by.agency,
            evidence_hash=command.evidence_hash,
            late_entry=granted_at < by.at,
            conditions=command.conditions,
            conditions_text=command.conditions_text,
        ),
    )


def _check_explained(grant: Grant | None, command: GrantConsent) -> None:
    match grant:
        case None:
            raise NotExplained
        case Granted():
            raise ConsentAlreadyGranted
        case Declined():
            raise ConsentWasRefused
        case Withdrawn():
            raise ConsentWasWithdrawn
        case Explained(kind=kind, purpose=purpose, recipients=recipients, categories=categories):
            same = (kind, purpose) == (command.kind, command.purpose)
            if not (same and command.recipients <= recipients and command.categories <= categories):
                raise WiderThanExplained


def _check_scope(command: GrantConsent) -> None:
    if command.kind == "INFORMATION" and not command.categories:
        raise InformationNotNamed
    for_many = command.via_meeting or "LEDGER" in {command.kind, command.purpose}
    if "LOC" in command.categories and for_many:
        raise LocationNotForMany
    named = (command.only_fields or frozenset()) | (command.excluded_fields or frozenset())
    if not named <= FIELD_PATHS:
        raise FieldNotKnown(fields=sorted(named - FIELD_PATHS))


def _check_time(granted_at: datetime, command: GrantConsent, by: Context) -> None:
    if (command.valid_until is None) == (command.until_event is None):
        raise PeriodNotNamed
    if command.valid_until and command.valid_until < date_in_japan(by.at):
        raise PeriodAlreadyOver
    if granted_at > by.at:
        raise GrantedInTheFuture


def _grantor(case: ContactCase | ActiveCase, command: GrantConsent) -> PersonId:
    herself = command.grantor_id is None or command.grantor_id == case.subject_id
    if (command.grantor == "SUBJECT") != herself:
        raise GrantorNotNamed
    return command.grantor_id or case.subject_id


def _refused(ledger: Ledger, command: RecordRefusal, by: Context) -> tuple[ConsentRefused, ...]:
    if command.grant_id and command.grant_id not in ledger:
        raise GrantNotFound
    grant_id = command.grant_id or GrantId(by.new_id)
    match ledger.get(grant_id):
        case Granted():
            raise ConsentAlreadyGranted
        case Declined() | Withdrawn():
            return ()
        case None | Explained():
            return (
                ConsentRefused(
                    grant_id=grant_id,
                    kind=command.kind,
                    recipients=command.recipients,
                    categories=command.categories,
                    purpose=command.purpose,
                    at=by.at,
                ),
            )


def _withdrawn(
    grant: Grant | None, command: WithdrawConsent, by: Context
) -> tuple[ConsentWithdrawn, ...]:
    match grant:
        case None:
            raise GrantNotFound
        case Declined() | Withdrawn():
            return ()
        case Explained() | Granted():  # She may change her mind before she has agreed.
            return (
                ConsentWithdrawn(
                    grant_id=command.grant_id,
                    at=by.at,
                    via_agency=by.agency,
                    reason=command.reason,
                ),
            )


# What a grant may name or leave out: an unknown name would leave out nothing, unseen.
FIELD_PATHS: Final[frozenset[str]] = frozenset(
    f"{tag_of(event)}/{field.name}"
    for event in (*get_args(CaseEvent), *get_args(ReferralEvent))
    for cut in (cut_of(event),)
    for field in (*cut.clear, *cut.sealed)
    if field.category.code not in NEVER_BY_CONSENT
)
