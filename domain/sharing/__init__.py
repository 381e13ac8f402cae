"""Sharing (情報共有): what the record of a case says about who may see it.

It is folded from the events of the case, its ledger, its trail, its referrals and meetings, in the
order of the log, with their parts closed. Who may see what is then decided in
``domain.visibility``.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from domain import case as cases
from domain.case import (
    ActiveCase,
    AddressRecorded,
    Case,
    CaseAccepted,
    CaseEvent,
    ConsultationRecorded,
    ContactMethodSet,
    NoCase,
    NoteRecorded,
)
from domain.consent_ledger import ConsentGranted, ConsentWithdrawn
from domain.model import AgencyId, Event, GrantId, NetworkId, PersonId, StaffId, StreamId
from domain.referral import ReferralDrafted, ReferralSent
from domain.sharing.grants import Grant, given
from domain.sharing.standing import Details, Frozen, Standing, Told, then, told_of

__all__ = ["Details", "Frozen", "Grant", "Sharing", "Sides", "Standing", "Told", "evolve", "replay"]


class Sides(msgspec.Struct, frozen=True):
    """Of a referral: who sends her on and, from the sending on, who is asked to take her."""

    sender: AgencyId
    receiver: AgencyId
    sent: bool = False

    def __contains__(self, agency: AgencyId) -> bool:
        return agency == self.sender or (self.sent and agency == self.receiver)


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    case: Case = NoCase()
    children: frozenset[PersonId] = frozenset()
    network: NetworkId | None = None  # In whose ledger the case stands.
    grants: Mapping[GrantId, Grant] = {}
    excluded: frozenset[AgencyId] = frozenset()
    excluded_staff: frozenset[StaffId] = frozenset()
    received: Mapping[GrantId, frozenset[AgencyId]] = {}  # Who got something under which grant.
    referrals: Mapping[StreamId, Sides] = {}
    standing: Standing = Standing()

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
    passed: dict[Hashable, int] = {}
    for told in history:
        if type(told.event) in SAYS_NOTHING:
            passed[told_of(told.event)] = told.position
        else:
            sharing = evolve(_past(sharing, passed), told)
            passed = {}
    return _past(sharing, passed)


def _past(sharing: Sharing, passed: Mapping[Hashable, int]) -> Sharing:
    if not passed:
        return sharing
    standing = Standing({**sharing.standing.last, **passed}, sharing.standing.details)
    return msgspec.structs.replace(sharing, standing=standing)


def evolve(sharing: Sharing, told: Told) -> Sharing:
    says = SAYS.get(type(told.event), _of_the_case)
    return msgspec.structs.replace(
        says(sharing, told, told.event), standing=then(sharing.standing, told)
    )


def _of_the_case(sharing: Sharing, _: Told, event: Event) -> Sharing:
    if not isinstance(event, CaseEvent):
        return sharing
    return change(sharing, case=cases.evolve(sharing.case, event))


def _accepted(sharing: Sharing, told: Told, event: CaseAccepted) -> Sharing:
    return change(_of_the_case(sharing, told, event), network=event.ledger_network_id)


def _granted(sharing: Sharing, told: Told, event: ConsentGranted) -> Sharing:
    """Consent to anything but sharing opens nothing."""
    if event.kind != "INFORMATION":
        return sharing
    grant = given(event, told.position, sharing.standing)
    return change(sharing, grants={**sharing.grants, event.grant_id: grant})


def _ended(sharing: Sharing, _: Told, event: ConsentWithdrawn) -> Sharing:
    left = {key: grant for key, grant in sharing.grants.items() if key != event.grant_id}
    return change(sharing, grants=left)


def _drafted(sharing: Sharing, told: Told, event: ReferralDrafted) -> Sharing:
    sides = Sides(event.from_agency, event.to_agency)
    return change(sharing, referrals={**sharing.referrals, told.stream: sides})


def _sent(sharing: Sharing, told: Told, _: ReferralSent) -> Sharing:
    sides = change(sharing.referrals[told.stream], sent=True)
    return change(sharing, referrals={**sharing.referrals, told.stream: sides})


change = msgspec.structs.replace
# What an event says about sharing; all others say no more than what they say of the case.
Says: TypeAlias = Callable[[Sharing, Told, Any], Sharing]
SAYS: Final[Mapping[type[Event], Says]] = {
    CaseAccepted: _accepted,
    ConsentGranted: _granted,
    ConsentWithdrawn: _ended,
    ReferralDrafted: _drafted,
    ReferralSent: _sent,
}
SAYS_NOTHING: Final[frozenset[type[Event]]] = frozenset(
    {ConsultationRecorded, ContactMethodSet, AddressRecorded, NoteRecorded}
)
