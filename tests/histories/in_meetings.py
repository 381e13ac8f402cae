"""What is asked of meetings: about a case, among practitioners, among representatives."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from domain.case import participants
from domain.consent_ledger import in_force
from domain.meeting import KnownMeeting, NoMeeting, RequestedMeeting
from domain.meeting.commands import (
    AcknowledgeDecision,
    AddInvitee,
    AllocateRole,
    Attendee,
    CancelMeeting,
    CarryIssueForward,
    CloseMeeting,
    ConfirmMinutes,
    ConveneMeeting,
    DeferReview,
    DesignateMainSupport,
    DraftMinutes,
    FileMaterial,
    HoldMeeting,
    PlanMeeting,
    Position,
    ProvideInformation,
    RecordDecision,
    RecordDisagreement,
    RemoveInvitee,
    ReportActivity,
    ReportProgress,
    RequestMeeting,
    ReviewCase,
    SetAgenda,
    SetNextMeeting,
    ShareMinutes,
    TableCase,
)
from domain.model import AgencyId, CaseId, Command, MeetingId, NetworkId
from domain.network import KnownNetwork
from tests.histories.in_referrals import items
from tests.histories.play import Ask, Here, Play, Proposes
from tests.world import Someone

LED: Final = ("PRACTITIONERS", "REPRESENTATIVES")
FREE: Final = ("COUNSELLOR_LIAISON", "LIAISON_COUNCIL", "INTERPREFECTURAL", "EXTERNAL_FORUM")
PLANNED: Final[tuple[type[Command], ...]] = (
    AddInvitee, AddInvitee, AddInvitee, TableCase, TableCase,
    ConveneMeeting, ConveneMeeting, SetAgenda,
)  # fmt: skip
CONVENED: Final[tuple[type[Command], ...]] = (
    HoldMeeting, HoldMeeting, HoldMeeting, HoldMeeting, ProvideInformation, ProvideInformation,
    TableCase, AddInvitee,
)  # fmt: skip
HELD: Final[tuple[type[Command], ...]] = (
    RecordDecision, AllocateRole, RecordDisagreement, DesignateMainSupport, ReviewCase, DeferReview,
    CarryIssueForward, SetNextMeeting, ProvideInformation, DraftMinutes, DraftMinutes, TableCase,
    AcknowledgeDecision, ReportProgress, ReportActivity,
)  # fmt: skip
LATER: Final[tuple[type[Command], ...]] = (AcknowledgeDecision, ReportProgress)
NEXT: Final[Mapping[str, tuple[type[Command], ...]]] = {
    "PLANNED": PLANNED,
    "CONVENED": CONVENED,
    "HELD": HELD,
    "MINUTED": (*HELD, *[ConfirmMinutes] * 5),
    "CONFIRMED": (*LATER, *[ShareMinutes] * 4),
    "SHARED": (*LATER, *[CloseMeeting] * 3, ShareMinutes),
    "CLOSED": LATER,
}
OF_ONE_CASE: Final = {AllocateRole, RecordDisagreement, DesignateMainSupport}


def _ask(who: Someone | None, command: Command, case: CaseId | None) -> Ask | None:
    return Ask(who, command, case) if who else None  # type: ignore[arg-type]


def _plan(play: Play) -> Ask | None:
    here = play.here()
    networks = [(n, known) for n in play.networks if (known := _network(play, n))]
    found = play.maybe(networks)
    if found is None:
        return None
    network, known = found
    if here is None or play.likely(0.35):
        kind = play.one((*LED, *LED, *FREE))
        who = play.by(known.coordinating if kind in LED else play.maybe([*known.members]))
        return _ask(
            who, play.asks(PlanMeeting, kind=kind, network_id=network, meeting_id=None), None
        )
    may = [each for each in participants(here.case) if each in known.members]
    who = play.by(play.maybe(sorted(may)))
    kind = "EXTERNAL_FORUM" if play.likely(0.1) else "INDIVIDUAL_CASE"
    facts: dict[str, Any] = {"kind": kind, "network_id": network, "meeting_id": None}
    return _ask(who, play.asks(PlanMeeting, **facts), here.id)


def _request(play: Play) -> Ask | None:
    here, network = play.here(), play.maybe(play.networks)
    if here is None or network is None:
        return None
    who = play.taking_part(here)
    return _ask(who, play.asks(RequestMeeting, network_id=network), here.id)


def _network(play: Play, network: NetworkId) -> KnownNetwork | None:
    known = play.network(network)
    return known if isinstance(known, KnownNetwork) and not known.dissolved else None


def goes_on(play: Play) -> Ask | None:
    going = [
        (which, known)
        for which in play.meetings
        if not isinstance(known := play.meeting(which), NoMeeting)
        and known.status not in {"CLOSED", "CANCELLED"}
    ]
    found = play.maybe(going[-4:])
    if found is None:
        return None
    which, known = found
    if isinstance(known, RequestedMeeting):
        return _planned_as_requested(play, which, known)
    if play.likely(0.04):
        return _ask(
            play.by(known.convenor), play.asks(CancelMeeting, meeting_id=which), known.case_id
        )
    if known.invitees and play.likely(0.03):
        who = play.by(known.convenor)
        away = play.asks(RemoveInvitee, meeting_id=which, agency_id=play.one(known.invitees))
        return _ask(who, away, known.case_id)
    kinds: tuple[type[Command], ...] = (*NEXT[known.status], FileMaterial)
    kind = play.one(kinds)
    of_her = known.case_id is not None and kind is ConveneMeeting
    if kind is ConveneMeeting and not known.invitees:
        kind = AddInvitee
    elif of_her and known.case_id not in known.tabled:
        kind = TableCase
    return next_in(play, which, known, kind)


def _planned_as_requested(play: Play, which: MeetingId, known: RequestedMeeting) -> Ask | None:
    facts: dict[str, Any] = {"network_id": known.network_id, "meeting_id": which}
    plan = play.asks(PlanMeeting, kind="INDIVIDUAL_CASE", **facts)
    return _ask(play.by(known.by_agency), plan, known.case_id)


def next_in(play: Play, which: MeetingId, known: KnownMeeting, kind: type[Command]) -> Ask | None:
    here = play.at(known.case_id) if known.case_id else None
    if here is None and kind in {TableCase, ReviewCase, DeferReview}:
        here = _to_review(play, known, kind)
        if here is None:
            return None
    if here is None and kind in {*OF_ONE_CASE, ProvideInformation}:
        return None
    who = play.by(_whose(play, known, kind, here))
    facts = _facts(play, known, kind, here)
    if who is None or facts is None:
        return None
    if kind is ProvideInformation and here:
        facts["items"] = items(play, here, who.agency, facts["recipients"] - {who.agency})
    return _ask(who, play.asks(kind, meeting_id=which, **facts), here.id if here else None)


def _whose(
    play: Play, known: KnownMeeting, kind: type[Command], here: Here | None
) -> AgencyId | None:
    network = play.network(known.network_id) if known.network_id else None
    match kind.__name__:
        case "DesignateMainSupport":
            return network.coordinating if isinstance(network, KnownNetwork) else None
        case "AcknowledgeDecision" | "ReportProgress":
            return play.maybe(known.attended)
        case "ProvideInformation":
            return play.one(known.there)
        case "ReviewCase" | "DeferReview" if here and play.likely(0.5):
            return here.case.main_responsible
        case _:
            return known.convenor


def _to_review(play: Play, known: KnownMeeting, kind: type[Command]) -> Here | None:
    if known.kind != "PRACTITIONERS":
        return None
    found = [each for case in play.cases if (each := play.at(case))]
    if kind is not TableCase:
        done = known.reviewed | known.deferred
        found = [each for each in found if each.id not in done]
    return play.maybe([each for each in found if each.case.network == known.network_id])


def _facts(
    play: Play, known: KnownMeeting, kind: type[Command], here: Here | None
) -> dict[str, Any] | None:
    made = FACTS.get(kind)
    return made(play, known, here) if made else {}


def _held(play: Play, known: KnownMeeting, _: Here | None) -> dict[str, Any]:
    came = play.some(known.invitees, play.chance.randint(1, 4)) if known.invitees else []
    people = [who for each in (known.convenor, *came) if (who := play.by(each))]
    attendees = tuple(Attendee(agency_id=who.agency, staff_id=who.staff) for who in people)
    hour = timedelta(hours=1)
    began, ended = play.world.at - 2 * hour, play.world.at - hour
    return {"attendees": attendees, "started_at": began, "ended_at": ended}


def _reviewed(_: Play, __: KnownMeeting, here: Here | None) -> dict[str, Any] | None:
    return {"responsible_agency": here.case.main_responsible} if here else None


def _decided(play: Play, known: KnownMeeting, here: Here | None) -> dict[str, Any]:
    agree = frozenset(play.some(known.attended))
    dissent = known.attended - agree if play.likely(0.2) else frozenset[AgencyId]()
    settles = here is not None and not dissent and play.likely(0.3)
    return {"agreed": agree, "dissenting": dissent, "settles": settles}


def _disagreed(play: Play, known: KnownMeeting, _: Here | None) -> dict[str, Any] | None:
    two = play.some(known.attended, 2)
    positions = tuple(Position(agency_id=each, text="反対です。") for each in two)
    return {"positions": positions, "since": play.today} if len(two) > 1 else None


def _one_decision(play: Play, known: KnownMeeting, _: Here | None) -> dict[str, Any] | None:
    decision = play.maybe(known.decisions)
    return {"decision_id": decision} if decision else None


def _designated(play: Play, known: KnownMeeting, _: Here | None) -> dict[str, Any]:
    return {"agency_id": play.one(known.attended), "dissenting": frozenset[AgencyId]()}


def _invitee(play: Play, known: KnownMeeting, here: Here | None) -> AgencyId:
    network = play.network(known.network_id) if known.network_id else None
    if here is not None:
        named = [g.recipients for g in in_force(here.ledger, play.world.at).values()]
        covered = [g for g in named if known.there <= g]
        return play.one(frozenset[AgencyId]().union(*covered) or participants(here.case))
    if isinstance(network, KnownNetwork) and network.members:
        return play.one([*network.members])
    return play.one(play.agencies)


def _agreed_for_all(play: Play, known: KnownMeeting, here: Here | None) -> frozenset[str]:
    """What some consent names for all who will be there; now and then anything."""
    if here is None:
        return frozenset()
    fitting = [
        grant.categories - {"LOC"}
        for grant in in_force(here.ledger, play.world.at).values()
        if grant.kind == "INFORMATION" and known.there <= grant.recipients
    ]
    return (
        frozenset(play.some(play.one(fitting), 4))
        if any(fitting) and play.likely(0.9)
        else frozenset()
    )


FACTS: Final[
    Mapping[type[Command], Callable[[Play, KnownMeeting, Here | None], dict[str, Any] | None]]
] = {
    AddInvitee: lambda play, known, here: {
        "agency_id": _invitee(play, known, here),
        "role": "MEMBER",
    },
    TableCase: lambda play, known, here: {"categories": _agreed_for_all(play, known, here)},
    ProvideInformation: lambda play, known, _: {"recipients": frozenset(play.some(known.there))},
    HoldMeeting: _held,
    ReviewCase: _reviewed,
    RecordDecision: _decided,
    AllocateRole: lambda play, known, _: {
        "agency_id": play.one(known.attended),
        "person_id": None,
    },
    RecordDisagreement: _disagreed,
    DesignateMainSupport: _designated,
    AcknowledgeDecision: _one_decision,
    ReportProgress: _one_decision,
    SetNextMeeting: lambda play, _, __: {"on": play.days(10, 60), "not_needed": False},
    ShareMinutes: lambda _, known, __: {"recipients": known.attended - {known.convenor}},
}
ASKED: Final[tuple[tuple[int, Proposes], ...]] = ((4, _plan), (1, _request), (18, goes_on))
