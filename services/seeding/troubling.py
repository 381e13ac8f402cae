"""Troubling (苦情・緊急): what goes wrong, and what is done without her consent."""

from datetime import timedelta

from domain.consent_codes import Corrective, ErasureDecision, ErasureGround, ReviewOutcome
from domain.emergency import AuthoriseEmergency, EndEmergency, RequestEmergency
from domain.erasure import DecideErasure, RequestErasure
from domain.grievance import (
    AcknowledgeGrievance,
    AssignHandler,
    CloseGrievance,
    GiveResponse,
    ReceiveGrievance,
    RecordFindings,
)
from domain.model import EmergencyId, ErasureRequestId, GrievanceId
from domain.reviews import ReviewEmergency, ReviewStatutory
from domain.statutory import FileStatutory, StatutoryId
from domain.trail.notices import AboutId, NotifySubject
from services.seeding import made_up
from services.seeding.her import Her, Story


def complains(her: Her) -> Story:
    """About whoever sees her, to the Centre; most are answered in time."""
    hears = her.region.centre.staff[-1]
    if her.agency == her.region.centre:
        return
    did = her.asks(
        hears,
        ReceiveGrievance(
            complainant="SUBJECT",
            about_agencies=frozenset({her.agency.id}),
            text=her.chance.one(made_up.GRIEVANCES),
        ),
    )
    if did is None or did.made is None:
        return
    grievance = GrievanceId(did.made)
    yield her.chance.days(1.5)
    her.asks(hears, AcknowledgeGrievance(grievance_id=grievance))
    her.asks(hears, AssignHandler(grievance_id=grievance, handler=hears.agency))
    yield 5 + her.chance.days(12)
    her.asks(hears, RecordFindings(grievance_id=grievance, findings="引き継ぎの紙がなかった。"))
    if her.chance.likely(0.85):
        her.asks(hears, GiveResponse(grievance_id=grievance, response="一度で聞く様式に改めた。"))
        yield her.chance.days(5)
        her.asks(hears, CloseGrievance(grievance_id=grievance))


def is_in_danger(her: Her) -> Story:
    """The police are told; afterwards she hears of it, and the prefecture looks at it."""
    request = RequestEmergency(
        recipients=frozenset({her.city.police.id}),
        categories=frozenset({"IDN", "RSK"}),
        expires_at=her.acting.at + timedelta(hours=48),
        asked_agencies=frozenset({her.region.centre.id} - {her.agency.id}),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"ASSAILANT_NEARBY"}),
        danger_place="WHERE_SHE_IS",
        danger_text="近くで待たれていると電話があった。",
    )
    did = her.records(request)
    if did is None or did.made is None:
        return
    emergency = EmergencyId(did.made)
    answers = her.region.centre.head
    her.asks(
        answers,
        AuthoriseEmergency(
            emergency_id=emergency,
            impracticability="CANNOT_BE_REACHED",
            danger=frozenset({"ASSAILANT_NEARBY"}),
            danger_place="WHERE_SHE_IS",
        ),
    )
    yield 0.5
    her.records(EndEmergency(emergency_id=emergency))
    yield 2 + her.chance.days(1)
    her.records(NotifySubject(about="EMERGENCY", about_id=AboutId(emergency)))
    outcome: ReviewOutcome = her.chance.weighed({"JUSTIFIED": 9, "EXCESSIVE": 1})
    corrective: Corrective = "NONE" if outcome == "JUSTIFIED" else "TRAINING"
    her.asks(
        her.region.division.head,
        ReviewEmergency(emergency_id=emergency, outcome=outcome, corrective=corrective),
    )


def the_law_asks(her: Her) -> Story:
    if not her.children:
        return
    did = her.records(
        FileStatutory(
            provision="CHILD_ABUSE_PREVENTION_6",
            recipient=her.prefecture.guidance.id,
            categories=frozenset({"CHD", "RSK"}),
            text="子どもの前で暴力があった。",
        )
    )
    if did is None or did.made is None:
        return
    statutory = StatutoryId(did.made)
    her.records(NotifySubject(about="STATUTORY", about_id=AboutId(statutory)))
    yield 1 + her.chance.days(4)
    her.asks(
        her.region.division.head,
        ReviewStatutory(statutory_id=statutory, outcome="JUSTIFIED", corrective="NONE"),
    )


def asks_to_be_forgotten(her: Her) -> Story:
    """Once her case is closed."""
    did = her.records(
        RequestErasure(
            scope=frozenset({her.subject}), requester="SUBJECT", identity_check="ID_DOCUMENT"
        )
    )
    if did is None or did.made is None:
        return
    yield 3 + her.chance.days(10)
    answers: tuple[tuple[ErasureDecision, ErasureGround], ...] = (
        ("RESTRICT", "RETENTION_RUNNING"),
        ("REFUSE", "LEGAL_HOLD"),
    )
    decision, grounds = her.chance.one(answers)
    decide = DecideErasure(
        request_id=ErasureRequestId(did.made), decision=decision, grounds=grounds
    )
    if her.asks(her.region.division.head, decide):
        her.records(NotifySubject(about="ERASURE", about_id=AboutId(did.made)))
