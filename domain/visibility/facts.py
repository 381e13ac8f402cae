"""Facts (判断の材料): all that a decision is made from, beside the event itself; and what it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from domain.agency import Agency, KnownAgency, with_those_before
from domain.categories import CategoryCode
from domain.model import ActingRole, AgencyId, NetworkId, StaffId, StreamId
from domain.network import KnownNetwork, Network
from domain.policy.crossing import BY_PARTY, WITH_GRIEVANCE, WITH_MINUTES
from domain.sharing import Gathering, Given, Handling, Sharing
from domain.visibility.opening import Opening, openings_of

Agencies: TypeAlias = Mapping[AgencyId, Agency]


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """For whom it is: an agency, and who of it reads. A feed is read by nobody in person."""

    agency: AgencyId
    staff: StaffId | None
    pledged: bool  # Who reads, or keeps the feed, is enrolled and has signed the pledge.
    suspended: bool = False


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """Who is in a network, and who coordinates it."""

    members: frozenset[AgencyId] = frozenset()
    coordinating: AgencyId | None = None


def membership(network: Network) -> Membership:
    """Of a network that is no more, nobody is a member."""
    if not isinstance(network, KnownNetwork) or network.dissolved:
        return NO_NETWORK
    return Membership(members=frozenset(network.members), coordinating=network.coordinating)


class Roster(msgspec.Struct, frozen=True):
    """Which agencies there are, and how they are joined. Of whom is not known, the worst is."""

    agencies: Agencies = {}
    networks: Mapping[NetworkId, Membership] = {}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    sharing: Sharing
    recipient: Recipient
    roster: Roster
    at: datetime
    # The same, from where the agency stands.
    agency: AgencyId
    itself: frozenset[AgencyId]  # It, and all whom it took over from.
    shut_out: frozenset[AgencyId]  # Of these, whom she does not want to know.
    takes_part: bool
    openings: tuple[Opening, ...]  # What she agrees at this time that it may know.
    given: Given
    attended: frozenset[int]  # The streams of meetings,
    closed: frozenset[int]  # and of those about her which it was not asked to.
    sides: Mapping[StreamId, frozenset[CategoryCode]]  # Of what it is one, and what that opens.
    about_them: frozenset[int]  # The streams of grievances about whoever reads.
    network: Membership  # The one in whose ledger the case stands.


def facts_of(sharing: Sharing, who: Recipient, roster: Roster, at: datetime) -> Facts:
    network = sharing.network
    itself = with_those_before([who.agency], roster.agencies)
    attended = sharing.attended_by(who.agency)
    return Facts(
        sharing=sharing,
        recipient=who,
        roster=roster,
        at=at,
        agency=who.agency,
        itself=itself,
        shut_out=itself & sharing.excluded,
        takes_part=takes_part(sharing, who.agency),
        openings=openings_of(sharing, itself, at),
        given=sharing.given_to(who.agency),
        attended=frozenset([stream.int for stream in attended]),
        closed=frozenset([stream.int for stream in sharing.meetings - attended]),
        sides=sides_of(sharing, who),
        about_them=grievances_about(sharing, who, roster),
        network=NO_NETWORK if network is None else roster.networks.get(network, NO_NETWORK),
    )


def sides_of(sharing: Sharing, who: Recipient) -> dict[StreamId, frozenset[CategoryCode]]:
    """Of what it is a side, and which categories that opens there."""
    found: dict[StreamId, frozenset[CategoryCode]] = {}
    for stream, party in sharing.parties.items():
        match party:
            case Handling():
                if who.agency in party:
                    found[stream] = WITH_GRIEVANCE
                elif party.has_summary(who.agency):
                    found[stream] = NONE
            case Gathering(of_a_case=False) if who.agency in party:
                found[stream] = WITH_MINUTES
            case _ if who.agency in party:
                found[stream] = BY_PARTY
            case _:
                pass
    return found


def grievances_about(sharing: Sharing, who: Recipient, roster: Roster) -> frozenset[int]:
    """A feed is read by all who work there."""
    about = {
        stream.int: party.grievance.about_staff
        for stream, party in sharing.parties.items()
        if isinstance(party, Handling) and party.grievance.about_staff
    }
    if not about:
        return frozenset()
    readers = working(roster.agencies.get(who.agency)) if who.staff is None else {who.staff}
    return frozenset(stream for stream, them in about.items() if not them.isdisjoint(readers))


def working(agency: Agency | None) -> set[StaffId]:
    if not isinstance(agency, KnownAgency):
        return set()
    return {staff for staff, itself in agency.staff.items() if itself.left is None}


def takes_part(sharing: Sharing, agency: AgencyId) -> bool:
    """To be in her network, or to lead it, in a disaster or not, is no part in her case."""
    return agency in sharing.participants


def who_reads(agency_id: AgencyId, agency: Agency, staff: StaffId, role: ActingRole) -> Recipient:
    """Whoever reads in this role, in this agency's name."""
    if not isinstance(agency, KnownAgency):
        return Recipient(agency=agency_id, staff=staff, pledged=False)
    itself = agency.staff.get(staff)
    return Recipient(
        agency=agency_id,
        staff=staff,
        pledged=itself is not None
        and itself.role == role
        and itself.left is None
        and itself.pledged_under is not None,
        suspended=agency.suspended,
    )


def whose_feed(agency_id: AgencyId, agency: Agency) -> Recipient:
    """An agency's feed, which somebody who has signed the pledge must keep."""
    if not isinstance(agency, KnownAgency):
        return Recipient(agency=agency_id, staff=None, pledged=False)
    keepers = (agency.staff[each] for each in agency.custodians if each in agency.staff)
    pledged = any(each.left is None and each.pledged_under is not None for each in keepers)
    return Recipient(agency=agency_id, staff=None, pledged=pledged, suspended=agency.suspended)


NO_NETWORK: Final = Membership()
NONE: Final[frozenset[CategoryCode]] = frozenset()
