"""Handing over (引き継ぎ): who answers for her and who helps her from now on, and how it went.

Until the handover is confirmed the sender stays responsible. What an accepted referral gave goes
with it when it is withdrawn; what it gave together with another reason stays for that reason.
"""

from collections.abc import Iterable, Iterator

from domain.calendar import date_in_japan
from domain.case import (
    OnlyWhoAnswersForHer,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
)
from domain.codes import SUPPORT_FUNCTIONS, SupportFunction
from domain.model import AgencyId, Context, PersonId
from domain.referral.beside import Beside, Decided
from domain.referral.commands import (
    AskToCancel,
    ConfirmHandover,
    RecordAppointment,
    ReportOutcome,
    WithdrawReferral,
)
from domain.referral.events import (
    AppointmentRecorded,
    CancellationAsked,
    HandoverConfirmed,
    OutcomeReported,
    ReferralWithdrawn,
)
from domain.referral.kinds import TERMS
from domain.referral.refusals import NotForYouToDo, RoleNotGivenHere
from domain.referral.sending import (
    check_agreed_to,
    check_consented,
    check_its_to_hand_over,
    check_may_know,
)
from domain.referral.states import KnownReferral


def appointment_recorded(command: RecordAppointment) -> AppointmentRecorded:
    return AppointmentRecorded(appointment=command.appointment, on=command.on)


def cancellation_asked(command: AskToCancel) -> CancellationAsked:
    return CancellationAsked(reason=command.reason)


def outcome_reported(command: ReportOutcome) -> OutcomeReported:
    return OutcomeReported(result=command.result, text=command.text)


def confirmed(
    beside: Beside, referral: KnownReferral, command: ConfirmHandover, by: Context
) -> Decided:
    if moves_now(referral):
        check_taken_on(referral, by.agency)
    check_still_agrees(beside, referral, command)
    if moves_now(referral) or command.functions:
        beside.check_takes_part(by.agency)
        beside.check_takes_part(referral.to_agency)
    if not command.functions <= TERMS[referral.kind].roles:
        raise RoleNotGivenHere
    check_may_relieve(beside, referral, command.relieved)
    moved = tuple(_moved(beside, referral, command))
    handed_over = HandoverConfirmed(
        on=date_in_japan(by.at),
        main_responsible_from=referral.from_agency if moved else None,
        main_responsible_to=referral.to_agency if moved else None,
        referrer_remains=stays_linked(beside, referral, command),
        accompanied_by=command.accompanied_by,
        functions=command.functions,
    )
    return Decided(
        (handed_over,),
        (
            *moved,
            *_given(beside, referral, command),
            *_relieved(beside, referral, command),
        ),
    )


def withdrawn(beside: Beside, referral: KnownReferral, command: WithdrawReferral) -> Decided:
    told = ReferralWithdrawn(reason=command.reason)
    return Decided((told,), tuple(_let_go(beside, referral)))


def check_taken_on(referral: KnownReferral, agency: AgencyId) -> None:
    """To answer for her is taken on, and never put upon anybody."""
    if agency != referral.to_agency:
        raise NotForYouToDo


def check_still_agrees(beside: Beside, referral: KnownReferral, command: ConfirmHandover) -> None:
    """She may have changed her mind since it was accepted: of whom she goes to, or of moving."""
    check_may_know(beside, referral.to_agency)
    check_agreed_to(beside, stood_in=beside.stood_in)
    if command.referrer_remains:
        check_may_know(beside, referral.from_agency)
    if moves_now(referral):
        check_consented(beside, TERMS[referral.kind].to_accept)


def check_may_relieve(
    beside: Beside, referral: KnownReferral, relieved: Iterable[AgencyId]
) -> None:
    """Whoever sends her on gives away what is its own; who answers for her, anybody's."""
    others = {*relieved} - {referral.from_agency}
    if others and beside.main_responsible != referral.from_agency:
        raise OnlyWhoAnswersForHer


def stays_linked(beside: Beside, referral: KnownReferral, command: ConfirmHandover) -> bool:
    """The agency that sent her goes on taking part only if she agrees to it.

    Where it could not speak for itself it does, whatever the receiver says, unless she shut it out.
    """
    kept = beside.stood_in and referral.from_agency not in beside.excluded
    return command.referrer_remains or kept


def moves_now(referral: KnownReferral) -> bool:
    """Only with this, and only if it was said before, does another agency answer for her."""
    return referral.hands_over


def _moved(
    beside: Beside, referral: KnownReferral, command: ConfirmHandover
) -> Iterator[ResponsibilityMoved]:
    if moves_now(referral):
        check_its_to_hand_over(beside, referral)
        yield ResponsibilityMoved(
            from_agency=referral.from_agency,
            to_agency=referral.to_agency,
            from_remains=stays_linked(beside, referral, command),
            decided_by=referral.referral_id,
        )


def _given(
    beside: Beside, referral: KnownReferral, command: ConfirmHandover
) -> Iterator[RoleAssigned]:
    """What the receiver does from now on, and what the sender goes on doing."""
    given: list[tuple[AgencyId, SupportFunction]] = [
        (referral.to_agency, function)
        for function in SUPPORT_FUNCTIONS
        if function in command.functions
    ]
    if stays_linked(beside, referral, command) and referral.remaining_referrer_role:
        given.append((referral.from_agency, referral.remaining_referrer_role))
    for agency, function in given:
        if not beside.has_role(agency, function):
            yield RoleAssigned(function=function, agency_id=agency, decided_by=referral.referral_id)


def _relieved(
    beside: Beside, referral: KnownReferral, command: ConfirmHandover
) -> Iterator[RoleEnded]:
    """Who helped her with the same until now, and no longer does."""
    for agency in sorted(command.relieved - {referral.to_agency}):
        for function in SUPPORT_FUNCTIONS:
            if function in command.functions and beside.has_role(agency, function):
                yield RoleEnded(function=function, agency_id=agency)


def _let_go(beside: Beside, referral: KnownReferral) -> Iterator[RoleAssigned | RoleEnded]:
    """A role that stands on another reason too is told anew on that one: so the case is written

    to either way, and of two referrals that are withdrawn at one time the second sees the first.
    """
    mine = [role for role in beside.roles if role.decided_by == referral.referral_id]
    for role in dict.fromkeys(map(_named, mine)):
        others = [
            other
            for other in beside.roles
            if _named(other) == role and other.decided_by != referral.referral_id
        ]
        if others:
            yield others[-1]
        else:
            function, agency, person = role
            yield RoleEnded(function=function, agency_id=agency, person_id=person)


def _named(role: RoleAssigned) -> tuple[SupportFunction, AgencyId, PersonId | None]:
    return role.function, role.agency_id, role.person_id
