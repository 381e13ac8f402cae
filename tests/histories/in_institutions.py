"""What is asked of agencies, of networks, and about grievances."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from domain.agency import (
    DesignateFunction,
    EndEnrolment,
    EndFeedCustodian,
    EnrolStaff,
    KnownAgency,
    NameFeedCustodian,
    OfferService,
    RegisterAgency,
    RestoreAgency,
    SignPledge,
    StartCommissionContract,
    SucceedAgency,
    SuspendAgency,
    UpdateAgency,
)
from domain.agency.contracts import EndCommissionContract
from domain.agency.offers import SetConsultationWindow, WithdrawService
from domain.agency.standing import DeactivateAgency
from domain.agency_codes import PROTECTIVE
from domain.case import OpenCase
from domain.grievance import (
    AcknowledgeGrievance,
    AssignHandler,
    CloseGrievance,
    EscalateGrievance,
    GiveResponse,
    KnownGrievance,
    ReceiveGrievance,
    RecordFindings,
    RecordImprovement,
    ReopenGrievance,
    ShareGrievance,
)
from domain.model import AgencyId, Command
from domain.network import (
    AppointCoordinator,
    DesignateCoordinatingAgency,
    JoinNetwork,
    KnownNetwork,
    PublishConsultationDirectory,
)
from domain.network.informing import (
    ConfirmPosting,
    DeclareDisaster,
    EndDisaster,
    IssueDisasterNotice,
    ReceiveDirectory,
    RequestPosting,
    SetAnnualPolicy,
    ShareInformation,
)
from domain.network.organising import AdoptRules, DissolveNetwork, LeaveNetwork
from tests.histories.play import CHECKED, Ask, Play, Proposes
from tests.world import Someone

MOST_CASES: Final = 3
CHANGES: Final[tuple[type[Command], ...]] = (UpdateAgency, DesignateFunction)
OFFERS: Final[tuple[type[Command], ...]] = (OfferService, SetConsultationWindow)


def _ask(who: Someone | None, command: Command) -> Ask | None:
    return Ask(who, command) if who else None  # type: ignore[arg-type]


def open_case(play: Play) -> Ask | None:
    if len(play.cases) >= MOST_CASES:
        return None
    return _ask(play.anybody(), play.asks(OpenCase))


# Agencies


def _register(play: Play) -> Ask | None:
    if len(play.agencies) > 12:
        return None
    register = play.asks(RegisterAgency, prefecture=play.one(("06", "07")), functions=frozenset())
    return _ask(play.world.operator, register)


def _update(play: Play) -> Ask | None:
    kind = play.one(CHANGES)
    return _ask(play.world.operator, play.asks(kind, agency_id=play.one(play.agencies)))


def _enrol(play: Play) -> Ask | None:
    agency = play.one(play.agencies)
    who = play.one([play.world.operator, play.head(agency)])
    return _ask(who, play.asks(EnrolStaff, agency_id=agency))


def _pledge(play: Play) -> Ask | None:
    waiting = [
        (agency, staff)
        for agency in play.agencies
        for staff, each in _staff(play, agency)
        if each.pledged_under is None and each.left is None
    ]
    found = play.maybe(waiting)
    return (
        _ask(play.world.operator, play.asks(SignPledge, agency_id=found[0], staff_id=found[1]))
        if found
        else None
    )


def _staff(play: Play, agency: AgencyId) -> list[Any]:
    known = play.agency(agency)
    return list(known.staff.items()) if isinstance(known, KnownAgency) else []


def _leaves(play: Play) -> Ask | None:
    agency = play.one(play.agencies)
    # The first of them stays.
    leaving = play.maybe([s for s, each in _staff(play, agency)[1:] if each.left is None])
    return (
        _ask(play.head(agency), EndEnrolment(agency_id=agency, staff_id=leaving))
        if leaving
        else None
    )


def _custodian(play: Play) -> Ask | None:
    agency = play.one(play.agencies)
    known = play.agency(agency)
    assert isinstance(known, KnownAgency)
    if known.custodians and play.likely(0.3):
        end = EndFeedCustodian(agency_id=agency, staff_id=play.one(known.custodians))
        return _ask(play.head(agency), end)
    staff = play.by(agency)
    return (
        _ask(play.head(agency), NameFeedCustodian(agency_id=agency, staff_id=staff.staff))
        if staff
        else None
    )


def _offer(play: Play) -> Ask | None:
    agency = play.one(play.agencies)
    known = play.agency(agency)
    who = play.head(agency)
    if isinstance(known, KnownAgency) and known.services and play.likely(0.3):
        code = play.one(list(known.services))
        return _ask(who, WithdrawService(agency_id=agency, service_code=code))
    kind = play.one(OFFERS)
    return _ask(who, play.asks(kind, agency_id=agency))


def _contract(play: Play) -> Ask | None:
    centre, shelter = play.agencies[1], play.agencies[3]
    known = play.agency(shelter)
    assert isinstance(known, KnownAgency)
    running = [key for key, each in known.contracts.items() if not each.ended]
    if running and play.likely(0.5):
        end = EndCommissionContract(agency_id=shelter, contract_id=play.one(running))
        return _ask(play.head(centre), end)
    valid = {"valid_from": play.today, "valid_until": play.today + timedelta(days=100)}
    start = play.asks(StartCommissionContract, agency_id=shelter, criteria_check=CHECKED, **valid)
    return _ask(play.head(centre), start)


def _suspend(play: Play) -> Ask | None:
    if any(play.standing(each) == "SUSPENDED" for each in play.agencies):
        return None
    return _ask(play.world.operator, SuspendAgency(agency_id=play.one(play.agencies)))


def restore(play: Play) -> Ask | None:
    out = play.maybe([each for each in play.agencies if play.standing(each) == "SUSPENDED"])
    return _ask(play.world.operator, RestoreAgency(agency_id=out)) if out else None


def _ends(play: Play) -> Ask | None:
    if any(play.standing(each) not in {"ACTIVE", "SUSPENDED"} for each in play.agencies):
        return None
    one, other = play.some(play.agencies[4:], 2) if len(play.agencies) > 5 else (None, None)
    if one is None or other is None:
        return None
    if play.likely(0.5):
        return _ask(play.world.operator, DeactivateAgency(agency_id=one))
    kind, successor = play.kind(one), play.agency(other)
    if kind and isinstance(successor, KnownAgency) and not successor.is_a(kind):
        # It becomes one of that kind, and may then follow another time.
        return _ask(play.world.operator, DesignateFunction(agency_id=other, function=kind))
    return _ask(play.world.operator, SucceedAgency(agency_id=one, successor=other))


# Networks


def _network(play: Play) -> tuple[Any, KnownNetwork] | None:
    found = play.maybe(play.networks)
    known = found and play.network(found)
    return (found, known) if isinstance(known, KnownNetwork) and not known.dissolved else None


def _members(play: Play) -> Ask | None:
    if (found := _network(play)) is None:
        return None
    network, known = found
    out = [each for each in play.agencies if each not in known.members]
    if out and play.likely(0.6):
        new = play.one(out)
        establishment = play.likely(0.3)
        join = play.asks(
            JoinNetwork,
            network_id=network,
            agency_id=new,
            membership="REGISTERED_ESTABLISHMENT" if establishment else "MEMBER",
        )
        return _ask(play.head(new) if establishment else play.world.operator, join)
    others = [each for each in known.members if each != known.coordinating]
    left = play.maybe(others)
    return (
        _ask(play.world.operator, LeaveNetwork(network_id=network, agency_id=left))
        if left
        else None
    )


def _led(play: Play) -> Ask | None:
    if (found := _network(play)) is None:
        return None
    network, known = found
    agency = play.maybe([each for each in known.members if play.standing(each) == "ACTIVE"])
    if agency is None:
        return None
    appointed = [each for each in known.coordinators.values() if each != known.coordinating]
    if appointed and play.likely(0.4):
        lead = DesignateCoordinatingAgency(network_id=network, agency_id=play.one(appointed))
        return _ask(play.world.operator, lead)
    staff = play.by(agency)
    assert staff
    appoint = play.asks(
        AppointCoordinator, network_id=network, agency_id=agency, staff_id=staff.staff
    )
    return _ask(play.world.operator, appoint)


def _dissolve(play: Play) -> Ask | None:
    if len(play.networks) < 2 or (found := _network(play)) is None:
        return None
    return _ask(play.world.operator, DissolveNetwork(network_id=found[0]))


def _informs(play: Play) -> Ask | None:
    if (found := _network(play)) is None:
        return None
    network, known = found
    kinds: list[type[Command]] = [SetAnnualPolicy, ShareInformation, AdoptRules, DeclareDisaster]
    if known.disaster:
        kinds = [IssueDisasterNotice, IssueDisasterNotice, EndDisaster]
    facts: dict[str, Any] = {}
    kind = play.one(kinds)
    if kind is AdoptRules:
        facts = {
            "version": f"{play.steps}",
            "representatives_at_least": 1,
            "representatives_at_most": 2,
        }
    return _ask(play.world.operator, play.asks(kind, network_id=network, **facts))


def _directory(play: Play) -> Ask | None:
    if (found := _network(play)) is None:
        return None
    network, known = found
    waiting = [
        (version, each)
        for version, directory in known.directories.items()
        for each in sorted(directory.recipients - directory.received)
    ]
    if waiting and play.likely(0.5):
        version, agency = play.one(waiting)
        receive = ReceiveDirectory(network_id=network, version=version)
        return _ask(play.by(agency), receive)
    postings = [(key, each.by) for key, each in known.postings.items() if not each.confirmed]
    if postings and play.likely(0.5):
        posting, agency = play.one(postings)
        return _ask(play.by(agency), ConfirmPosting(network_id=network, posting_id=posting))
    if known.directories and play.likely(0.4):
        post = play.asks(
            RequestPosting,
            network_id=network,
            agency_id=play.one(play.agencies),
            item="DIRECTORY",
            version=play.one(list(known.directories)),
        )
        return _ask(play.world.operator, post)
    open_ones = [each for each in play.agencies if play.kind(each) not in PROTECTIVE]
    publish = PublishConsultationDirectory(
        network_id=network,
        version=f"{play.steps}",
        windows=frozenset(play.some(open_ones)),
        recipients=frozenset(play.some(play.agencies)),
    )
    return _ask(play.world.operator, publish)


# Grievances

NEXT: Final[Mapping[str, tuple[type[Command], ...]]] = {
    "RECEIVED": (AcknowledgeGrievance, AcknowledgeGrievance, EscalateGrievance),
    "ACKNOWLEDGED": (AssignHandler,),
    "INVESTIGATING": (
        RecordFindings,
        ShareGrievance,
        ShareGrievance,
        GiveResponse,
        RecordImprovement,
    ),
    "ANSWERED": (CloseGrievance, RecordImprovement, EscalateGrievance, ShareGrievance),
    "CLOSED": (ReopenGrievance,),
    "REOPENED": (AssignHandler,),
    "ESCALATED": (AcknowledgeGrievance, AssignHandler),
}
BY_HANDLER: Final = {RecordFindings, ShareGrievance, GiveResponse, RecordImprovement}


def _grievance(play: Play) -> Ask | None:
    here = play.here()
    who = play.anybody()
    about = frozenset(play.some([a for a in play.agencies if a != who.agency], 1))
    facts: dict[str, Any] = {
        "about_agencies": about if play.likely(0.7) else frozenset[AgencyId](),
        "about_staff": frozenset(
            {s.staff for s in play.people[play.one(play.agencies)][:1]} - {who.staff}
        )
        if play.likely(0.3)
        else frozenset(),
    }
    receive = play.asks(ReceiveGrievance, **facts)
    in_case = here.id if here and play.likely(0.6) else None
    return Ask(who, receive, in_case)


def _grievance_goes_on(play: Play) -> Ask | None:
    found = play.maybe(list(play.grievances))
    known = found and play.grievance(found)
    if not found or not isinstance(known, KnownGrievance):
        return None
    kind = play.one(NEXT[known.status])
    who = play.by(known.handler if kind in BY_HANDLER else known.in_charge)
    others = [each for each in play.agencies if each not in known.about_agencies]
    facts: dict[str, Any] = {}
    if kind is AssignHandler:
        facts = {"handler": play.maybe(others), "handler_staff": None}
    elif kind is EscalateGrievance:
        facts = {"to_agency": play.maybe(others)}
    elif kind is ShareGrievance:
        facts = {
            "shared_with": frozenset(play.some(play.agencies, 2)),
            "complainant_agrees": True,
        }
    if None in facts.values() and kind is not AssignHandler:
        return None
    ask = _ask(who, play.asks(kind, grievance_id=found, **facts))
    return ask and ask._replace(case=known.case_id)


AGENCY: Final[tuple[tuple[int, Proposes], ...]] = (
    (1, _register),
    (3, _update),
    (5, _enrol),
    (6, _pledge),
    (3, _leaves),
    (4, _custodian),
    (4, _offer),
    (2, _contract),
    (3, _suspend),
    (1, _ends),
)
NETWORK: Final[tuple[tuple[int, Proposes], ...]] = (
    (4, _members),
    (3, _led),
    (1, _dissolve),
    (5, _informs),
    (7, _directory),
)
GRIEVANCE: Final[tuple[tuple[int, Proposes], ...]] = ((3, _grievance), (12, _grievance_goes_on))
