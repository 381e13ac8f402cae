"""Its course (経過): a case is accepted, transferred (移管), closed (終結), opened again, erased.

What it takes to close: nobody is left in a stay, no referral waits for an answer, nobody stays in
touch with her any more, and what she says to it is written down.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias, assert_never

import msgspec
from msgspec import Meta

from domain.calendar import date_in_japan
from domain.case.aftercare import HerViewIsMissing
from domain.case.facts import Facts
from domain.case.roles import ResponsibilityMoved
from domain.case.state import CaseNumber, KnownCase, answering, check_answers
from domain.case_codes import ClosureReason, ErasureBasis, ReopeningReason, Status
from domain.categories import CNS, ENV, LOC, PLN, SVC, Category
from domain.model import (
    AgencyId,
    Command,
    Context,
    ErasureRequestId,
    Event,
    NetworkId,
    PersonId,
    ReferralId,
    Sealed,
    Stamp,
)
from domain.network.state import NetworkNotFound, NotInTheNetwork
from domain.speech import Refused
from domain.support_codes import WithoutAftercare
from domain.text import Line
from domain.timers import retained_until, review_case_by

Persons: TypeAlias = Annotated[frozenset[PersonId], Meta(min_length=1, max_length=50)]


class CaseAccepted(Event, frozen=True, kw_only=True, tag="case.accepted.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})

    accepted_on: Annotated[date, SVC]
    ledger_network_id: Annotated[NetworkId, ENV]
    case_number: Annotated[CaseNumber, SVC]
    main_responsible: Annotated[AgencyId, SVC]
    review_by: Annotated[date | None, SVC] = None


class CaseTransferred(Event, frozen=True, kw_only=True, tag="case.transferred.v1"):
    """Where it went tells where she is; without a network, it is to another installation.

    The network it leaves, and whoever coordinates that, no longer see what was theirs to see of it.
    By how soon it is reviewed there, nobody is to tell to which it went.
    """

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case", "work"})

    on: Annotated[date, SVC]
    to_network: Annotated[NetworkId | None, LOC] = None
    to_agency: Annotated[AgencyId, LOC]
    case_number: Annotated[CaseNumber | None, SVC] = None
    referral_id: Annotated[ReferralId, ENV]
    review_by: Annotated[date | None, CNS] = None
    retained_until: Annotated[date | None, CNS] = None


class CaseClosed(Event, frozen=True, kw_only=True, tag="case.closed.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    on: Annotated[date, SVC]
    reason: Annotated[ClosureReason, SVC]
    outcome: Annotated[Sealed[Line | None], PLN]
    subject_wish: Annotated[Sealed[Line | None], PLN]
    without_aftercare: Annotated[WithoutAftercare | None, SVC] = None
    retained_until: Annotated[date | None, SVC] = None


class CaseReopened(Event, frozen=True, kw_only=True, tag="case.reopened.v1"):
    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})

    on: Annotated[date, SVC]
    reason: Annotated[ReopeningReason, SVC]
    review_by: Annotated[date | None, SVC] = None
    subject_wish: Annotated[Sealed[Line], PLN]


class DataRestricted(Event, frozen=True, kw_only=True, tag="case.data_restricted.v1"):
    """``scope`` names whose data it is."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    request_id: Annotated[ErasureRequestId, CNS]
    decided_by: Annotated[AgencyId, CNS]
    basis: Annotated[ErasureBasis, CNS]
    scope: Annotated[Persons, CNS]


class RestrictionLifted(Event, frozen=True, kw_only=True, tag="case.restriction_lifted.v1"):
    primary: ClassVar[Category] = CNS
    request_id: Annotated[ErasureRequestId, CNS]
    decided_by: Annotated[AgencyId, CNS]
    basis: Annotated[ErasureBasis, CNS]
    scope: Annotated[Persons, CNS]


