"""Scenario C: a contested conference, an emergency without consent, a grievance, and erasure.

河野しおり (45) lives alone, has a psychiatric condition, and is threatened by a former partner. She
refuses that the hospital (H1) be told anything, and that M3 learn what she is diagnosed with. Each
step bears the number it is told under.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec.structs import replace

from domain.case import (
    AcceptCase,
    AssignRole,
    CloseCase,
    ConsultationRecorded,
    ContactMethodSet,
    CorrectSubjectDetails,
    IdentifySubject,
    OpenCase,
    RecordAddress,
    RecordAttributes,
    RecordConsultation,
    RecordNote,
    SetContactMethod,
    SubjectAlreadyIdentified,
    SubjectDetailsCorrected,
)
from domain.case.services import LinkService
from domain.case.support import AssessmentRecorded, RecordAssessment
from domain.consent_ledger import ConsentRefused, RecordRefusal
from domain.emergency import (
    AuthoriseEmergency,
    EmergencyRequested,
    EndEmergency,
    HealthOnlyToMedical,
    OverridesNotNamed,
    RequestEmergency,
)
from domain.erasure import DecideErasure, NotYetErasable, RequestErasure
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
from domain.meeting.commands import (
    AllocateRole,
    DesignateMainSupport,
    Position,
    ProvideInformation,
    RecordDecision,
    RecordDisagreement,
    ReviewCase,
    SetNextMeeting,
    TableCase,
)
from domain.meeting.settling import NothingUnsettled
from domain.meeting.state import OnlyWhoAttended
from domain.model import EmergencyId, ErasureRequestId, NetworkId
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    IntroductionCarriesContactOnly,
)
from domain.reviews import ReviewEmergency
from domain.trail.notices import AboutId, NotifySubject
from domain.trail.purges import (
    AcknowledgePurge,
    DeclinePurge,
    PurgeId,
    PurgeRequested,
    RequestPurge,
)
from tests.scenarios.cast import Name
from tests.scenarios.matrix import Places
from tests.scenarios.play import Play, moment

OWED: Final[Mapping[str, str]] = {
    "C7": "That it was disclosed is recorded by a fetch.",
    "C9": "The end by the clock is recorded by the scheduler: here somebody says it.",
    "C16": "The requests to purge follow from the erasure once settling does it, and with the key "
    "goes what was sealed under it.",
    "C17": "What the auditor finds is in what was disclosed, and only a fetch records that.",
}
AT_THE_TABLE: Final[tuple[Name, ...]] = ("M3", "C1", "N2")


def play() -> tuple[Play, Places]:
    play = Play("2026-04-01 09:00")
    midorino = play.network("緑野市ネットワーク", "MUNICIPALITY", "M1", ("M2", "M3", "C1", "N2"))
    she_is_met(play)
    she_comes(play, midorino)
    nobody_agrees(play, midorino)
    the_network_designates(play, midorino)
    he_found_her(play)
    looked_at_afterwards(play)
    she_complains(play)
    it_is_agreed(play, midorino)
    support_ends(play)
    she_is_forgotten(play)
    return play, Places(stays={}, after={})


def she_is_met(play: Play) -> None:
    """C1."""
    play.at("2026-06-15 14:00")
    play.opens(
        "N2",
        OpenCase(
            anonymous=False,
            channel="OUTREACH_VISIT",
            found_via="OUTREACH",
            frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
            at_risk_only=False,
        ),
    )
    play("N2", IdentifySubject(name="河野しおり"))
    play("N2", SetContactMethod(means="PHONE", value="070-0000-9012"))
    play(
        "N2",
        RecordConsultation(
            channel="OUTREACH_VISIT",
            caller_is_subject=True,
            main_problem="MENTAL_PROBLEM",
            age_band="40S",
            language="ja",
            sexual_harm_flag=False,
        ),
    )
    play.agrees("K-C1", "N2", ["M1"], ["CNT"], purpose="CONSULTATION")
    play.refused(
        "N2",
        DraftReferral(
            kind="INTRODUCTION",
            to_agency=play.of("M1"),
            purpose="CONSULTATION",
            urgency="MEDIUM",
            items=play.items((ConsultationRecorded, "main_problem")),
        ),
        IntroductionCarriesContactOnly,
    )
    play.sends("to M1", "N2", "M1", "INTRODUCTION", items=play.items((ContactMethodSet, "value")))


def she_comes(play: Play, midorino: NetworkId) -> None:
    """C2 and C3."""
    play.at("2026-06-17 10:00")
    play("M1", AcceptReferral(referral_id=play.referrals["to M1"], role_taken="SERVICE_PROVIDER"))
    play("M1", ConfirmHandover(referral_id=play.referrals["to M1"], referrer_remains=True))
    play.refused("M1", IdentifySubject(name="河野しおり"), SubjectAlreadyIdentified)
    play(
        "M1",
        CorrectSubjectDetails(
            name="河野しおり", birth_date=date(1981, 2, 11), correction_reason="本人から聞いた。"
        ),
    )
    play("M1", RecordAddress(kind="REGISTERED", address="緑野市東町7-8 201号室"))
    play(
        "M1",
        RecordAttributes(
            languages=frozenset({"ja"}), diagnosis="双極性障害", medication="炭酸リチウム"
        ),
    )
    play(
        "M1",
        RecordConsultation(
            channel="INTERVIEW",
            caller_is_subject=True,
            main_problem="MENTAL_PROBLEM",
            age_band="40S",
            language="ja",
            sexual_harm_flag=False,
        ),
    )
    play("M1", AcceptCase(network_id=midorino))
    play(
        "M1",
        RecordAssessment(
            with_subject=True,
            danger_level="HIGH",
            urgency_level="MEDIUM",
            perpetrator_info="元交際相手。",
            needs=frozenset({"WELFARE"}),
            economic_summary="障害年金。",
        ),
    )
    play.at("2026-06-22 11:00")
    play.agrees(
        "K-C2",
        "M1",
        ["M1", "M3", "C1", "N2"],
        ["IDN", "PRB", "RSK", "ECO", "ACC", "PLN", "SVC", "MTG"],
        purpose="CONFERENCE",
        history="FULL",
    )
    play(
        "M1",
        RecordRefusal(
            kind="INFORMATION",
            recipients=play.all("H1"),
            categories=frozenset({"IDN", "RSK", "HLT", "SVC"}),
            purpose="SERVICE",
        ),
    )


def nobody_agrees(play: Play, midorino: NetworkId) -> None:
    """C4."""
    play.at("2026-06-29 10:00")
    play.convenes(
        "MT-C1",
        "M1",
        AT_THE_TABLE,
        date(2026, 7, 2),
        midorino,
        ["IDN", "PRB", "RSK", "ECO", "PLN", "SVC"],
        "COMBINED_SERVICES_NEEDED",
    )
    play.at("2026-07-02 15:45")
    play.holds("MT-C1", "M1", AT_THE_TABLE)
    meeting = play.meetings["MT-C1"]
    play(
        "M1",
        ProvideInformation(
            meeting_id=meeting,
            items=play.items(
                (SubjectDetailsCorrected, "name"),
                (AssessmentRecorded, "danger_level"),
                (AssessmentRecorded, "economic_summary"),
            ),
            recipients=play.all(*AT_THE_TABLE),
        ),
    )
    play.refused("M1", designating(play, "MT-C1", "M3"), NothingUnsettled)
    positions = (
        Position(agency_id=play.of("M3"), text="センターのケースである。"),
        Position(agency_id=play.of("C1"), text="障害福祉のケースである。"),
        Position(agency_id=play.of("N2"), text="関わりたいが、手が足りない。"),
    )
    play(
        "M1",
        RecordDisagreement(
            meeting_id=meeting, topic="主たる支援機関", positions=positions, since=date(2026, 7, 2)
        ),
    )
    play("M1", SetNextMeeting(meeting_id=meeting, on=date(2026, 7, 9)))


def designating(play: Play, meeting: str, agency: Name) -> DesignateMainSupport:
    return DesignateMainSupport(
        meeting_id=play.meetings[meeting],
        agency_id=play.of(agency),
        reason="障害福祉のサービスが支援の中心になる。",
        dissenting=play.all("M3"),
        dissent="センターのケースである。",
        subject_wish="近くの人がいい。",
    )


def the_network_designates(play: Play, midorino: NetworkId) -> None:
    """C5."""
    play.at("2026-07-06 10:00")
    play.closes("MT-C1", "M1", AT_THE_TABLE, "主たる支援機関について協議が調わなかった。")
    play.convenes(
        "MT-C2",
        "M1",
        AT_THE_TABLE,
        date(2026, 7, 9),
        midorino,
        ["IDN", "PRB", "RSK", "ECO", "PLN", "SVC"],
        "DEADLOCK_FOLLOW_UP",
    )
    play.at("2026-07-09 15:45")
    play.holds("MT-C2", "M1", AT_THE_TABLE)
    meeting = play.meetings["MT-C2"]
    play.refused("M1", designating(play, "MT-C2", "P1"), OnlyWhoAttended)
    play("M1", designating(play, "MT-C2", "M3"))
    play.refused("M1", designating(play, "MT-C2", "N2"), NothingUnsettled)
    play(
        "M1", AllocateRole(meeting_id=meeting, function="MAIN_RESPONSIBLE", agency_id=play.of("M1"))
    )
    play("M1", AllocateRole(meeting_id=meeting, function="MAIN_SUPPORT", agency_id=play.of("M3")))
    play("M1", SetNextMeeting(meeting_id=meeting, not_needed=True))
    play.closes("MT-C2", "M1", AT_THE_TABLE, "障害福祉課を主たる支援機関に指定した。同課は反対。")
    play.at("2026-07-10 09:00")
    play("M1", AssignRole(function="MAIN_SUPPORT", agency_id=play.of("M3")))


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


def it_is_agreed(play: Play, midorino: NetworkId) -> None:
    """C13."""
    rounds: tuple[tuple[str, str, date], ...] = (
        ("2026-09-15 10:00", "2026-09-16 15:00", date(2026, 9, 16)),
        ("2026-12-15 10:00", "2026-12-16 15:00", date(2026, 12, 16)),
        ("2027-03-16 10:00", "2027-03-17 15:00", date(2027, 3, 17)),
    )
    for called, held, on in rounds:
        name = f"the practitioners of {on}"
        play.at(called)
        play.practitioners(name, "M1", AT_THE_TABLE, on, midorino)
        play.at(held)
        play.holds(name, "M1", AT_THE_TABLE, about_her=False)
        meeting = play.meetings[name]
        play(
            "M1",
            ReviewCase(
                meeting_id=meeting,
                responsible_agency=play.of("M1"),
                situation="訪問看護が続いている。",
            ),
        )
        if on == date(2026, 9, 16):
            play("M1", TableCase(meeting_id=meeting, categories=frozenset({"PLN", "SVC"})))
            play(
                "M1",
                RecordDecision(
                    meeting_id=meeting,
                    kind="ROLE_ALLOCATION",
                    settles=True,
                    text="障害福祉課が主たる支援機関となることに合意した。",
                    agreed=play.all("M1", *AT_THE_TABLE),
                ),
            )
            play(
                "M1",
                AllocateRole(meeting_id=meeting, function="MAIN_SUPPORT", agency_id=play.of("M3")),
            )
        play.closes(name, "M1", AT_THE_TABLE, "全件の状況を確認した。", about_her=False)


def support_ends(play: Play) -> None:
    """C14."""
    play.at("2027-03-31 10:00")
    play(
        "M1",
        CloseCase(
            reason="GOALS_MET", subject_wish="もう一人でやっていける。アフターケアはいらない。"
        ),
    )


def she_is_forgotten(play: Play) -> None:
    """C15 and C16."""
    play.at("2030-05-20 10:00")
    her = play.last(SubjectDetailsCorrected).said
    assert isinstance(her, SubjectDetailsCorrected)
    asked = play(
        "PD",
        RequestErasure(
            scope=frozenset({her.subject_id}), requester="SUBJECT", identity_check="ID_DOCUMENT"
        ),
    )
    request = ErasureRequestId(asked.made)
    play.at("2030-06-10 10:00")
    play("PD", DecideErasure(request_id=request, decision="RESTRICT", grounds="RETENTION_RUNNING"))
    erase = DecideErasure(request_id=request, decision="ERASE", grounds="RETENTION_OVER")
    play.refused("PD", erase, NotYetErasable)
    play.at("2032-04-08 10:00")
    play("PD", erase)
    recipients: tuple[Name, ...] = ("M3", "C1", "N2")
    for name in recipients:
        purge = play(
            "PD",
            RequestPurge(
                recipient=play.of(name),
                covers=frozenset({"IDN", "PRB", "RSK", "ECO", "ACC", "PLN", "SVC", "MTG"}),
                cause="ERASED",
                grant_id=play.grants["K-C2"],
            ),
        )
        play(name, AcknowledgePurge(purge_id=PurgeId(purge.made)))
    of_h1 = play(
        "PD",
        RequestPurge(
            recipient=play.of("H1"),
            covers=frozenset({"IDN", "RSK", "HLT"}),
            cause="ERASED",
            emergency_id=play.emergencies["H1"],
        ),
    )
    of_p1 = play(
        "PD",
        RequestPurge(
            recipient=play.of("P1"),
            covers=frozenset({"IDN", "CNT", "RSK", "ADR"}),
            cause="ERASED",
            emergency_id=play.emergencies["P1"],
        ),
    )
    play.at("2032-04-20 10:00")
    play("H1", AcknowledgePurge(purge_id=PurgeId(of_h1.made)))
    play("P1", DeclinePurge(purge_id=PurgeId(of_p1.made), ground="INVESTIGATION_RECORDS"))
    play("PD", NotifySubject(about="ERASURE", about_id=AboutId(request)))
