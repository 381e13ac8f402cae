"""Lenses (見え方): whose view of a case whoever reads may have, and what of it they are told.

Their own agency's always. Another's as a whole, with nothing of hers in it, is for auditors of the
operator. And whoever obtained her consent may see what it shows to whom it was given for: of what
they may see themselves, and no more, else they would learn there what she has told others alone;
and only of an agency of which they know already that it takes part, else the answer would tell them
who does. Whom she has shut out looks through nobody's eyes, and at nothing it may not see now.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias, get_args

from msgspec.structs import replace

from contracts.event_labels import EVENT_LABELS
from domain.agency import Agency, KnownAgency, with_those_before
from domain.case import (
    CaseAccepted,
    CaseEvent,
    CaseOpened,
    ResponsibilityMoved,
    RoleAssigned,
)
from domain.case.services import ServiceLinked
from domain.consent_ledger import ConsentGranted
from domain.model import AgencyId, Event, GrantId, StaffId
from domain.referral import HandoverConfirmed
from domain.visibility import ACTING, Agencies, Basis, Recipient, Roster, Visible
from domain.visibility.facts import Facts
from services.looking import Reader
from services.sights import Record, Seen, Sight


class Own(NamedTuple):
    pass


class Still(NamedTuple):
    """One's own, as far as it may be seen now: for whom she has shut out since."""


class Whole(NamedTuple):
    """All of it, but nothing that stands in it."""


class Through(NamedTuple):
    """What rests on these consents."""

    grants: frozenset[GrantId]


Scope: TypeAlias = Own | Still | Whole | Through


class Standing(NamedTuple):
    """Whoever reads, and how it stands with them now."""

    reader: Reader
    audits: bool
    shut_out: bool  # They themselves, their agency, or one that it took over from.


class Told(NamedTuple):
    """What could be seen of an event, as far as it is told; and what of it is opened now."""

    seen: Seen
    now: Visible

    @property
    def position(self) -> int:
        return self.seen.position


class Lens(NamedTuple):
    """What an agency could see at some time, and how much of that is for whoever reads."""

    record: Record
    recipient: Recipient
    roster: Roster
    at: datetime
    until: int
    sight: Sight
    scope: Scope

    def told(self, now: Sight) -> Iterator[Told]:
        """``now``: what whoever reads may see themselves."""
        for seen in self.sight.seen():
            told = _told(seen, self.scope, now.visible(seen.entry))
            # Numbers and duties are kept in her name too; that they are taken is no step of hers.
            if told is not None and seen.entry.stored.type in EVENT_LABELS:
                yield told

    def as_of(self, at: datetime, until: int) -> "Lens":
        """Of the same agency, as it is seen here, at another time."""
        sight = Sight(self.record, self.recipient, self.roster, at, until)
        return self._replace(at=at, until=until, sight=sight)


def standing_of(reader: Reader, operator: AgencyId | None, now: Facts) -> Standing:
    """``now``: what is decided from for whoever reads."""
    return Standing(
        reader,
        audits=reader.role == "AUDITOR" and reader.agency == operator,
        shut_out=reader.staff in now.sharing.excluded_staff or bool(now.shut_out),
    )


def scope_of(
    standing: Standing,
    view: AgencyId,
    record: Record,
    agencies: Agencies,
    known: AbstractSet[AgencyId],
) -> Scope | None:
    """``known``: of whom they know already that they take part; ``agencies``: as they were then."""
    reader, shut_out = standing.reader.agency, standing.shut_out
    if view == reader:
        return Still() if shut_out else Own()
    if shut_out or view not in agencies:
        return None
    if standing.audits:
        return Whole()
    itself = with_those_before([view], agencies)
    grants = frozenset(
        event.grant_id
        for entry in record.entries
        if entry.told.agency == reader
        and isinstance(event := entry.told.event, ConsentGranted)
        and not itself.isdisjoint(event.recipients)
    )
    return Through(grants) if grants and view in known else None


def known_to_take_part(now: Sight, until: int) -> frozenset[AgencyId]:
    """Of whom whoever reads is told by name, in what had been recorded by then.

    That she agreed to something for an agency, or that it was asked, does not say that it does;
    that it has written in her case, or was given a part in it, does.
    """
    return frozenset(
        agency
        for seen in now.seen()
        if seen.position <= until and isinstance(seen.entry.told.event, TELLING)
        for name, agency in seen.visible.who
        if name in {ACTING, *GIVES_A_PART.get(type(seen.entry.told.event), ())}
    )


def who_could_read(agency_id: AgencyId, agency: Agency, staff: StaffId | None) -> Recipient:
    """An agency, for which anybody reads who works there and has signed the pledge."""
    if not isinstance(agency, KnownAgency):
        return Recipient(agency=agency_id, staff=staff, pledged=False)
    return Recipient(
        agency=agency_id,
        staff=staff,
        pledged=any(e.left is None and e.pledged_under for e in agency.staff.values()),
        suspended=agency.suspended,
    )


def _told(seen: Seen, scope: Scope, now: Visible) -> Told | None:
    match scope:
        case Own():
            return Told(seen, now)
        case Still():
            return _shared(seen, seen.visible.bases, now)
        case Whole():
            return Told(seen, replace(seen.visible, bases={}))
        case Through(grants):
            return _through(seen, grants, now)


def _through(seen: Seen, grants: frozenset[GrantId], now: Visible) -> Told | None:
    """Where the reader may not know what it was, the name of a field would say so."""
    bases = seen.visible.bases.items()
    rests_on = {name: basis for name, basis in bases if basis.grant in grants}
    if now.what:
        return _told_of(seen, rests_on, now)
    return _shared(seen, rests_on, now)


def _shared(seen: Seen, bases: Mapping[str, Basis], now: Visible) -> Told | None:
    both_see = {name: basis for name, basis in bases.items() if name in now.bases}
    return _told_of(seen, both_see, now)


def _told_of(seen: Seen, bases: Mapping[str, Basis], now: Visible) -> Told | None:
    if not bases:
        return None
    then = seen.visible
    visible = Visible(
        bases,
        then.what and now.what,
        then.who & now.who,
        then.staff and now.staff,
        then.alone or now.alone,
    )
    return Told(seen._replace(visible=visible), now)


def both(first: Told, second: Told) -> Told:
    """An event that stands in two views, with what either tells of it."""
    (one, now), (other, now_too) = first, second
    seen = one._replace(visible=_either(one.visible, other.visible))
    return Told(seen, _either(_as_far(now, one.visible), _as_far(now_too, other.visible)))


def _as_far(now: Visible, then: Visible) -> Visible:
    shared = {name: basis for name, basis in now.bases.items() if name in then.bases}
    return replace(now, bases=shared, who=now.who & then.who, staff=now.staff and then.staff)


def _either(one: Visible, other: Visible) -> Visible:
    return Visible(
        {**other.bases, **one.bases},
        one.what or other.what,
        one.who | other.who,
        one.staff or other.staff,
        one.alone and other.alone,
    )


# In which fields of an event those are named who take part by it.
GIVES_A_PART: Final[Mapping[type[Event], frozenset[str]]] = {
    CaseOpened: frozenset({"opened_by_agency"}),
    CaseAccepted: frozenset({"main_responsible"}),
    RoleAssigned: frozenset({"agency_id"}),
    ResponsibilityMoved: frozenset({"to_agency"}),
    ServiceLinked: frozenset({"provider_agency"}),
    HandoverConfirmed: frozenset({"main_responsible_to"}),
}
TELLING: Final = (*get_args(CaseEvent), HandoverConfirmed)