class CaseErased(Event, frozen=True, kw_only=True, tag="case.erased.v1"):
    """The keys of those in ``scope`` are destroyed; the skeleton and the trail remain."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"case"})

    request_id: Annotated[ErasureRequestId, CNS]
    decided_by: Annotated[AgencyId, CNS]
    basis: Annotated[ErasureBasis, CNS]
    scope: Annotated[Persons, CNS]


ErasureEvent: TypeAlias = DataRestricted | RestrictionLifted | CaseErased
CourseEvent: TypeAlias = CaseAccepted | CaseTransferred | CaseClosed | CaseReopened | ErasureEvent


class AcceptCase(Command, frozen=True, kw_only=True, tag="case.accept"):
    """Whoever accepts answers for her; another agency comes to it by a handover.

    Where the one that opened her case is no more, whoever follows it accepts it as well.
    """

    network_id: NetworkId


class TransferCase(Command, frozen=True, kw_only=True, tag="case.transfer"):
    """After a handover of all of it, by the agency that answers for her now; or with it at once.

    Without ``network_id`` it is carried on by a network of another installation.
    """

    narrows_besides: ClassVar[bool] = True

    network_id: NetworkId | None = None


class CloseCase(Command, frozen=True, kw_only=True, tag="case.close"):
    """``subject_wish``: what she says to it, in a line.

    ``without_aftercare``: why nobody stayed in touch with her, where a stay ended for another one.
    """

    narrows_besides: ClassVar[bool] = True

    reason: ClosureReason
    outcome: Line | None = None
    subject_wish: Line | None = None
    without_aftercare: WithoutAftercare | None = None


class ReopenCase(Command, frozen=True, kw_only=True, tag="case.reopen"):
    """By whoever answered for her; where that is no more, by whoever follows it or took part."""

    reason: ReopeningReason
    subject_wish: Line


CourseCommand: TypeAlias = AcceptCase | TransferCase | CloseCase | ReopenCase


class CaseAlreadyAccepted(Refused):
    """This case is already accepted."""

    ja: ClassVar[str] = "このケースはすでに支援が開始されています。"


class HandoverNotConfirmed(Refused):
    """A case is transferred after she was handed on: confirm the handover first."""

    ja: ClassVar[str] = "移管には、先に引き継ぎの確認が必要です。引き継ぎを確認してください。"


class StayNotEnded(Refused):
    """She is still in a stay, or one is decided: end it or cancel it before the case ends here."""

    ja: ClassVar[str] = (
        "保護・入所が続いているか、決定されたままです。終了または取り消してから、終結・移管してください。"
    )


class ReferralStillOpen(Refused):
    """A referral is still open: withdraw it, or wait for its outcome, before the case ends here."""

    ja: ClassVar[str] = (
        "結果の出ていないつなぎの依頼があります。取り下げるか、結果を待ってから、終結・移管してください。"
    )


class AftercareNotEnded(Refused):
    """Aftercare still runs: end it before the case ends here."""

    ja: ClassVar[str] = "アフターケアが続いています。終了してから、終結・移管してください。"


class AftercareNotOffered(Refused):
    """She left a stay, and nobody has stayed in touch: start aftercare, or say she declines it."""

    ja: ClassVar[str] = (
        "退所の後、アフターケアが行われていません。"
        "アフターケアを開始するか、本人が希望しないことを記録してください。"
    )


class CaseNotClosed(Refused):
    """This case is not closed, so there is nothing to reopen."""

    ja: ClassVar[str] = "このケースは終結していないため、再開の操作は必要ありません。"


class CaseStillOpen(Refused):
    """Data of a case is restricted or erased only once it is closed or transferred."""

    ja: ClassVar[str] = "支援が続いているケースの情報は、利用停止や消去ができません。"


def decide(
    case: KnownCase, facts: Facts, command: CourseCommand, by: Context
) -> tuple[CourseEvent | ResponsibilityMoved, ...]:
    match command:
        case AcceptCase():
            return (_accepted(case, facts, command, by),)
        case TransferCase():
            return _transferred(case, facts, command, by)
        case CloseCase():
            return (_closed(case, facts, command, by),)
        case ReopenCase():
            return _reopened(case, facts, command, by)
    assert_never(command)


def evolve(case: KnownCase, event: CourseEvent) -> KnownCase:
    """Which status and stage follow is said by the two machines."""
    change = msgspec.structs.replace
    match event:
        case CaseAccepted(main_responsible=agency, ledger_network_id=network):
            reasons = case.reasons | {(agency, "MAIN_RESPONSIBLE")}
            return change(
                case,
                reasons=reasons,
                main_responsible=agency,
                network=network,
                entered_on=event.accepted_on,
            )
        case CaseTransferred(to_network=network, on=day):
            return change(
                case,
                network=network,
                handed_over_by=None,
                entered_on=day,
                closed_on=None if network else day,
                retained_until=event.retained_until,
            )
        case CaseClosed(on=day, retained_until=until):
            return change(case, closed_on=day, retained_until=until)
        case CaseReopened(on=day):
            return change(case, entered_on=day, closed_on=None, retained_until=None)
        case DataRestricted(scope=persons) if case.subject_id in persons:
            return change(case, before_restriction=case.status)
        case _:
            return case


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about a request, elsewhere and by others.

    ``scope``: for whom it makes a difference. What is so of all of them already is not told again.
    """

    request_id: ErasureRequestId
    decided_by: AgencyId
    basis: ErasureBasis
    scope: frozenset[PersonId]


