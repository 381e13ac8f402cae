"""What is told of a case: who recorded what, in the order of the log, every part closed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from domain.agency import Agency, KnownAgency
from domain.case import (
    AddressRecorded,
    CaseAccepted,
    CaseCarriedOver,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseTransferred,
    ConsultationId,
    ConsultationRecorded,
    ContactMethodSet,
    NoteId,
    NoteRecorded,
    ResponsibilityMoved,
    RoleAssigned,
    RoleEnded,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.case.aftercare import AftercareEnded, AftercareStarted
from domain.case.plans import SupportPolicySet
from domain.case.services import ServiceId, ServiceLinked
from domain.case.stay_events import StayDecided, StayEnded, StayStarted
from domain.case.support import AssessmentId, AssessmentRecorded
from domain.consent_ledger import ConsentExplained, ConsentGranted, ConsentWithdrawn
from domain.fields import cut_of
from domain.header import PartLine
from domain.model import (
    CLOSED,
    AgencyId,
    CaseId,
    Context,
    Event,
    EventId,
    GrantId,
    NetworkId,
    PersonId,
    ReferralId,
    StayId,
    StreamId,
    stream_of,
)
from domain.referral import (
    HandoverConfirmed,
    ReferralAccepted,
    ReferralDrafted,
    ReferralEvent,
    ReferralReceived,
    ReferralSent,
)
from domain.sharing import Told, replay
from domain.visibility import Look, Membership, Recipient, Roster, Visible, decide, looking
from services.sealing import person_of
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id

E = TypeVar("E", bound=Event)

CASE: Final = CaseId(an_id(40))
WOMAN: Final = PersonId(an_id(41))
SISTER: Final = PersonId(an_id(42))
GRANT: Final = GrantId(an_id(43))
REFERRAL: Final = ReferralId(an_id(44))
NETWORK: Final = NetworkId(an_id(45))
LATER: Final = NOW + timedelta(days=1)
AGENCIES: Final[dict[AgencyId, Agency]] = {
    CITY.agency: KnownAgency(kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION", prefecture="06"),
    CENTRE.agency: KnownAgency(kind="WOMENS_SUPPORT_CENTRE", prefecture="06"),
    SHELTER.agency: KnownAgency(kind="PRIVATE_SHELTER", prefecture="06"),
    POLICE.agency: KnownAgency(kind="POLICE", prefecture="06"),
}
NETWORKS: Final = {NETWORK: Membership(members=frozenset(AGENCIES))}


def closed(event: type[E], **facts: Any) -> E:
    sealed = {field.name: CLOSED for field in cut_of(event).sealed}
    return event(**{**sealed, **facts})


opened: Final = closed(
    CaseOpened,
    subject_id=WOMAN,
    anonymous=True,
    opened_by_agency=CITY.agency,
    channel="PHONE",
    found_via="SELF",
    frameworks=frozenset(),
    at_risk_only=False,
)
consulted: Final = closed(
    ConsultationRecorded,
    consultation_id=ConsultationId(an_id(46)),
    channel="PHONE",
    caller_is_subject=True,
)
identified: Final = closed(SubjectIdentified, subject_id=WOMAN)
corrected: Final = closed(SubjectDetailsCorrected, subject_id=WOMAN)
contact: Final = closed(ContactMethodSet)
address: Final = closed(AddressRecorded)
note: Final = closed(NoteRecorded, note_id=NoteId(an_id(47)))
accepted: Final = closed(
    CaseAccepted,
    accepted_on=NOW.date(),
    ledger_network_id=NETWORK,
    case_number="2026-0001",
    main_responsible=CITY.agency,
)
joined: Final = closed(RoleAssigned, function="MAIN_SUPPORT", agency_id=CENTRE.agency)
left: Final = closed(RoleEnded, function="MAIN_SUPPORT", agency_id=CENTRE.agency)
moved: Final = closed(
    ResponsibilityMoved,
    from_agency=CITY.agency,
    to_agency=CENTRE.agency,
    from_remains=True,
    decided_by=REFERRAL,
)
explained: Final = closed(
    ConsentExplained,
    grant_id=GRANT,
    kind="INFORMATION",
    purpose="PROTECTION",
    recipients=frozenset({CENTRE.agency}),
    categories=frozenset({"IDN"}),
    explained_by=CITY.staff,
    language="ja",
    material_version="2026-04",
)
granted: Final = closed(
    ConsentGranted,
    grant_id=GRANT,
    kind="INFORMATION",
    grantor="SUBJECT",
    grantor_id=WOMAN,
    recipients=frozenset({CENTRE.agency}),
    categories=frozenset({"IDN", "PRB", "SVC"}),
    purpose="PROTECTION",
    granted_at=NOW,
    until_event="CASE_CLOSE",
    history="FULL",
    method="WRITTEN",
    obtained_by=CITY.agency,
    late_entry=False,
)
withdrawn: Final = closed(ConsentWithdrawn, grant_id=GRANT, at=NOW, via_agency=CITY.agency)
drafted: Final = closed(
    ReferralDrafted,
    referral_id=REFERRAL,
    case_id=CASE,
    kind="TEMPORARY_PROTECTION_REQUEST",
    from_agency=CITY.agency,
    to_agency=CENTRE.agency,
)
sent: Final = closed(ReferralSent, sent_at=NOW, accompanied=False)
received: Final = closed(ReferralReceived, at=NOW, receiving_staff=CENTRE.staff)
taken: Final = closed(ReferralAccepted, on=NOW.date(), role_taken="MAIN_SUPPORT")
handed_over: Final = closed(
    HandoverConfirmed,
    on=NOW.date(),
    main_responsible_from=CITY.agency,
    main_responsible_to=CENTRE.agency,
    referrer_remains=True,
    accompanied_by=CITY.staff,
)

# How a case goes on.
DAY: Final = NOW.date()
PROTECTION, RESIDENCE = StayId(an_id(71)), StayId(an_id(72))

to_another_network: Final = closed(
    CaseTransferred,
    on=DAY,
    to_network=NetworkId(an_id(73)),
    to_agency=CENTRE.agency,
    case_number="2026-0007",
    referral_id=REFERRAL,
)
carried_over: Final = closed(
    CaseCarriedOver, fiscal_year=2027, ledger_network_id=NETWORK, case_number="2027-0001"
)
abroad: Final = replace(to_another_network, to_network=None, case_number=None)
ended: Final = closed(CaseClosed, on=DAY, reason="GOALS_MET")
again: Final = closed(CaseReopened, on=DAY, reason="SUBJECTS_WISH")
assessed: Final = closed(
    AssessmentRecorded, assessment_id=AssessmentId(an_id(74)), with_subject=True
)
policy: Final = closed(SupportPolicySet, version=1, review_on=DAY)
linked: Final = closed(
    ServiceLinked,
    service_id=ServiceId(an_id(75)),
    about="ECO",
    provider_agency=CENTRE.agency,
    status="IN_USE",
)
protects: Final = closed(
    StayDecided,
    stay_id=PROTECTION,
    kind="TEMPORARY_PROTECTION",
    decided_by=CENTRE.agency,
    decided_on=DAY,
    provider_agency_id=SHELTER.agency,
    direct_admission=False,
    planned_from=DAY,
    consent_id=GrantId(an_id(76)),
)
houses: Final = replace(protects, stay_id=RESIDENCE, kind="STEP_HOUSE")
protected: Final = closed(
    StayStarted, stay_id=PROTECTION, started_on=DAY, companions=(), elsewhere=()
)
housed: Final = replace(protected, stay_id=RESIDENCE)
let_go: Final = closed(StayEnded, stay_id=PROTECTION, ended_on=DAY)
moved_out: Final = replace(let_go, stay_id=RESIDENCE)
in_touch: Final = closed(
    AftercareStarted, lead_agency=CENTRE.agency, started_on=DAY, cadence_days=30
)
no_longer: Final = closed(AftercareEnded, lead_agency=CENTRE.agency, ended_on=DAY)


def by(who: Context, *events: Event) -> list[tuple[Context, Event]]:
    return [(who, event) for event in events]


def told(*happened: Iterable[tuple[Context, Event]], referral: ReferralId = REFERRAL) -> list[Told]:
    history = [one for several in happened for one in several]
    return [
        Told(position, _stream(event, referral), who.agency, event, EventId(an_id(position)))
        for position, (who, event) in enumerate(history, start=1)
    ]


def reader(who: Context) -> Recipient:
    return Recipient(agency=who.agency, staff=who.staff, pledged=True)


def look(
    history: list[Told],
    who: Context | Recipient,
    at: datetime = LATER,
    agencies: dict[AgencyId, Agency] = AGENCIES,
) -> Look:
    reads = who if isinstance(who, Recipient) else reader(who)
    return looking(replay(history), reads, Roster(agencies, NETWORKS), at)


def visible(
    history: list[Told],
    who: Context | Recipient,
    nth: int,
    at: datetime = LATER,
    agencies: dict[AgencyId, Agency] = AGENCIES,
) -> Visible:
    """What somebody may see of the event at this position."""
    it = history[nth - 1]
    return decide(look(history, who, at, agencies), it, lines(it.event))


def sees(history: list[Told], who: Context, at: datetime = LATER) -> frozenset[tuple[int, str]]:
    """All fields of all events."""
    return frozenset(
        (it.position, name)
        for it in history
        for name in visible(history, who, it.position, at).bases
    )


def lines(event: Event) -> list[PartLine]:
    return [
        PartLine(
            field=field.name,
            category=field.category.of(event),
            person=person_of(event, field.category.person_field, WOMAN),
            sha256="",
            commitment="",
        )
        for field in cut_of(type(event)).sealed
    ]


def _stream(event: Event, referral: ReferralId) -> StreamId:
    if isinstance(event, ReferralEvent):
        return stream_of("referral", referral)
    return stream_of("consent" if "Consent" in type(event).__name__ else "case", CASE)
