"""C6 to C12: he found her; what was told then is looked at, and she complains."""

from msgspec.structs import replace

from domain.case import (
    RecordNote,
)
from domain.case.services import LinkService
from domain.consent_ledger import ConsentRefused
from domain.emergency import (
    AuthoriseEmergency,
    EmergencyRequested,
    EndEmergency,
    HealthOnlyToMedical,
    OverridesNotNamed,
    RequestEmergency,
)
from domain.grievance import GrievanceReceived, HandlerComplainedAbout
from domain.grievance.commands import (
    AcknowledgeGrievance,
    AssignHandler,
    CloseGrievance,
    GiveResponse,
    ReceiveGrievance,
    RecordFindings,
    RecordImprovement,
    ShareGrievance,
)
from domain.model import EmergencyId
from domain.reviews import ReviewEmergency
from domain.trail.notices import AboutId, NotifySubject
from domain.trail.purges import (
    AcknowledgePurge,
    PurgeRequested,
)
from tests.scenarios.cast import Name
from tests.scenarios.play import Play, moment


def he_found_her(play: Play) -> None:
    """C6 to C9."""
    play.at("2026-07-21 21:55")
    play("N2", RecordNote(declared_category="RSK", text="「もう無理。部屋を知られた」と電話。"))
    play.at("2026-07-21 22:40")
    refusal = play.last(ConsentRefused).said
    assert isinstance(refusal, ConsentRefused)
    to_police = RequestEmergency(
        recipients=play.all("P1"),
        categories=frozenset({"IDN", "CNT", "RSK", "ADR"}),
        expires_at=moment("2026-07-24 22:40"),
        asked_agencies=play.all("C1", "M1"),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"SUICIDE", "ASSAILANT_NEARBY"}),
        danger_place="WHERE_SHE_IS",
    )
    to_hospital = RequestEmergency(
        recipients=play.all("H1"),
        categories=frozenset({"IDN", "RSK", "HLT"}),
        expires_at=moment("2026-07-24 22:40"),
        asked_agencies=play.all("C1", "M1"),
        overrides_refusals=frozenset({refusal.grant_id}),
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"SUICIDE", "ASSAILANT_NEARBY"}),
        danger_place="WHERE_SHE_IS",
    )
    play.refused("N2", replace(to_hospital, overrides_refusals=frozenset()), OverridesNotNamed)
    play.refused(
        "N2", replace(to_police, categories=frozenset({"IDN", "HLT"})), HealthOnlyToMedical
    )
    requests: tuple[tuple[Name, RequestEmergency], ...] = (("P1", to_police), ("H1", to_hospital))
    for name, request in requests:
        play.emergencies[name] = play("N2", request).the(EmergencyRequested).emergency_id
        play("C1", answering(play.emergencies[name]))
    play("M1", answering(play.emergencies["H1"]))
    play.at("2026-07-22 01:10")
    play(
        "M1",
        LinkService(
            service_code="MEDICAL_TREATMENT", provider_agency=play.of("H1"), status="IN_USE"
        ),
    )
    play.at("2026-07-24 15:00")
    for emergency in play.emergencies.values():
        play("M1", NotifySubject(about="EMERGENCY", about_id=AboutId(emergency)))
    play.at("2026-07-24 22:40")
    for emergency in play.emergencies.values():
        play("M1", EndEmergency(emergency_id=emergency))


def answering(emergency: EmergencyId) -> AuthoriseEmergency:
    return AuthoriseEmergency(
        emergency_id=emergency,
        impracticability="CANNOT_BE_REACHED",
        danger=frozenset({"SUICIDE", "ASSAILANT_NEARBY"}),
        danger_place="WHERE_SHE_IS",
    )


def looked_at_afterwards(play: Play) -> None:
    """C10."""
    play.at("2026-07-29 10:00")
    play(
        "PD",
        ReviewEmergency(
            emergency_id=play.emergencies["P1"], outcome="JUSTIFIED", corrective="NONE"
        ),
    )
    found = play(
        "PD",
        ReviewEmergency(
            emergency_id=play.emergencies["H1"],
            outcome="EXCESSIVE",
            corrective="PURGE",
            purge_from=play.all("H1"),
            purge_covers=frozenset({"HLT"}),
        ),
    )
    play.at("2026-07-31 10:00")
    play("H1", AcknowledgePurge(purge_id=found.the(PurgeRequested).purge_id))


def she_complains(play: Play) -> None:
    """C11 and C12."""
    play.at("2026-08-03 10:00")
    received = play(
        "PD",
        ReceiveGrievance(
            complainant="SUBJECT",
            about_agencies=play.all("M3"),
            text="障害福祉課の対応が遅い。病院に病名まで伝わった。",
        ),
    )
    grievance = received.the(GrievanceReceived).grievance_id
    play("PD", AcknowledgeGrievance(grievance_id=grievance))
    play.refused(
        "PD", AssignHandler(grievance_id=grievance, handler=play.of("M3")), HandlerComplainedAbout
    )
    play("PD", AssignHandler(grievance_id=grievance, handler=play.of("PD")))
    play.at("2026-08-04 10:00")
    play(
        "PD",
        ShareGrievance(
            grievance_id=grievance,
            shared_with=play.all("M1", "M3", "C1", "N2"),
            extent="SUMMARY",
            complainant_agrees=True,
            summary="対応の遅れと、緊急時の情報提供の範囲について。",
        ),
    )
    play.at("2026-08-25 10:00")
    play("PD", RecordFindings(grievance_id=grievance, findings="提供の範囲が広すぎた。"))
    play.at("2026-08-31 10:00")
    play(
        "PD", GiveResponse(grievance_id=grievance, response="服薬の情報だけを伝えるように改める。")
    )
    play("PD", RecordImprovement(grievance_id=grievance, improvement="服薬に限った様式を作った。"))
    play.at("2026-09-14 10:00")
    play("PD", CloseGrievance(grievance_id=grievance))