def restricted(case: KnownCase, decided: Erasure) -> tuple[DataRestricted, ...]:
    check_no_longer_open(case)
    if not decided.scope:
        return ()
    return (
        DataRestricted(
            request_id=decided.request_id,
            decided_by=decided.decided_by,
            basis=decided.basis,
            scope=decided.scope,
        ),
    )


def lifted(decided: Erasure) -> tuple[RestrictionLifted, ...]:
    if not decided.scope:
        return ()
    return (
        RestrictionLifted(
            request_id=decided.request_id,
            decided_by=decided.decided_by,
            basis=decided.basis,
            scope=decided.scope,
        ),
    )


def erased(case: KnownCase, decided: Erasure) -> tuple[CaseErased, ...]:
    check_no_longer_open(case)
    if not decided.scope:
        return ()
    return (
        CaseErased(
            request_id=decided.request_id,
            decided_by=decided.decided_by,
            basis=decided.basis,
            scope=decided.scope,
        ),
    )


def check_no_longer_open(case: KnownCase) -> None:
    """Support goes on with what is known of her."""
    if case.status in {"CONTACT", "ACTIVE"}:
        raise CaseStillOpen


def check_not_accepted(case: KnownCase) -> None:
    """It is accepted once: whoever answers for her then is the only one who does."""
    if case.main_responsible is not None:
        raise CaseAlreadyAccepted


def check_is_member(facts: Facts, network: NetworkId, agency: AgencyId) -> None:
    """A case is taken into a network by one of its members."""
    if network not in facts.networks:
        raise NetworkNotFound
    if agency not in facts.networks[network]:
        raise NotInTheNetwork


def check_handed_over(case: KnownCase, facts: Facts) -> None:
    """By what was to hand over all of it, and not by a request for protection some time ago."""
    if case.handed_over_by not in facts.whole_handovers:
        raise HandoverNotConfirmed


def check_no_stay_is_left(case: KnownCase) -> None:
    if case.stays.decided or case.stays.active:
        raise StayNotEnded


def check_no_referral_is_open(facts: Facts) -> None:
    if facts.referral_open:
        raise ReferralStillOpen


def check_aftercare_is_over(case: KnownCase) -> None:
    if case.aftercare.runs:
        raise AftercareNotEnded


def check_nothing_is_left(case: KnownCase, facts: Facts) -> None:
    """INV-K7: nothing could be ended any more, here where it was begun."""
    check_no_stay_is_left(case)
    check_no_referral_is_open(facts)
    check_aftercare_is_over(case)


def check_aftercare_was_offered(case: KnownCase, command: CloseCase) -> None:
    """INV-K7: she was to go on to another stay and did not, and nobody has asked her since."""
    said = command.without_aftercare or command.reason in CANNOT_BE_ASKED
    if case.stays.owes_aftercare and not said:
        raise AftercareNotOffered


