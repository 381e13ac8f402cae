"""Duties (責務): for whom an agency answers, and which networks it coordinates.

They are told in a stream of the agency's own, in the append in which the case or the network says
who it is from now on: so an agency goes only when nothing is left that somebody else must take on.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never

import msgspec

from domain.agency import DeactivateAgency, SucceedAgency
from domain.calendar import date_in_japan
from domain.case import Case, KnownCase
from domain.case.state import answering
from domain.categories import ENV
from domain.model import AgencyId, CaseId, Context, Decider, Event, NetworkId
from domain.network import KnownNetwork, Network
from domain.speech import Refused


class DutyTaken(Event, frozen=True, kw_only=True, tag="duties.taken.v1"):
    """To answer for her whose case it is, or to coordinate a network: one of the two is named."""

    disclosable: ClassVar[bool] = False

    case_id: Annotated[CaseId | None, ENV] = None
    network_id: Annotated[NetworkId | None, ENV] = None


class DutyLeft(Event, frozen=True, kw_only=True, tag="duties.left.v1"):
    """Another agency has it now, or it is over."""

    disclosable: ClassVar[bool] = False

    case_id: Annotated[CaseId | None, ENV] = None
    network_id: Annotated[NetworkId | None, ENV] = None


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


def decide(duties: Duties, command: Going, by: Context) -> tuple[DutiesEnded]:
    del command  # Whether another follows it or none: it goes.
    check_answers_for_nobody(duties)
    check_coordinates_nothing(duties)
    return (DutiesEnded(on=date_in_japan(by.at)),)


def evolve(duties: Duties, event: DutyEvent) -> Duties:
    match event:
        case DutyTaken(case_id=case, network_id=network):
            return msgspec.structs.replace(
                duties,
                cases=duties.cases | ({case} if case else set()),
                networks=duties.networks | ({network} if network else set()),
            )
        case DutyLeft(case_id=case, network_id=network):
            return msgspec.structs.replace(
                duties, cases=duties.cases - {case}, networks=duties.networks - {network}
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
