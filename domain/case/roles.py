"""Roles (役割): who answers for her (主担当機関), who supports her, and who still takes part.

MAIN_RESPONSIBLE is no role to be given out: it comes with acceptance, and moves in one step.
"""

from typing import Annotated, ClassVar, TypeAlias, assert_never

import msgspec

from domain.case.agreeing import check_may_know
from domain.case.beside import Beside
from domain.case.companions import check_is_companion
from domain.case.services import ServiceStatusChanged, ended_by
from domain.case.state import (
    KnownCase,
    OnlyWhoAnswersForHer,
    Reason,
    answering,
    check_answers,
)
from domain.categories import ENV, SVC, Category
from domain.codes import SUPPORT_FUNCTIONS, SupportFunction
from domain.model import (
    AgencyId,
    Command,
    Context,
    Event,
    MeetingId,
    PersonId,
    ReferralId,
    Stamp,
)
from domain.speech import Refused


class RoleAssigned(Event, frozen=True, kw_only=True, tag="case.role_assigned.v1"):
    """With a role an agency takes part, until the role ends; ``person_id`` is a child's."""

    primary: ClassVar[Category] = SVC
    state_of: ClassVar[tuple[str, ...]] = ("function", "agency_id", "person_id")

    function: Annotated[SupportFunction, SVC]
    agency_id: Annotated[AgencyId, SVC]
    person_id: Annotated[PersonId | None, ENV] = None
    decided_by: Annotated[ReferralId | MeetingId | None, ENV] = None


