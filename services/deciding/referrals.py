"""Commands about a referral: a handover is one decision over the referral and its case."""

from typing import Final

from domain import referral
from domain.case import NoCase
from domain.model import CaseId, Context, PersonId, stream_of
from domain.referral import DraftReferral, NoReferral, Referral, ReferralCommand
from services.deciding.scope import Decision, Past, Scope


def scope_of(command: ReferralCommand, case: CaseId, by: Context) -> Scope:
    stream = stream_of("case", case)
    if isinstance(command, DraftReferral):
        given = frozenset({command.to_agency})
        return Scope(case, stream_of("referral", by.new_id), (stream,), given)
    return Scope(case, stream_of("referral", command.referral_id), (stream,))


def decide(scope: Scope, command: ReferralCommand, past: Past, by: Context) -> Decision:
    assert scope.case is not None
    case = past.case(scope.case)
    known = past.fold(NO_REFERRAL, referral.evolve, scope.asked)
    decided = referral.decide(scope.case, case, known, command, by)
    woman = PersonId(by.new_id) if isinstance(case, NoCase) else case.subject_id
    return Decision(
        (
            past.write(scope.asked, decided.referral),
            past.write(stream_of("case", scope.case), decided.case),
        ),
        woman,
    )


NO_REFERRAL: Final[Referral] = NoReferral()
