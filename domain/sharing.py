"""Sharing (情報共有): what the record of a case says about who may see it.

It is folded from the events of the case, its ledger and its referrals, in the order of the log,
with their parts closed. Who may see what is then decided in ``domain.visibility``.

History (過去の記録). A grant opens what is recorded after it. With FULL it opens what was recorded
before it too; with SNAPSHOT, of that, only what was part of the state when it was recorded: of each
type of event the last. Her details are one thing, said by her identification and by corrections of
it: each detail is part of the state where it was last said. What a correction says is closed, so it
counts as saying everything, and what was said before it is no longer the state; folded once more
with that correction opened, for somebody who may open it, it counts for what it says.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias

import msgspec

from domain import case as cases
from domain.calendar import date_in_japan
from domain.case import (
    ActiveCase,
    AddressRecorded,
    Case,
    CaseEvent,
    ConsultationRecorded,
    ContactMethodSet,
    NoCase,
    NoteRecorded,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.categories import CategoryCode
from domain.codes import History
from domain.consent_ledger import ConsentGranted, ConsentWithdrawn
from domain.fields import cut_of
from domain.model import AgencyId, Event, EventId, GrantId, PersonId, StreamId
from domain.referral import ReferralDrafted, ReferralSent


class Told(NamedTuple):
    """An event where it stands in the log, and whose record it is."""

    position: int
    stream: StreamId
    agency: AgencyId
    event: Event
    id: EventId


Details: TypeAlias = SubjectIdentified | SubjectDetailsCorrected


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Consent to share information, as long as it has not been withdrawn."""

    grant_id: GrantId
    position: int
    grantor: PersonId
    recipients: frozenset[AgencyId]
    categories: frozenset[CategoryCode]
    only_fields: frozenset[str] | None
    excluded_fields: frozenset[str]
    granted_at: datetime
    valid_until: date | None
    history: History
    stood: frozenset[int]  # Which events were part of the state when it was recorded,
    details: Mapping[str, int]  # and where each of her details was last said.

    def in_force(self, at: datetime) -> bool:
        """A date means the end of that day in Japan."""
        ended = self.valid_until is not None and self.valid_until < date_in_japan(at)
        return self.granted_at <= at and not ended

    def reaches(self, told: Told, field: str) -> bool:
        """Recorded positions decide, and never what a record says of its own time."""
        if told.position > self.position or self.history == "FULL":
            return True
        if self.history == "NONE":
            return False
        if isinstance(told.event, Details):
            return self.details.get(field) == told.position
        return told.position in self.stood


class Sides(msgspec.Struct, frozen=True):
    """Of a referral: who sends her on and, from the sending on, who is asked to take her."""

    sender: AgencyId
    receiver: AgencyId
    sent: bool = False

    def __contains__(self, agency: AgencyId) -> bool:
        return agency == self.sender or (self.sent and agency == self.receiver)


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    case: Case = NoCase()
    grants: Mapping[GrantId, Grant] = {}
    referrals: Mapping[StreamId, Sides] = {}
    last: Mapping[type[Event], int] = {}  # Of each type of event the last one,
    details: Mapping[str, int] = {}  # and where each of her details was last said.

    @property
    def subject(self) -> PersonId | None:
        return None if isinstance(self.case, NoCase) else self.case.subject_id

    @property
    def main_responsible(self) -> AgencyId | None:
        return self.case.main_responsible if isinstance(self.case, ActiveCase) else None

    @property
    def participants(self) -> frozenset[AgencyId]:
        return cases.participants(self.case)


def replay(history: Iterable[Told]) -> Sharing:
    """``evolve``, one after the other, and quickly past all that says nothing about sharing."""
    sharing = Sharing()
    passed: dict[type[Event], int] = {}
    for told in history:
        if type(told.event) in SAYS_NOTHING:
            passed[type(told.event)] = told.position
        else:
            sharing = evolve(_past(sharing, passed), told)
            passed = {}
    return _past(sharing, passed)


def _past(sharing: Sharing, passed: Mapping[type[Event], int]) -> Sharing:
    if not passed:
        return sharing
    return msgspec.structs.replace(sharing, last={**sharing.last, **passed})


def evolve(sharing: Sharing, told: Told) -> Sharing:
    change = msgspec.structs.replace
    event, position = told.event, told.position
    last = {**sharing.last, type(event): position}
    match event:
        case ConsentGranted(kind="INFORMATION"):
            grants = {**sharing.grants, event.grant_id: _grant(sharing, event, position)}
            return change(sharing, grants=grants, last=last)
        case ConsentWithdrawn():
            grants = {key: g for key, g in sharing.grants.items() if key != event.grant_id}
            return change(sharing, grants=grants, last=last)
        case ReferralDrafted():
            sides = Sides(event.from_agency, event.to_agency)
            return change(sharing, referrals={**sharing.referrals, told.stream: sides}, last=last)
        case ReferralSent():
            sides = change(sharing.referrals[told.stream], sent=True)
            return change(sharing, referrals={**sharing.referrals, told.stream: sides}, last=last)
        case SubjectIdentified() | SubjectDetailsCorrected():
            details = {**sharing.details, **dict.fromkeys(_said(event), position)}
            case = cases.evolve(sharing.case, event)
            return change(sharing, case=case, details=details, last=last)
        case _ if isinstance(event, CaseEvent):
            return change(sharing, case=cases.evolve(sharing.case, event), last=last)
        case _:
            return change(sharing, last=last)


def _grant(sharing: Sharing, event: ConsentGranted, position: int) -> Grant:
    return Grant(
        grant_id=event.grant_id,
        position=position,
        grantor=event.grantor_id,
        recipients=event.recipients,
        categories=event.categories,
        only_fields=event.only_fields,
        excluded_fields=event.excluded_fields or frozenset(),
        granted_at=event.granted_at,
        valid_until=event.valid_until,
        history=event.history,
        stood=frozenset(sharing.last.values()),
        details=sharing.details,
    )


def _said(event: Details) -> list[str]:
    """``None`` says nothing. What is closed may say anything."""
    names = (field.name for field in cut_of(type(event)).sealed)
    return [name for name in names if getattr(event, name) is not None]


SAYS_NOTHING: Final[frozenset[type[Event]]] = frozenset(
    {ConsultationRecorded, ContactMethodSet, AddressRecorded, NoteRecorded}
)
