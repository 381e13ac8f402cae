"""Commands about a referral: a handover is one decision over the referral and its case."""

from collections.abc import Iterator
from functools import reduce
from typing import Final

import msgspec

from domain import referral
from domain.agency import with_those_before
from domain.case import (
    CASE,
    Case,
    CaseEvent,
    Facts,
    NoCase,
    RoleAssigned,
    RoleEnded,
    TransferCase,
    case_among,
)
from domain.case.carrying import number_now
from domain.codes import ConsentKind
from domain.consent_ledger import Concluded, agreed, excluded, in_force
from domain.items import Item
from domain.model import (
    AgencyId,
    CaseId,
    Context,
    PersonId,
    ReferralId,
    stream_of,
)
from domain.referral import (
    ENDED,
    AcceptReferral,
    AskToTakeOver,
    Beside,
    ChangePackage,
    ConfirmHandover,
    Decided,
    DeclineReferral,
    DraftReferral,
    KnownReferral,
    NoReferral,
    RedirectReferral,
    Referral,
    ReferralCommand,
    ReferralDrafted,
    ReferralSent,
    SendInquiry,
    SendReferral,
    SupplyInformation,
    WithdrawReferral,
)
from domain.visibility import Agencies, covered
from services.deciding import entering
from services.deciding.knowing import known_of, referrals_in, roles_known
from services.deciding.offering import offered
from services.deciding.scope import NO_AGENCY, Decision, Past, Scope


def scope_of(command: ReferralCommand, case: CaseId, by: Context) -> Scope:
    """Everything is looked through: other referrals, and the reasons for which others take part."""
    beside = (stream_of("case", case), stream_of("consent", case))
    scope = Scope(case, stream_of("referral", _asked(command, by)), beside, whole=True)
    match command:
        case DraftReferral(to_agency=named) | DeclineReferral(alternative_agency=named):
            scope = scope._replace(agencies=_given(named))
        case RedirectReferral(new_to=named):
            draft = stream_of("referral", by.new_id)
            scope = scope._replace(beside=(*beside, draft), agencies=_given(named))
        case ConfirmHandover(network_id=network) if network:
            scope = entering.into(scope, network, by)
        case _:
            pass
    if isinstance(command, ConfirmHandover):
        scope = scope._replace(known=scope.known | command.relieved)
    # Of two handovers that begin at one time the second sees the first, and both that it is over.
    begins = isinstance(command, BEGINNING)
    transfers = isinstance(command, ConfirmHandover) and command.network_id is not None
    return scope._replace(reads_work=begins or transfers)


def widened(scope: Scope, command: ReferralCommand, past: Past, by: Context) -> Scope:
    """For its two sides alone: whoever it is hidden from learns nothing of whom it names."""
    known = past.fold(NO_REFERRAL, referral.evolve, scope.asked)
    if not isinstance(known, KnownReferral):
        return scope
    is_heard = by.is_automatic or known.side_of(by.agency) is not None
    if not is_heard and not _asked_for(scope, known, past, by):
        return scope
    if isinstance(command, SENDING) and by.agency == known.from_agency:
        return scope._replace(agencies=scope.agencies | {known.to_agency})
    return scope._replace(known=scope.known | {known.from_agency, known.to_agency})


def decide(scope: Scope, command: ReferralCommand, past: Past, by: Context) -> Decision:
    assert scope.case is not None
    case = past.case(scope.case)
    known = past.fold(NO_REFERRAL, referral.evolve, scope.asked)
    beside = _beside(scope, command, past, known, by)
    decided = referral.decide(beside, known, _as_heard(command, past, beside.agencies, by), by)
    woman = PersonId(by.new_id) if isinstance(case, NoCase) else case.subject_id
    of_the_case, number = _with_its_network(scope, command, past, decided, by)
    writes = [
        past.write(scope.asked, decided.referral),
        past.write(stream_of("case", scope.case), of_the_case),
        *entering.written(number, past),
    ]
    if decided.draft:
        draft = stream_of("referral", decided.draft.referral_id)
        writes.append(past.write(draft, (decided.draft,)))
    return Decision(tuple(writes), woman)


def _as_heard(
    command: ReferralCommand, past: Past, agencies: Agencies, by: Context
) -> ReferralCommand:
    """Nobody finds her shelter by relieving one of them after the other."""
    if not isinstance(command, ConfirmHandover) or not command.relieved:
        return command
    given = frozenset(each for each in command.relieved if roles_known(past, each, by))
    known = given | known_of(past, command.relieved - given, agencies, by)
    return msgspec.structs.replace(command, relieved=known)


def _with_its_network(
    scope: Scope, command: ReferralCommand, past: Past, decided: Decided, by: Context
) -> tuple[tuple[CaseEvent, ...], entering.Taken | None]:
    """The case is transferred in the step in which she is handed over, where that is said."""
    if not isinstance(command, ConfirmHandover) or command.network_id is None:
        return decided.case, None
    assert scope.case is not None
    transfer = TransferCase(network_id=command.network_id)
    handed_over = reduce(CASE.evolve, decided.case, past.case(scope.case))
    taken = entering.taken_for(scope.case, handed_over, transfer, past, by)
    there = number_now(handed_over, command.network_id, by)
    facts = Facts(
        number=taken.event.number if taken else there,
        networks=entering.members(scope, past),
        whole_handovers=entering.whole_handovers(referrals_in(past)),
    )
    transferred = case_among(facts).decide(handed_over, transfer, by)
    return (*decided.case, *transferred), taken if transferred else None