def check_her_view(case: KnownCase, command: CloseCase) -> None:
    """Of a single call nothing more may be known; and some can no longer be asked."""
    missing = command.subject_wish is None
    if missing and case.status == "ACTIVE" and command.reason not in CANNOT_BE_ASKED:
        raise HerViewIsMissing


def _accepted(case: KnownCase, facts: Facts, command: AcceptCase, by: Context) -> CaseAccepted:
    check_not_accepted(case)
    check_is_member(facts, command.network_id, by.agency)
    assert facts.number, "it was taken for this case"
    return CaseAccepted(
        accepted_on=date_in_japan(by.at),
        ledger_network_id=command.network_id,
        case_number=facts.number,
        main_responsible=by.agency,
        review_by=review_case_by(by.timers, date_in_japan(by.at)),
    )


def _transferred(
    case: KnownCase, facts: Facts, command: TransferCase, by: Context
) -> tuple[CaseTransferred, ...]:
    check_answers(case, by.agency)
    if command.network_id is not None and command.network_id == case.network:
        return ()
    check_handed_over(case, facts)
    if command.network_id is not None:
        check_is_member(facts, command.network_id, by.agency)
    else:
        check_nothing_is_left(case, facts)
    assert case.handed_over_by
    today = date_in_japan(by.at)
    return (
        CaseTransferred(
            on=today,
            to_network=command.network_id,
            to_agency=by.agency,
            case_number=facts.number,
            referral_id=case.handed_over_by,
            review_by=review_case_by(by.timers, today) if command.network_id else None,
            retained_until=None if command.network_id else retained_until(by.timers, today),
        ),
    )


def _closed(case: KnownCase, facts: Facts, command: CloseCase, by: Context) -> CaseClosed:
    check_answers(case, by.agency)
    check_nothing_is_left(case, facts)
    check_aftercare_was_offered(case, command)
    check_her_view(case, command)
    return CaseClosed(
        on=date_in_japan(by.at),
        reason=command.reason,
        outcome=command.outcome,
        subject_wish=command.subject_wish,
        without_aftercare=command.without_aftercare,
        retained_until=retained_until(by.timers, date_in_japan(by.at)),
    )


def _reopened(
    case: KnownCase, facts: Facts, command: ReopenCase, by: Context
) -> tuple[CaseReopened | ResponsibilityMoved, ...]:
    """Whoever answered for her answers for her again, or whoever takes its place."""
    takes_its_place = may_take_its_place(case, facts, by.agency)
    if not takes_its_place:
        check_answers(case, by.agency)
    today = date_in_japan(by.at)
    reopened = CaseReopened(
        on=today,
        reason=command.reason,
        review_by=review_case_by(by.timers, today),
        subject_wish=command.subject_wish,
    )
    if not takes_its_place:
        return (reopened,)
    moved = ResponsibilityMoved(
        from_agency=answering(case), to_agency=by.agency, from_remains=False
    )
    return (reopened, moved)


def may_take_its_place(case: KnownCase, facts: Facts, agency: AgencyId) -> bool:
    """Whoever answered for her is no more, and she has nothing against this one."""
    before = facts.agencies.get(answering(case))
    gone = before is not None and before.is_gone
    return agency not in facts.excluded and (gone or follows(case, facts, agency))


def follows(case: KnownCase, facts: Facts, agency: AgencyId) -> bool:
    """It took over from the agency that answers for her, or did when her case was closed."""
    itself = facts.agencies.get(agency)
    return (
        itself is not None
        and answering(case) in itself.predecessors
        and agency not in facts.excluded
    )


# How a case is to stand for whoever follows to go on with it: nobody has it in hand.
FOLLOWED: Final[frozenset[Status]] = frozenset({"CONTACT", "CLOSED"})
CANNOT_BE_ASKED: Final[frozenset[ClosureReason]] = frozenset({"MOVED_UNREACHABLE", "DECEASED"})
