"""Case view: what a case has become, folded from those of its events that one may see.

It accepts every subset of the events, and every subset of their fields: what is closed was not
seen, and leaves the view as it was. ``READS`` names the fields that it makes anything of.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Final, Literal, TypeAlias, TypeVar

import msgspec

from domain.case import (
    AddressRecorded,
    CaseAccepted,
    CaseCarriedOver,
    CaseNumber,
    CaseOpened,
    CaseTransferred,
    ConsultationRecorded,
    ContactMethodSet,
    NoteRecorded,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.codes import AddressKind, ContactMeans, ProblemCode, SupportFunction
from domain.consent_ledger import (
    ConsentExpired,
    ConsentExplained,
    ConsentGranted,
    ConsentRefused,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
)
from domain.model import AgencyId, Event, GrantId, Guarded, PersonId, Sealed
from domain.referral import HandoverConfirmed
from domain.text import FreeText, Line
from projections import case_course, case_support
from projections.case_course import Course
from projections.case_support import Support
from projections.closed import as_seen, if_seen, latest, was_seen

T = TypeVar("T")

Consent: TypeAlias = Literal[
    "EXPLAINED", "GRANTED", "REFUSED", "WITHDRAWN", "SUPERSEDED", "EXPIRED"
]


class Contact(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    means: Sealed[ContactMeans] | None = None
    value: Sealed[Line] | None = None
    safe_times: Sealed[Line] | None = None
    unsafe_means: Sealed[frozenset[ContactMeans]] | None = None


class Address(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    kind: Sealed[AddressKind] | None = None
    address: Sealed[Line] | None = None


class Role(msgspec.Struct, frozen=True):
    function: SupportFunction
    agency: AgencyId
    child: PersonId | None = None  # For whom it is, where it is not for the woman.


class CaseView(Guarded, frozen=True, kw_only=True, omit_defaults=True):
    course: Course = Course()
    opened_by: AgencyId | None = None
    main_responsible: AgencyId | None = None
    number: CaseNumber | None = None
    accepted_on: date | None = None
    name: Sealed[Line] | None = None
    kana: Sealed[Line] | None = None
    birth_date: Sealed[date] | None = None
    contact: Contact | None = None
    addresses: tuple[Address, ...] = ()
    problems: tuple[Sealed[ProblemCode], ...] = ()
    notes: tuple[Sealed[FreeText], ...] = ()
    roles: tuple[Role, ...] = ()
    consents: Mapping[GrantId, Consent] = {}
    support: Support = Support()
    until: Mapping[GrantId, date] = {}  # By a date a consent ends whether it is recorded or not.


def consents_on(view: CaseView, day: date) -> dict[GrantId, Consent]:
    over = {grant for grant, until in view.until.items() if until < day}
    return {
        grant: "EXPIRED" if grant in over and consent == "GRANTED" else consent
        for grant, consent in view.consents.items()
    }


def project(visible: Iterable[Event]) -> CaseView:
    return reduce(evolve, visible, CaseView())


def evolve(view: CaseView, event: Event) -> CaseView:
    course = case_course.evolve(view.course, event)
    if course != view.course:
        view = msgspec.structs.replace(view, course=course)
    support = case_support.evolve(view.support, event)
    if support is not view.support:
        view = msgspec.structs.replace(view, support=support)
    return _evolve(view, event)


def _evolve(view: CaseView, event: Event) -> CaseView:  # noqa: C901, PLR0911, PLR0912 (one arm an event)
    change = msgspec.structs.replace
    match event:
        case CaseOpened():
            return change(view, opened_by=latest(event.opened_by_agency, view.opened_by))
        case ConsultationRecorded():
            return change(view, problems=_and(view.problems, event.main_problem))
        case SubjectIdentified() | SubjectDetailsCorrected():
            return change(  # A correction leaves what it does not name.
                view,
                name=latest(event.name, view.name),
                kana=latest(event.kana, view.kana),
                birth_date=latest(event.birth_date, view.birth_date),
            )
        case ContactMethodSet():
            return change(view, contact=_contact(event) or view.contact)
        case AddressRecorded():
            return change(view, addresses=(*view.addresses, *_address(event)))
        case NoteRecorded():
            return change(view, notes=_and(view.notes, event.text))
        case CaseAccepted():
            return change(
                view,
                main_responsible=latest(event.main_responsible, view.main_responsible),
                number=latest(event.case_number, view.number),
                accepted_on=latest(event.accepted_on, view.accepted_on),
            )
        case CaseTransferred() | CaseCarriedOver():
            return change(view, number=latest(event.case_number, view.number))
        case ResponsibilityMoved(to_agency=after) | HandoverConfirmed(main_responsible_to=after):
            # Told twice in one append: whoever handed her on may see it by the referral alone.
            return change(view, main_responsible=latest(after, view.main_responsible))
        case RoleAssigned():
            return change(view, roles=(*view.roles, *_role(event)))
        case RoleEnded():
            ended = _role(event)
            return change(view, roles=tuple(role for role in view.roles if role not in ended))
        case (
            ConsentExplained()
            | ConsentGranted()
            | ConsentRefused()
            | ConsentWithdrawn()
            | ConsentWithdrawnWordless()
            | ConsentSuperseded()
            | ConsentExpired()
        ) if was_seen(event.grant_id):
            return _consent(view, event.grant_id, event)
        case _:
            return view


def _consent(view: CaseView, grant: GrantId, event: Event) -> CaseView:
    consents = {**view.consents, grant: _BECOMES[type(event)]}
    until = view.until
    if isinstance(event, ConsentGranted) and event.valid_until and was_seen(event.valid_until):
        until = {**until, grant: event.valid_until}
    return msgspec.structs.replace(view, consents=consents, until=until)


def _contact(event: ContactMethodSet) -> Contact | None:
    contact = as_seen(
        Contact(
            means=event.means,
            value=event.value,
            safe_times=event.safe_times,
            unsafe_means=event.unsafe_means,
        )
    )
    return None if contact == Contact() else contact


def _address(event: AddressRecorded) -> tuple[Address, ...]:
    address = as_seen(Address(kind=event.kind, address=event.address))
    return () if address == Address() else (address,)


def _role(event: RoleAssigned | RoleEnded) -> tuple[Role, ...]:
    if was_seen(event.function) and was_seen(event.agency_id):
        child = if_seen(event.person_id)
        return (Role(event.function, event.agency_id, child),)
    return ()


def _and(before: tuple[T, ...], said: T) -> tuple[T, ...]:
    return (*before, said) if was_seen(said) else before


def _reads(event: type[Event], *fields: str) -> tuple[type[Event], frozenset[str]]:
    return event, frozenset(fields) | case_course.READS.get(event, frozenset())


_BECOMES: Final[Mapping[type[Event], Consent]] = {
    ConsentExplained: "EXPLAINED",
    ConsentGranted: "GRANTED",
    ConsentRefused: "REFUSED",
    ConsentWithdrawn: "WITHDRAWN",
    ConsentWithdrawnWordless: "WITHDRAWN",
    ConsentSuperseded: "SUPERSEDED",
    ConsentExpired: "EXPIRED",
}
READS: Final[Mapping[type[Event], frozenset[str]]] = {
    **case_course.READS,
    **dict(_reads(event, *fields) for event, fields in case_support.READS.items()),
    **dict(
        (
            _reads(CaseOpened, "opened_by_agency"),
            _reads(ConsultationRecorded, "main_problem"),
            _reads(SubjectIdentified, "name", "kana", "birth_date"),
            _reads(SubjectDetailsCorrected, "name", "kana", "birth_date"),
            _reads(ContactMethodSet, "means", "value", "safe_times", "unsafe_means"),
            _reads(AddressRecorded, "kind", "address"),
            _reads(NoteRecorded, "text"),
            _reads(CaseAccepted, "main_responsible", "case_number", "accepted_on"),
            _reads(CaseCarriedOver, "case_number"),
            _reads(CaseTransferred, "case_number"),
            _reads(ResponsibilityMoved, "to_agency"),
            _reads(HandoverConfirmed, "main_responsible_to"),
            _reads(RoleAssigned, "function", "agency_id", "person_id"),
            _reads(RoleEnded, "function", "agency_id", "person_id"),
            *(_reads(event, "grant_id") for event in _BECOMES),
            _reads(ConsentGranted, "grant_id", "valid_until"),
        )
    ),
}
