"""Consent ledger (同意台帳): what was explained to her, and what she granted, refused, took back.

Beside her grants it holds whom she has shut out, and what was told without her: in an emergency, or
because a law obliges to. It holds consent facts alone, so that nothing competes with a withdrawal;
what was done of them stands in the trail. It outlives the case: it goes on folding, and answering,
after the record was erased.

Conditions are codes (PLN) beside her own words (NAR). What she refuses has a grant id too, so that
what was asked and what she said to it stand under one name.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from typing import ClassVar, Final, NamedTuple, TypeAlias, assert_never

import msgspec

from domain import emergency, exclusions, statutory
from domain.agency import KnownAgency
from domain.case.course import CaseIsRestricted, CaseWasErased
from domain.case_codes import Status
from domain.codes import ConsentKind
from domain.concerned import Concerned, check_takes_part
from domain.consent_ledger import asking, ending, grants
from domain.consent_ledger.asking import (
    ChildInConflict,
    ConsentAlreadyGranted,
    ConsentHasEnded,
    ConsentWasRefused,
    ConsentWasWithdrawn,
    FieldNotKnown,
    GrantedInTheFuture,
    GrantNotFound,
    GrantorNotCompetent,
    GrantorNotNamed,
    InformationNotNamed,
    LocationNotForMany,
    MeetingNotNamed,
    NeverByConsent,
    NewCircumstancesNotNamed,
    NotExplained,
    NotTheSameConsent,
    PeriodAlreadyOver,
    PeriodNotNamed,
    StayNotNamed,
    WiderThanExplained,
)
from domain.consent_ledger.ending import StillInForce
from domain.consent_ledger.events import (
    ConflictCommand,
    ConflictEvent,
    ConflictRecorded,
    ConflictSettled,
    ConsentExpired,
    ConsentExplained,
    ConsentGranted,
    ConsentNarrowed,
    ConsentRefused,
    ConsentSuperseded,
    ConsentWithdrawn,
    ConsentWithdrawnWordless,
    ExplainConsent,
    GrantCommand,
    GrantConsent,
    GrantEvent,
    NarrowConsent,
    RecordConflict,
    RecordExpiry,
    RecordRefusal,
    SettleConflict,
    WithdrawConsent,
)
from domain.consent_ledger.grants import (
    GRANT,
    Declined,
    Ended,
    Explained,
    Grant,
    Granted,
    Grants,
    said_no,
    state_of,
)
from domain.emergency import (
    Against,
    AuthoriseEmergency,
    Emergencies,
    EmergencyCommand,
    EmergencyDisclosureAuthorised,
    EmergencyEvent,
    EmergencyExpired,
    EmergencyRequested,
    EndEmergency,
    RequestEmergency,
)
from domain.exclusions import (
    ExclusionCommand,
    ExclusionEvent,
    ExclusionLifted,
    Exclusions,
    ExclusionSet,
    LiftExclusion,
    SetExclusion,
)
from domain.model import (
    AgencyId,
    Context,
    Decider,
    Event,
    GrantId,
    PersonId,
    StaffId,
    StayId,
    StreamId,
)
from domain.policy import NEVER_BY_CONSENT
from domain.speech import Refused
from domain.statutory import FileStatutory, Statutory, StatutoryDisclosureRecorded

__all__ = [
    "GRANT",
    "NEVER_BY_CONSENT",
    "ChildInConflict",
    "Concluded",
    "ConflictNotFound",
    "ConflictRecorded",
    "ConflictSettled",
    "ConsentAlreadyGranted",
    "ConsentCommand",
    "ConsentEvent",
    "ConsentExpired",
    "ConsentExplained",
    "ConsentGranted",
    "ConsentHasEnded",
    "ConsentNarrowed",
    "ConsentRefused",
    "ConsentSuperseded",
    "ConsentWasRefused",
    "ConsentWasWithdrawn",
    "ConsentWithdrawn",
    "ConsentWithdrawnWordless",
    "Declined",
    "Ended",
    "ExplainConsent",
    "Explained",
    "FieldNotKnown",
    "Grant",
    "GrantConsent",
    "GrantNotFound",
    "Granted",
    "GrantedInTheFuture",
    "GrantorNotCompetent",
    "GrantorNotNamed",
    "InformationNotNamed",
    "Ledger",
    "LocationNotForMany",
    "MeetingNotNamed",
    "NarrowConsent",
    "NeverByConsent",
    "NewCircumstancesNotNamed",
    "NoChildOfHers",
    "NotExplained",
    "NotTheSameConsent",
    "PeriodAlreadyOver",
    "PeriodNotNamed",
    "RecordConflict",
    "RecordExpiry",
    "RecordRefusal",
    "SettleConflict",
    "StayNotNamed",
    "StillInForce",
    "WiderThanExplained",
    "WithdrawConsent",
    "agreed",
    "consent_ledger",
    "decide",
    "ended_with",
    "evolve",
    "excluded",
    "excluded_staff",
    "in_force",
    "names",
    "planned_stays",
    "state_of",
]

ConsentEvent: TypeAlias = (
    GrantEvent | ConflictEvent | ExclusionEvent | EmergencyEvent | StatutoryDisclosureRecorded
)
ConsentCommand: TypeAlias = (
    GrantCommand | ConflictCommand | ExclusionCommand | EmergencyCommand | FileStatutory
)


NOT_READ: Final[Mapping[AgencyId, KnownAgency]] = {}
NOTHING_ELSE: Final[Grants] = {}


class Ledger(msgspec.Struct, frozen=True):
    """``conflicts``: the children for whom nobody agrees, and each agency that has said so."""

    grants: Grants = {}
    conflicts: frozenset[tuple[PersonId, AgencyId]] = frozenset()
    exclusions: Exclusions = Exclusions()
    emergencies: Emergencies = {}
    statutory: Statutory = {}


class Concluded(NamedTuple):
    """What is concluded for her: with whom, and by whom it is arranged; or it was before."""

    to: AgencyId
    arranged_by: frozenset[AgencyId | None] | None
    with_those_before: frozenset[AgencyId] = frozenset()


class NoChildOfHers(Refused):
    """No such child is with her."""

    ja: ClassVar[str] = "該当する子どもは同伴していません。"


class ConflictNotFound(Refused):
    """Your agency has recorded no such conflict: each agency settles what it has recorded."""

    ja: ClassVar[str] = (
        "所属機関が記録した利益の対立はありません。解消を記録できるのは、対立を記録した機関です。"
    )


def decide(
    concerned: Concerned | None,
    known_fields: AbstractSet[str],
    ledger: Ledger,
    command: ConsentCommand,
    by: Context,
) -> tuple[ConsentEvent, ...]:
    case = _found(concerned, ledger, command, by)
    if isinstance(command, TAKES_NOTHING_AWAY):
        check_in_use(case.status)
    match command:
        case ExplainConsent():
            return asking.explained(ledger.grants, command, by)
        case GrantConsent():
            torn = frozenset(child for child, _ in ledger.conflicts)
            return asking.granted(case, ledger.grants, torn, known_fields, command, by)
        case RecordRefusal():
            refusal = asking.refused(ledger.grants, command, by)
            return (*refusal, *ending.contradicted(case, ledger.grants, command, by))
        case NarrowConsent():
            return ending.narrowed(case, ledger.grants, command, by)
        case WithdrawConsent():
            return ending.withdrawn(case, ledger.grants, command, by)
        case RecordExpiry():
            return ending.expired(ledger.grants, command, by)
        case RecordConflict() | SettleConflict():
            return _conflict(case, ledger, command, by)
        case FileStatutory():
            return statutory.decide(case, command, by)
        case SetExclusion() | LiftExclusion():
            return exclusions.decide(ledger.exclusions, case.agencies, command, by)
        case RequestEmergency() | AuthoriseEmergency() | EndEmergency():
            said = _against(case, ledger, command)
            return emergency.decide(case, ledger.emergencies, said, command, by)
    assert_never(command)


def evolve(ledger: Ledger, event: ConsentEvent) -> Ledger:
    change = msgspec.structs.replace
    match event:
        case ConflictRecorded(child_id=child, via_agency=agency):
            return change(ledger, conflicts=ledger.conflicts | {(child, agency)})
        case ConflictSettled(child_id=child, via_agency=agency):
            return change(ledger, conflicts=ledger.conflicts - {(child, agency)})
        case StatutoryDisclosureRecorded():
            return change(ledger, statutory=statutory.evolve(ledger.statutory, event))
        case ExclusionSet() | ExclusionLifted():
            return change(ledger, exclusions=exclusions.evolve(ledger.exclusions, event))
        case EmergencyRequested() | EmergencyDisclosureAuthorised() | EmergencyExpired():
            return change(ledger, emergencies=emergency.evolve(ledger.emergencies, event))
        case _:
            return change(ledger, grants=grants.evolve(ledger.grants, event))


def consent_ledger(
    concerned: Concerned | None, known_fields: AbstractSet[str] = frozenset()
) -> Decider[Ledger, ConsentCommand, ConsentEvent]:
    """The ledger of a case: who takes part in it and whose consent it is; what there is to name."""
    return Decider(Ledger(), partial(decide, concerned, known_fields), evolve)


def in_force(ledger: Ledger, at: datetime) -> dict[GrantId, Granted]:
    """What she has agreed to, and what of it has not ended: by the clock, recorded or not."""
    return {
        grant_id: grant
        for grant_id, grant in ledger.grants.items()
        if isinstance(grant, Granted) and grant.in_force(at)
    }


def agreed(
    ledger: Ledger, kind: ConsentKind, at: datetime, concluded: Concluded | None = None
) -> GrantId | None:
    """The last consent of just this kind that she has given herself, and with whom it is to be."""
    own = [
        key
        for key, grant in in_force(ledger, at).items()
        if stands_for(grant, kind) and names(grant, concluded, ledger.grants)
    ]
    return own[-1] if own else None


def stands_for(grant: Granted, kind: ConsentKind) -> bool:
    """No kind of consent implies another, and nobody agrees to her protection but she."""
    return grant.kind == kind and grant.grantor == "SUBJECT"


def names(grant: Granted, concluded: Concluded | None, grants: Grants = NOTHING_ELSE) -> bool:
    """INV-C3: whom she named; or, where she named nobody but who arranges it, whom they choose.

    Whom she has named since as one she does not want, it is not; nor whom she ever has, of all
    ``grants``, where it does not name them.
    """
    if concluded is None:
        return True
    if is_refused(grant, concluded, grants):
        return False
    left_to = concluded.arranged_by
    return left_to is None or concluded.to in grant.recipients or grant.given_to <= left_to


def is_refused(grant: Granted, concluded: Concluded, grants: Grants) -> bool:
    """INV-C7: a no by name falls with a yes by name, and not with one that leaves it to others."""
    they = frozenset({concluded.to, *concluded.with_those_before})
    return grant.is_refused_to(they) or (
        concluded.to not in grant.recipients
        and any(said_no(each, grant.kind, they) for each in grants.values())
    )


def ended_with(
    ledger: Ledger, happened: Iterable[tuple[StreamId, Event]]
) -> tuple[ConsentExpired, ...]:
    return ending.ended_with(ledger.grants, happened)


def excluded(
    ledger: Ledger, agencies: Mapping[AgencyId, KnownAgency] = NOT_READ
) -> frozenset[AgencyId]:
    """Whom she has shut out, and of ``agencies`` whoever took over from them."""
    return exclusions.following(ledger.exclusions.agencies, agencies)


def excluded_staff(ledger: Ledger) -> frozenset[StaffId]:
    return ledger.exclusions.staff


def planned_stays(ledger: Ledger) -> frozenset[StayId]:
    return asking.planned(ledger.grants)


def check_in_use(status: Status) -> None:
    """Of a record that is not used any more, nobody is to be told anything new."""
    if status == "RESTRICTED":
        raise CaseIsRestricted
    if status == "ERASED":
        raise CaseWasErased


def _found(
    concerned: Concerned | None, ledger: Ledger, command: ConsentCommand, by: Context
) -> Concerned:
    """Whoever takes part finds the case; two others find it for one thing, and for no more.

    Who was asked to answer for an emergency may answer; to whoever handles a grievance of hers she
    may say what she takes back.
    """
    match command:
        case RecordExpiry() | EndEmergency():
            asked = by.is_automatic
        case AuthoriseEmergency():
            asked = emergency.may_answer_for(ledger.emergencies, command, by)
        case WithdrawConsent() | NarrowConsent():
            asked = concerned is not None and by.agency in concerned.handlers
        case _:
            asked = False
    return concerned if concerned and asked else check_takes_part(concerned, by.agency)


def _against(case: Concerned, ledger: Ledger, command: EmergencyCommand) -> Against:
    """What she has said against what is asked for, or was asked for under this id."""
    if isinstance(command, RequestEmergency):
        recipients, categories = command.recipients, command.categories
    elif asked := ledger.emergencies.get(command.emergency_id):
        recipients, categories = asked.recipients, asked.categories
    else:
        return Against()
    return Against(
        refusals=frozenset(
            grant_id
            for grant_id, grant in ledger.grants.items()
            if isinstance(grant, Declined) and grant.is_about("INFORMATION", recipients, categories)
        ),
        exclusions=ledger.exclusions.agencies & case.with_those_before(recipients),
    )


def _conflict(
    case: Concerned, ledger: Ledger, command: ConflictCommand, by: Context
) -> tuple[ConflictEvent, ...]:
    """Each agency for itself, whatever others have said: from no answer it learns what they have.

    So a conflict is settled when everybody says so who has recorded it.
    """
    match command:
        case RecordConflict(child_id=child):
            if child not in case.children:
                raise NoChildOfHers
            recorded = (child, by.agency) in ledger.conflicts
            return () if recorded else (ConflictRecorded(child_id=child, via_agency=by.agency),)
        case SettleConflict(child_id=child):
            said = sorted(agency for torn, agency in ledger.conflicts if torn == child)
            found = [agency for agency in said if _settles(case, agency, by)]
            if not found:
                raise ConflictNotFound
            return tuple(ConflictSettled(child_id=child, via_agency=agency) for agency in found)
    assert_never(command)


def _settles(case: Concerned, recorded_by: AgencyId, by: Context) -> bool:
    """What it took over too; and who answers for her, what nobody is left to settle."""
    if recorded_by in case.with_those_before([by.agency]):
        return True
    return by.agency == case.answering and recorded_by not in case.with_those_before(case.present)


# What opens something, or asks for it. All else works whatever has become of the case.
TAKES_NOTHING_AWAY: Final = (
    ExplainConsent,
    GrantConsent,
    SettleConflict,
    LiftExclusion,
    RequestEmergency,
    AuthoriseEmergency,
)
