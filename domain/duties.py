"""Duties (責務): for whom an agency answers, what it coordinates, which grievances it has in hand.

They are told in a stream of the agency's own, in the append in which the case, the network or the
grievance says who it is from now on: so an agency goes only when nothing is left that somebody else
must take on.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never

import msgspec

from domain.agency import DeactivateAgency, SucceedAgency
from domain.calendar import date_in_japan
from domain.case import Case, KnownCase
from domain.case.state import answering
from domain.categories import ENV
from domain.grievance import Grievance, KnownGrievance
from domain.model import AgencyId, CaseId, Context, Decider, Event, GrievanceId, NetworkId
from domain.network import KnownNetwork, Network
from domain.speech import Refused


class DutyTaken(Event, frozen=True, kw_only=True, tag="duties.taken.v1"):
    """To answer for her whose case it is, to coordinate a network, or to see to a grievance."""

    disclosable: ClassVar[bool] = False

    case_id: Annotated[CaseId | None, ENV] = None
    network_id: Annotated[NetworkId | None, ENV] = None
    grievance_id: Annotated[GrievanceId | None, ENV] = None


class DutyLeft(Event, frozen=True, kw_only=True, tag="duties.left.v1"):
    """Another agency has it now, or it is over."""

    disclosable: ClassVar[bool] = False

    case_id: Annotated[CaseId | None, ENV] = None
    network_id: Annotated[NetworkId | None, ENV] = None
    grievance_id: Annotated[GrievanceId | None, ENV] = None


class DutiesEnded(Event, frozen=True, kw_only=True, tag="duties.ended.v1"):
    """None was left when the agency went; whatever it takes on meanwhile meets this here."""

    disclosable: ClassVar[bool] = False

    on: Annotated[date, ENV]


DutyEvent: TypeAlias = DutyTaken | DutyLeft | DutiesEnded
Going: TypeAlias = SucceedAgency | DeactivateAgency


class Duties(msgspec.Struct, frozen=True, kw_only=True):
    """What it has taken on and not left."""

    cases: frozenset[CaseId] = frozenset()
    networks: frozenset[NetworkId] = frozenset()
    grievances: frozenset[GrievanceId] = frozenset()
    ended_on: date | None = None


class StillAnswersForSomebody(Refused):
    """This agency answers for somebody: hand her on to another agency first, or close her case."""

    ja: ClassVar[str] = (
        "この機関が主担当のケースが残っています。先に他の機関へ引き継ぐか、終結してください。"
    )


class StillCoordinates(Refused):
    """This agency coordinates a network: designate another one first."""

    ja: ClassVar[str] = (
        "この機関が調整機関を務めるネットワークがあります。"
        "先に別の機関を調整機関に指定してください。"
    )


class StillHasGrievances(Refused):
    """This agency has a grievance in hand: close it first, or let another agency take it over."""

    ja: ClassVar[str] = (
        "この機関が担当または対応している苦情が残っています。"
        "先に終了するか、別の機関へ移してください。"
    )


def decide(duties: Duties, command: Going, by: Context) -> tuple[DutiesEnded]:
    del command  # Whether another follows it or none: it goes.
    check_answers_for_nobody(duties)
    check_coordinates_nothing(duties)
    check_has_no_grievances(duties)
    return (DutiesEnded(on=date_in_japan(by.at)),)


def evolve(duties: Duties, event: DutyEvent) -> Duties:
    match event:
        case DutyTaken(case_id=case, network_id=network, grievance_id=grievance):
            return msgspec.structs.replace(
                duties,
                cases=duties.cases | ({case} if case else set()),
                networks=duties.networks | ({network} if network else set()),
                grievances=duties.grievances | ({grievance} if grievance else set()),
            )
        case DutyLeft(case_id=case, network_id=network, grievance_id=grievance):
            return msgspec.structs.replace(
                duties,
                cases=duties.cases - {case},
                networks=duties.networks - {network},
                grievances=duties.grievances - {grievance},
            )
        case DutiesEnded(on=day):
            return msgspec.structs.replace(duties, ended_on=day)
    assert_never(event)


DUTIES: Final[Decider[Duties, Going, DutyEvent]] = Decider(Duties(), decide, evolve)


def check_answers_for_nobody(duties: Duties) -> None:
    """Suspended, it may still answer for her; gone, it would leave her to nobody."""
    if duties.cases:
        raise StillAnswersForSomebody


def check_coordinates_nothing(duties: Duties) -> None:
    if duties.networks:
        raise StillCoordinates


def check_has_no_grievances(duties: Duties) -> None:
    """Nor passes it to whoever follows: that may be whom the grievance is about."""
    if duties.grievances:
        raise StillHasGrievances


def who_answers(case: Case) -> AgencyId | None:
    """From acceptance until it is closed, or goes on at another installation.

    By opening a case an agency takes nothing on; by opening one again in another's place it does.
    """
    if not isinstance(case, KnownCase):
        return None
    answers = case.status == "ACTIVE" or (case.status == "CONTACT" and case.stands_in)
    return answering(case) if answers else None


def who_coordinates(network: Network) -> AgencyId | None:
    if isinstance(network, KnownNetwork) and not network.dissolved:
        return network.coordinating
    return None


def who_has(grievance: Grievance) -> frozenset[AgencyId]:
    """Until it is closed: whoever is in charge of it, and whoever handles it."""
    if not isinstance(grievance, KnownGrievance) or grievance.status == "CLOSED":
        return frozenset()
    handling = {grievance.handler} if grievance.handler else set[AgencyId]()
    return frozenset({grievance.in_charge, *handling})
