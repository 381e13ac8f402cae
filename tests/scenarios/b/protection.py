"""B1 to B11: she comes with her children, and is protected."""

from datetime import date
from typing import Final

from domain.case import (
    AcceptCase,
    AddCompanion,
    AssignRole,
    AttributesRecorded,
    CaseAccepted,
    CompanionAdded,
    ConsultationRecorded,
    ContactMethodSet,
    CorrectSubjectDetails,
    IdentifySubject,
    OpenCase,
    RecordAttributes,
    RecordConsultation,
    SetContactMethod,
    SubjectIdentified,
)
from domain.case.stay_events import DecideStay, StartStay
from domain.case.support import AssessmentRecorded, RecordAssessment, RecordSupportActivity
from domain.exclusions import SetExclusion
from domain.items import NotAgreedTo
from domain.meeting.commands import AddInvitee, AllocateRole, RecordDecision, SetNextMeeting
from domain.meeting.planning import NotInvolved
from domain.model import NetworkId, PersonId
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    SendReferral,
)
from domain.statutory import FileStatutory, StatutoryId
from domain.trail.notices import AboutId, NotifySubject
from tests.scenarios.play import Play, all_of

# Who the children are and what was done to them, and of her no more than who she is.
OF_THE_CHILDREN: Final = (
    all_of("CHD") | all_of("FAM") | all_of("RSK")
    | {"case.subject_identified.v1/name", "case.subject_details_corrected.v1/name"}
)  # fmt: skip


def she_comes(play: Play, midorino: NetworkId) -> None:
    """B1 to B3."""
    play.at("2026-07-06 09:30")
    play.opens(
        "M1",
        OpenCase(
            anonymous=False,
            channel="INTERVIEW",
            found_via="SELF",
            frameworks=frozenset({"WOMEN_SUPPORT_ACT", "DV_ACT"}),
            at_risk_only=False,
        ),
    )
    play("M1", IdentifySubject(name="三浦あかね", birth_date=date(1997, 3, 3)))
    play.people["そら"] = PersonId(
        play(
            "M1",
            AddCompanion(companion="CHILD", relation="CHILD", name="三浦そら", birth_year=2018),
        ).made
    )
    play.people["うみ"] = PersonId(
        play(
            "M1",
            AddCompanion(companion="CHILD", relation="CHILD", name="三浦うみ", birth_year=2023),
        ).made
    )
    play("M1", SetContactMethod(means="PHONE", value="080-0000-5678", safe_times="10時から15時"))
    play("M1", RecordAttributes(languages=frozenset({"ja"}), medication="頭痛薬"))
    play(
        "M1",
        RecordConsultation(
            channel="INTERVIEW",
            caller_is_subject=True,
            main_problem="SPOUSE_VIOLENCE",
            age_band="20S",
            language="ja",
            sexual_harm_flag=False,
        ),
    )
    play("M1", AcceptCase(network_id=midorino))
    play.at("2026-07-06 10:10")
    play(
        "M1",
        RecordAssessment(
            with_subject=True,
            danger_level="CRITICAL",
            urgency_level="CRITICAL",
            perpetrator_info="夫。その姉は学務課の職員。",
            needs=frozenset({"HOUSING"}),
            child_summary="面前での暴力。",
        ),
    )
    play("M1", SetExclusion(agency_id=play.of("ED1")))
    play.at("2026-07-06 10:40")
    told = play(
        "M1",
        FileStatutory(
            provision="CHILD_ABUSE_PREVENTION_6",
            recipient=play.of("CG1"),
            categories=frozenset({"CHD", "FAM", "RSK", "IDN"}),
            only_fields=OF_THE_CHILDREN,
        ),
    )
    play("M1", NotifySubject(about="STATUTORY", about_id=AboutId(StatutoryId(told.made))))


