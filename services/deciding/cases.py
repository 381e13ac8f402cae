"""Commands about a case: from its opening to its end."""

from collections.abc import Collection, Iterable
from typing import Final

from domain.agency import with_those_before
from domain.case import (
    BY_ITSELF,
    AcceptCase,
    AssignRole,
    Case,
    CaseCommand,
    CaseNumber,
    CloseCase,
    CorrectRecord,
    EndParticipation,
    EndRole,
    Facts,
    KnownCase,
    LinkCases,
    NoCase,
    Recorded,
    TransferCase,
    answering,
    case_among,
    participants,
    takes_part,
)
from domain.case.aftercare import RescheduleAftercare, StartAftercare
from domain.case.carrying import enters, number_now
from domain.case.naming import agencies_of, concluded_with, goes_on_with
from domain.case.plans import DraftSupportPlan, ReviseSupportPlan
from domain.case.safety import IssueSafetyInstruction
from domain.case.services import (
    ChangeServiceStatus,
    LinkService,
    OpenProcedureBundle,
    ProcedureBundleOpened,
)
from domain.case.stay_events import CancelStay, EndStay
from domain.codes import ConsentKind
from domain.consent_ledger import (
    Concluded,
    Granted,
    agreed,
    excluded,
    in_force,
    names,
    planned_stays,
)
from domain.model import (
    AgencyId,
    CaseId,
    Context,
    GrantId,
    PersonId,
    stream_of,
)
from domain.referral import KnownReferral
from domain.visibility import Agencies, covering
from services.deciding import entering, hidden
from services.deciding.allocated import was_given_out
from services.deciding.heard import as_heard
from services.deciding.knowing import between, known_of, referrals_in
from services.deciding.scope import NO_AGENCY, Decision, Past, Scope


def scope_of(  # noqa: PLR0911 (one arm a command)
    command: CaseCommand, case: CaseId, by: Context
) -> Scope:
    scope = Scope(case, stream_of("case", case), reads_work=isinstance(command, ENDING))
    if type(command) in BY_ITSELF:
        return scope
    match command:
        case AcceptCase(network_id=network):
            return entering.into(scope, network, by)
        case TransferCase(network_id=network) if network:
            return entering.into(scope._replace(whole=True), network, by)
        case AssignRole(agency_id=given, decided_by=meeting):
            there = (stream_of("meeting", meeting),) if meeting else ()
            return scope._replace(beside=there, agencies=frozenset({given}), whole=True)
        case EndRole(agency_id=ended) | EndParticipation(agency_id=ended):
            return scope._replace(known=frozenset({ended}), whole=True)
        case LinkCases(other_case_id=other):
            beside = (stream_of("case", other), stream_of("consent", other))
            return scope._replace(beside=beside, linked=frozenset({other}))
        case CorrectRecord() | TransferCase() | CloseCase() | OpenProcedureBundle():
            return scope._replace(whole=True)
        case _:
            return scope._replace(whole=isinstance(command, BRINGING_IN))


def widened(scope: Scope, command: CaseCommand, past: Past, by: Context) -> Scope:
    """For those who take part: whoever it is hidden from learns nothing of whom it names."""
    assert scope.case is not None
    case = past.case(scope.case)
    if type(command) in BY_ITSELF:
        return scope
    if (network := enters(case, command, by)) is not None:
        scope = entering.into(scope, network, by)
    if not isinstance(case, KnownCase) or not takes_part(case, by.agency):
        return scope
    return scope._replace(
        agencies=scope.agencies | agencies_of(case, command),
        known=scope.known | goes_on_with(case, command) | _awaited(command, past),
    )


def decide(scope: Scope, command: CaseCommand, past: Past, by: Context) -> Decision:
    assert scope.case is not None
    case = past.case(scope.case)
    woman = PersonId(by.new_id) if isinstance(case, NoCase) else case.subject_id
    taken = entering.taken_for(scope.case, case, command, past, by)
    facts = NOTHING if type(command) in BY_ITSELF else _facts(scope, command, past, by, taken)
    other = _shown_to_take_part(command)
    if other is not None and not by.is_automatic:
        case = as_heard(case, other, past, facts.agencies, by)
    events = case_among(facts).decide(case, command, by)
    numbers = entering.written(taken if events else None, past)
    return Decision((past.write(scope.asked, events), *numbers), woman)