def _beside(
    scope: Scope, command: ReferralCommand, past: Past, known: Referral, by: Context
) -> Beside:
    assert scope.case is not None
    ledger = past.ledger(scope.case)
    agencies = past.agencies(by.agency, *scope.agencies, *scope.known)
    case = past.case(scope.case)
    concluded = _concluded(case, known, agencies)
    others = [each for each in referrals_in(past).values() if isinstance(each, KnownReferral)]
    over = {each.referral_id for each in others if each.status in ENDED}
    kinds: dict[ConsentKind, None] = dict.fromkeys(
        each.kind for each in in_force(ledger, by.at).values()
    )
    return Beside(
        case_id=scope.case,
        case=case,
        agencies=agencies,
        agreed={k: given for k in kinds if (given := agreed(ledger, k, by.at, concluded))},
        excluded=excluded(ledger, agencies),
        offered=offered(past, _items(command, known), _receiver(command, known), agencies, by),
        asked_for=_asked_for(scope, known, past, by),
        stood_in=_stood_in(scope, known, past),
        agreed_to=_agreed_to(known, past, agencies, by),
        handovers=frozenset(each.referral_id for each in others if each.is_handing_over),
        brought_in_by=frozenset(
            each.referral_id for each in others if each.side_of(by.agency) == "RECEIVER"
        ),
        roles=tuple(role for role in _roles(past) if role.decided_by not in over),
    )


def _concluded(case: Case, known: Referral, agencies: Agencies) -> Concluded | None:
    """What she agrees to by it is with the receiver, whom the sender may have chosen for her."""
    if isinstance(case, NoCase) or not isinstance(known, KnownReferral):
        return None
    arranged_by = frozenset({known.from_agency, case.main_responsible})
    before = with_those_before([known.to_agency], agencies)
    return Concluded(known.to_agency, arranged_by, before)


def _asked_for(scope: Scope, known: Referral, past: Past, by: Context) -> bool:
    """Whoever is to receive it has drafted it, for the agency that answers for her to send."""
    if not isinstance(known, KnownReferral) or known.to_agency != by.agency:
        return False
    return any(
        told.stream == scope.asked and told.agency == by.agency
        for told, _ in past.in_name_of_case(ReferralDrafted)
    )


def _stood_in(scope: Scope, known: Referral, past: Past) -> bool:
    """It was sent by whoever is to receive it, and not by the agency that answers for her."""
    return isinstance(known, KnownReferral) and any(
        told.stream == scope.asked and told.agency == known.to_agency
        for told, _ in past.in_name_of_case(ReferralSent)
    )


def _agreed_to(known: Referral, past: Past, agencies: Agencies, by: Context) -> bool:
    """Whatever it is of hers that she lets it know, by what she has not taken back."""
    if not isinstance(known, KnownReferral):
        return False
    receiver = known.to_agency
    return bool(covered(past.sharing, receiver, by.at, agencies.get(receiver, NO_AGENCY)))


def _roles(past: Past) -> Iterator[RoleAssigned]:
    """As often as each was given since it last ended."""
    given: list[RoleAssigned] = []
    for told, _ in past.record:
        match told.event:
            case RoleAssigned() as role:
                given.append(role)
            case RoleEnded(function=function, agency_id=agency, person_id=person):
                ended = (function, agency, person)
                given = [r for r in given if (r.function, r.agency_id, r.person_id) != ended]
            case _:
                pass
    return iter(given)


def _items(command: ReferralCommand, known: Referral) -> tuple[Item, ...]:
    """What is put in, or is in it and must still be agreed to."""
    match command:
        case DraftReferral(items=items) | ChangePackage(items=items):
            return items
        case SupplyInformation(items=items):
            return items
        case SendReferral() | AcceptReferral() | WithdrawReferral() if isinstance(
            known, KnownReferral
        ):
            return tuple(
                Item(source=each.source, field=each.path.rpartition("/")[2])
                for each in known.package
            )
        case _:
            return ()


def _receiver(command: ReferralCommand, known: Referral) -> frozenset[AgencyId]:
    """For whom she must have agreed; a draft is for nobody yet."""
    if isinstance(known, KnownReferral) and not isinstance(command, ChangePackage):
        return frozenset({known.to_agency})
    return frozenset()


def _asked(command: ReferralCommand, by: Context) -> ReferralId:
    if isinstance(command, DraftReferral | AskToTakeOver):
        return ReferralId(by.new_id)
    return command.referral_id


def _given(agency: AgencyId | None) -> frozenset[AgencyId]:
    return frozenset({agency} if agency else ())


BEGINNING: Final = (DraftReferral, SendInquiry, SendReferral, AcceptReferral)
SENDING: Final = (SendInquiry, SendReferral, SupplyInformation)
NO_REFERRAL: Final[Referral] = NoReferral()