def to_the_centre(play: Play) -> None:
    """B4 to B8."""
    play.at("2026-07-06 11:00")
    play.agrees(
        "K-B1",
        "M1",
        ["C1"],
        ["IDN", "CNT", "FAM", "CHD", "PRB", "RSK", "HLT", "ACC", "SVC"],
        until="CASE_TRANSFER",
    )
    play.at("2026-07-06 11:15")
    to_school = play.drafts("to the schools", "M1", "ED1", "SERVICE_LINK")
    play.refused("M1", SendReferral(referral_id=to_school), NotAgreedTo)
    package = play.items(
        (SubjectIdentified, "name"),
        (ContactMethodSet, "value"),
        (CompanionAdded, "relation"),
        (CompanionAdded, "name"),
        (ConsultationRecorded, "main_problem"),
        (AssessmentRecorded, "danger_level"),
        (AttributesRecorded, "medication"),
        (CaseAccepted, "accepted_on"),
    )
    play.sends(
        "R-B1",
        "M1",
        "C1",
        "TEMPORARY_PROTECTION_REQUEST",
        items=package,
        respond_by="2026-07-06 13:15",
    )
    play.at("2026-07-06 13:00")
    play("C1", AcceptReferral(referral_id=play.referrals["R-B1"], role_taken="CONVENOR"))
    play.at("2026-07-06 21:00")
    play.agrees("K-B2", "C1", ["C1"], kind="TEMPORARY_PROTECTION", method="ORAL_WITNESSED")
    play.decides(
        "centre",
        "C1",
        DecideStay(
            kind="EMERGENCY_TEMPORARY_PROTECTION",
            scope="IN_PREFECTURE",
            legal_ground="SPOUSE_VIOLENCE",
            provider_agency_id=play.of("C1"),
            planned_from=date(2026, 7, 6),
        ),
    )
    play.at("2026-07-07 00:40")
    children = (play.people["そら"], play.people["うみ"])
    play(
        "C1",
        StartStay(
            stay_id=play.stays["centre"],
            location="青葉県女性相談支援センター 一時保護所",
            companions=children,
            age_band="20S",
            reason_code="DV",
        ),
    )
    play(
        "C1",
        CorrectSubjectDetails(
            name="三浦あかね", birth_date=date(1997, 3, 5), correction_reason="保険証で確認した。"
        ),
    )
    play.at("2026-07-07 09:00")
    play("C1", ConfirmHandover(referral_id=play.referrals["R-B1"], referrer_remains=True))
    play.at("2026-07-08 10:00")
    play(
        "C1",
        RecordSupportActivity(
            kind="STUDY_SUPPORT",
            person_id=play.people["そら"],
            place_kind="WHERE_SHE_STAYS",
            child_detail="算数を一緒にした。",
        ),
    )
    play(
        "C1",
        RecordSupportActivity(
            kind="CHILDCARE",
            person_id=play.people["うみ"],
            place_kind="WHERE_SHE_STAYS",
            child_detail="よく眠った。",
        ),
    )
    play(
        "C1",
        RecordSupportActivity(
            kind="CHILD_PSYCHOLOGICAL_CARE",
            person_id=play.people["そら"],
            place_kind="WHERE_SHE_STAYS",
            child_detail="音に敏感。",
        ),
    )
    play.at("2026-07-09 10:00")
    play(
        "C1",
        RecordAssessment(
            with_subject=True,
            danger_level="CRITICAL",
            urgency_level="HIGH",
            needs=frozenset({"HOUSING", "CHILD_REARING"}),
            child_summary="転校の希望がある。",
        ),
    )


def the_conference(play: Play, midorino: NetworkId) -> None:
    """B9 to B11."""
    play.at("2026-07-10 10:00")
    play.agrees(
        "K-B3",
        "C1",
        ["M1", "C1", "CG1"],
        ["IDN", "PRB", "RSK", "FAM", "CHD", "PLN", "SVC", "MTG"],
        purpose="CONFERENCE",
        until="CASE_TRANSFER",
    )
    play.at("2026-07-10 10:30")
    play.convenes(
        "MT-B1",
        "C1",
        ["M1", "CG1"],
        date(2026, 7, 14),
        midorino,
        ["IDN", "PRB", "RSK", "FAM", "CHD", "PLN", "SVC"],
    )
    play.refused(
        "C1", AddInvitee(meeting_id=play.meetings["MT-B1"], agency_id=play.of("ED1")), NotInvolved
    )
    play.at("2026-07-14 15:45")
    play.holds("MT-B1", "C1", ["M1", "CG1"])
    meeting = play.meetings["MT-B1"]
    play(
        "C1",
        RecordDecision(
            meeting_id=meeting,
            kind="SUPPORT_POLICY",
            settles=True,
            text="県外で暮らせるよう調整する。",
            agreed=play.all("M1", "C1", "CG1"),
        ),
    )
    play(
        "C1", AllocateRole(meeting_id=meeting, function="MAIN_RESPONSIBLE", agency_id=play.of("C1"))
    )
    play("C1", AllocateRole(meeting_id=meeting, function="MAIN_SUPPORT", agency_id=play.of("C1")))
    play("C1", AssignRole(function="MAIN_SUPPORT", agency_id=play.of("C1")))
    play(
        "C1",
        AllocateRole(
            meeting_id=meeting,
            function="MAIN_SUPPORT",
            agency_id=play.of("CG1"),
            person_id=play.people["そら"],
        ),
    )
    play(
        "C1",
        AssignRole(
            function="MAIN_SUPPORT", agency_id=play.of("CG1"), person_id=play.people["そら"]
        ),
    )
    play(
        "C1",
        AllocateRole(
            meeting_id=meeting,
            function="MAIN_SUPPORT",
            agency_id=play.of("CG1"),
            person_id=play.people["うみ"],
        ),
    )
    play(
        "C1",
        AssignRole(
            function="MAIN_SUPPORT", agency_id=play.of("CG1"), person_id=play.people["うみ"]
        ),
    )
    play("C1", SetNextMeeting(meeting_id=meeting, on=date(2026, 7, 28)))
    play.closes("MT-B1", "C1", ["M1", "CG1"], "県外への転居を検討する。")
    play.at("2026-07-15 10:00")
    play(
        "CG1",
        RecordSupportActivity(
            kind="CHILD_PSYCHOLOGICAL_CARE",
            person_id=play.people["そら"],
            place_kind="ANOTHER_AGENCY",
            child_detail="絵を描いて話した。",
        ),
    )
    play.at("2026-07-16 10:00")
    play.agrees(
        "K-B4",
        "C1",
        ["C1"],
        kind="RELOCATION",
        purpose="RELOCATION",
        conditions_text="夫の親族から遠いところ。",
    )