def _shown_to_take_part(command: CaseCommand) -> AgencyId | None:
    """Of whom the answer would say whether it does."""
    match command:
        case (
            AssignRole(agency_id=other)
            | EndRole(agency_id=other)
            | EndParticipation(agency_id=other)
        ):
            return other
        case StartAftercare(terms=terms) | RescheduleAftercare(terms=terms):
            return terms.lead_agency
        case EndStay(aftercare=terms) if terms is not None:
            return terms.lead_agency
        case _:
            return None


def _facts(
    scope: Scope, command: CaseCommand, past: Past, by: Context, taken: entering.Taken | None
) -> Facts:
    assert scope.case is not None
    ledger = past.ledger(scope.case)
    given = in_force(ledger, by.at).values()
    agencies = past.agencies(by.agency, *scope.agencies, *scope.known)
    shut_out = excluded(ledger, agencies)
    kinds: set[ConsentKind] = {each.kind for each in given}
    concluded = _concluded(past.case(scope.case), command, kinds, agencies, by)
    referrals = referrals_in(past)
    gone = frozenset(each for each, known in agencies.items() if known.is_gone)
    return Facts(
        number=taken.event.number if taken else _number_there(past.case(scope.case), command, by),
        networks=entering.members(scope, past),
        whole_handovers=entering.whole_handovers(referrals),
        agencies=agencies,
        agreed={
            kind: grant
            for kind in concluded
            if (grant := agreed(ledger, kind, by.at, concluded[kind])) is not None
        },
        adults_agreed=_by_adults(each for each in given if names(each, concluded[each.kind])),
        planned_stays=planned_stays(ledger),
        may_know_where=_may_know_where(past.case(scope.case), given, agencies, by) - shut_out,
        sharing=_sharing(command, past, agencies, by),
        excluded=shut_out,
        itself=with_those_before([by.agency], agencies),
        let_know=_let_know(scope, command, past, agencies, by) - shut_out,
        decided_there=isinstance(command, AssignRole) and was_given_out(scope, command, past),
        referral_open=any(
            isinstance(each, KnownReferral)
            and each.waits(gone, shut_out, participants(past.case(scope.case)))
            for each in referrals.values()
        ),
        corrected=_corrected(command, past),
        linked=_linked(scope, command, past, by),
        linked_agreed=isinstance(command, LinkCases)
        and agreed(past.ledger(command.other_case_id), "CASE_LINK", by.at) is not None,
    )


def _awaited(command: CaseCommand, past: Past) -> frozenset[AgencyId]:
    """Both sides of each referral that is left, where the case is to end here."""
    if not isinstance(command, CloseCase | TransferCase):
        return frozenset()
    return frozenset(
        side
        for each in referrals_in(past).values()
        if isinstance(each, KnownReferral) and each.is_open
        for side in (each.from_agency, each.to_agency)
    )


def _number_there(case: Case, command: CaseCommand, by: Context) -> CaseNumber | None:
    """Where it is carried back in the same year, it has the number it had."""
    return number_now(case, command.network_id, by) if isinstance(command, TransferCase) else None


def _concluded(
    case: Case,
    command: CaseCommand,
    kinds: Iterable[ConsentKind],
    agencies: Agencies,
    by: Context,
) -> dict[ConsentKind, Concluded | None]:
    """With whom it would be; for each of these kinds of consent that says with whom."""
    concluded: dict[ConsentKind, Concluded | None] = dict.fromkeys(sorted(kinds))
    if isinstance(case, KnownCase):
        for kind in concluded:
            if found := concluded_with(case, command, kind, by):
                before = with_those_before([found[0]], agencies)
                concluded[kind] = Concluded(*found, before)
    return concluded


def _by_adults(given: Iterable[Granted]) -> dict[PersonId, frozenset[ConsentKind]]:
    """What each adult who came with her has agreed to: for themselves, and nobody for them."""
    own = [each for each in given if each.grantor == "ADULT_COMPANION"]
    return {
        person: frozenset(each.kind for each in own if each.grantor_id == person)
        for person in {each.grantor_id for each in own}
    }