class RoleEnded(Event, frozen=True, kw_only=True, tag="case.role_ended.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})
    state_of: ClassVar[tuple[str, ...]] = ("function", "agency_id", "person_id")

    function: Annotated[SupportFunction, SVC]
    agency_id: Annotated[AgencyId, SVC]
    person_id: Annotated[PersonId | None, ENV] = None


class ParticipationEnded(Event, frozen=True, kw_only=True, tag="case.participation_ended.v1"):
    """It no longer takes part for having opened the case, or for having handed her on."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})
    state_of: ClassVar[tuple[str, ...]] = ("agency_id",)

    agency_id: Annotated[AgencyId, SVC]


class ResponsibilityMoved(Event, frozen=True, kw_only=True, tag="case.responsibility_moved.v1"):
    """In one step, so that at every moment exactly one agency answers for her.

    Without ``decided_by`` she came back, and the agency that had answered for her is no more; or
    the one that had opened her case, if none had accepted it: then one still has to accept it.
    """

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    from_agency: Annotated[AgencyId, SVC]
    to_agency: Annotated[AgencyId, SVC]
    from_remains: Annotated[bool, SVC]
    decided_by: Annotated[ReferralId | None, ENV] = None


RoleEvent: TypeAlias = RoleAssigned | RoleEnded | ParticipationEnded | ResponsibilityMoved


class AssignRole(Command, frozen=True, kw_only=True, tag="case.assign_role"):
    """``person_id`` names the child it is for; without it, it is for the woman.

    ``decided_by``: the meeting that has given it this role, which is looked up there.
    """

    function: SupportFunction
    agency_id: AgencyId
    person_id: PersonId | None = None
    decided_by: MeetingId | None = None


class EndRole(Command, frozen=True, kw_only=True, tag="case.end_role"):
    narrows: ClassVar[bool] = True

    function: SupportFunction
    agency_id: AgencyId
    person_id: PersonId | None = None


class EndParticipation(Command, frozen=True, kw_only=True, tag="case.end_participation"):
    """Whatever it took part for. The agency that answers for her hands her on instead."""

    narrows: ClassVar[bool] = True

    agency_id: AgencyId


RoleCommand: TypeAlias = AssignRole | EndRole | EndParticipation


class ItAnswersForHer(Refused):
    """This agency answers for her, so it cannot leave: it hands her on first."""

    ja: ClassVar[str] = (
        "この機関は主担当機関（決まる前は受け付けた機関）のため、関わりを終えることができません。"
        "先に引き継ぎを行ってください。"
    )


class DecidedThere(Refused):
    """What a meeting decides comes into the case by itself: leave out which meeting it was."""

    ja: ClassVar[str] = (
        "会議で決まった役割分担は、自動でケースに反映されます。会議の指定を外してください。"
    )


def decide(
    case: KnownCase, beside: Beside, command: RoleCommand, by: Context
) -> tuple[RoleEvent | ServiceStatusChanged, ...]:
    match command:
        case AssignRole():
            return _assigned(case, beside, command, by)
        case EndRole():
            return _ended(case, command, by)
        case EndParticipation():
            return _left(case, command, by)
    assert_never(command)


def evolve(case: KnownCase, event: RoleEvent) -> KnownCase:
    change = msgspec.structs.replace
    match event:
        case RoleAssigned(function=function, agency_id=agency, person_id=None):
            return change(case, reasons=case.reasons | {(agency, function)})
        case RoleAssigned(function=function, agency_id=agency, person_id=child):
            return change(case, for_children=case.for_children | {(agency, function, child)})
        case RoleEnded(function=function, agency_id=agency, person_id=None):
            return change(case, reasons=case.reasons - {(agency, function)})
        case RoleEnded(function=function, agency_id=agency, person_id=child):
            return change(case, for_children=case.for_children - {(agency, function, child)})
        case ParticipationEnded(agency_id=agency):
            return change(case, reasons=case.reasons - {(agency, "OPENED"), (agency, "REFERRER")})
        case ResponsibilityMoved():
            return _moved(case, event)
    assert_never(event)


def check_does_not_answer(case: KnownCase, agency: AgencyId) -> None:
    """From acceptance to closure there is always exactly one agency that answers for her."""
    if agency == answering(case):
        raise ItAnswersForHer


def _assigned(
    case: KnownCase, beside: Beside, command: AssignRole, by: Context
) -> tuple[RoleAssigned, ...]:
    if command.decided_by is None:
        check_answers(case, by.agency)
    elif not by.is_automatic:
        raise DecidedThere
    if command.person_id:
        check_is_companion(case, command.person_id)
    if _has(case, command):
        return ()
    check_may_know(beside, command.agency_id)
    return (
        RoleAssigned(
            function=command.function,
            agency_id=command.agency_id,
            person_id=command.person_id,
            decided_by=command.decided_by,
        ),
    )


def _ended(case: KnownCase, command: EndRole, by: Context) -> tuple[RoleEnded, ...]:
    _check_may_end(case, command.agency_id, by)
    if not _has(case, command):
        return ()
    return (
        RoleEnded(
            function=command.function, agency_id=command.agency_id, person_id=command.person_id
        ),
    )


def _left(
    case: KnownCase, command: EndParticipation, by: Context
) -> tuple[RoleEnded | ServiceStatusChanged | ParticipationEnded, ...]:
    leaving = command.agency_id
    _check_may_end(case, leaving, by)
    check_does_not_answer(case, leaving)
    of_its_own = {reason for agency, reason in case.reasons if agency == leaving}
    roles: list[tuple[SupportFunction, PersonId | None]] = [
        *((function, None) for function in SUPPORT_FUNCTIONS if function in of_its_own),
        *((role, child) for agency, role, child in sorted(case.for_children) if agency == leaving),
    ]
    ended = (
        RoleEnded(function=function, agency_id=leaving, person_id=person)
        for function, person in roles
    )
    services = ended_by(case.services, leaving, by)
    if of_its_own & {"OPENED", "REFERRER"}:
        return (*ended, *services, ParticipationEnded(agency_id=leaving))
    return (*ended, *services)


def _has(case: KnownCase, command: AssignRole | EndRole) -> bool:
    function, agency, child = command.function, command.agency_id, command.person_id
    if child is None:
        return (agency, function) in case.reasons
    return (agency, function, child) in case.for_children


def _check_may_end(case: KnownCase, agency: AgencyId, by: Context) -> None:
    if by.agency not in {answering(case), agency}:
        raise OnlyWhoAnswersForHer


def _moved(case: KnownCase, event: ResponsibilityMoved) -> KnownCase:
    """The agency she was handed on from stays if she likes it to, or for roles of its own.

    Before her case was accepted, it is as if whoever comes to answer for her had opened it.
    """
    before, after = event.from_agency, event.to_agency
    gone: set[tuple[AgencyId, Reason]] = {
        (before, "OPENED"),
        (before, "MAIN_RESPONSIBLE"),
        (before, "REFERRER"),
    }
    accepted = case.main_responsible is not None
    come: set[tuple[AgencyId, Reason]] = {(after, "MAIN_RESPONSIBLE" if accepted else "OPENED")}
    if event.from_remains:
        come.add((before, "REFERRER"))
    return msgspec.structs.replace(
        case,
        reasons=(case.reasons - gone) | come,
        opened_by=case.opened_by if accepted else after,
        stands_in=not accepted,
        main_responsible=after if accepted else None,
        handed_over_by=event.decided_by,
    )