def _let_know(
    scope: Scope, command: CaseCommand, past: Past, agencies: Agencies, by: Context
) -> frozenset[AgencyId]:
    """Of those that were read: whom a consent that it asked for itself lets know of her.

    And of those of whom it may know: with whom a consent names it too, and who answers for her.
    """
    if scope.case is None or not isinstance(command, BRINGING_IN):
        return frozenset()
    case, itself = past.case(scope.case), with_those_before([by.agency], agencies)
    own = [
        each
        for each in in_force(past.ledger(scope.case), by.at).values()
        if each.kind == "INFORMATION" and each.grantor == "SUBJECT"
    ]
    asked = _named([each for each in own if each.obtained_by in itself], agencies)
    beside = _named([each for each in own if each.recipients & itself], agencies)
    main = case.main_responsible if isinstance(case, KnownCase) else None
    if main and main in agencies:
        beside |= {main}
        asked |= {main} if any(between(past, main, by.agency)) else frozenset()
    return asked | known_of(past, beside - asked, agencies, by)


def _may_know_where(
    case: Case, given: Iterable[Granted], agencies: Agencies, by: Context
) -> frozenset[AgencyId]:
    """Whoever answers for her knows who may; another, as far as it asked her, or is named too."""
    itself = with_those_before([by.agency], agencies)
    answers = isinstance(case, KnownCase) and answering(case) == by.agency
    return _recipients(
        each
        for each in given
        if each.grantor == "SUBJECT"
        and "LOC" in each.categories
        and (answers or each.obtained_by in itself or each.recipients & itself)
    )


def _named(given: Collection[Granted], agencies: Agencies) -> frozenset[AgencyId]:
    """Who, or whom they took over from, is named; where she has not since said no to them."""
    standing_for = {each: with_those_before([each], agencies) for each in agencies}
    return frozenset(
        agency
        for agency, all_of in standing_for.items()
        if any(each.recipients & all_of and not each.is_refused_to(all_of) for each in given)
    )


def _recipients(given: Iterable[Granted]) -> frozenset[AgencyId]:
    return frozenset(agency for each in given for agency in each.recipients)


def _sharing(
    command: CaseCommand, past: Past, agencies: Agencies, by: Context
) -> dict[GrantId, frozenset[AgencyId]]:
    """Which of the divisions may be told of procedures, by the consent that is named."""
    if not isinstance(command, OpenProcedureBundle):
        return {}
    sharing, consent = past.sharing, command.consent_id
    divisions = frozenset(each.division for each in command.procedures)
    return {
        consent: frozenset(
            each
            for each in divisions
            if consent
            in covering(sharing, each, OF_PROCEDURES, by.at, agencies.get(each, NO_AGENCY))
        )
    }


def _linked(scope: Scope, command: CaseCommand, past: Past, by: Context) -> Case:
    """For whom she has shut out in it, it is not there."""
    if not isinstance(command, LinkCases):
        return NoCase()
    other = command.other_case_id
    if hidden.is_hidden(scope._replace(case=other), command, past, by):
        return NoCase()
    return past.case(other)


def _corrected(command: CaseCommand, past: Past) -> Recorded | None:
    if not isinstance(command, CorrectRecord):
        return None
    found = (each for each in past.record if each.told.id == command.target_event_id)
    return next((Recorded(told.event, told.agency, parts) for told, parts in found), None)


NOTHING: Final = Facts()
OF_PROCEDURES: Final = ProcedureBundleOpened.primary.code
# With these ends what she agreed to until then; and she may be agreeing to it just now.
ENDING: Final = (EndStay, CancelStay, CloseCase, TransferCase)
# Whoever does not answer for her names with these only whom it may know of.
BRINGING_IN: Final = (
    LinkService,
    ChangeServiceStatus,
    DraftSupportPlan,
    ReviseSupportPlan,
    IssueSafetyInstruction,
    StartAftercare,
    RescheduleAftercare,
    EndStay,
)
