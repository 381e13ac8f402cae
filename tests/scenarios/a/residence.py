"""A15 to A23: the conference, and her time in the residence."""

from datetime import date

from domain.case import (
    AssignRole,
    ConsultationRecorded,
    SubjectIdentified,
)
from domain.case.plans import AgreeSupportPlan, DraftSupportPlan, PlanId
from domain.case.stay_events import DecideStay, EndStay, StartStay
from domain.case.support import AssessmentRecorded, RecordAssessment, RecordSupportActivity
from domain.consent_ledger import NarrowConsent
from domain.meeting.commands import (
    AddInvitee,
    AllocateRole,
    ProvideInformation,
    RecordDecision,
    ReviewCase,
    SetNextMeeting,
)
from domain.meeting.planning import NotInvolved
from domain.model import NetworkId
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
)
from tests.scenarios.play import Play


def the_conference(play: Play, midorino: NetworkId) -> None:
    """A15 to A17."""
    play.at("2026-05-15 10:00")
    play(
        "S1",
        DraftSupportPlan(
            kind="INDIVIDUAL_SUPPORT_PLAN", goals=("安心して眠れる",), review_on=date(2026, 5, 29)
        ),
    )
    play.at("2026-05-18 10:00")
    play(
        "C1",
        RecordAssessment(
            with_subject=True,
            danger_level="HIGH",
            urgency_level="MEDIUM",
            needs=frozenset({"HOUSING", "EMPLOYMENT"}),
            economic_summary="パートを続ける。生活保護を検討。",
        ),
    )
    play.at("2026-05-18 11:00")
    play.agrees(
        "K-A5",
        "C1",
        ["M1", "M2", "C1", "S1"],
        ["IDN", "PRB", "RSK", "ECO", "PLN", "SVC", "MTG"],
        purpose="CONFERENCE",
    )
    play.at("2026-05-18 11:30")
    play.convenes(
        "MT-A1",
        "C1",
        ["M1", "M2", "S1"],
        date(2026, 5, 20),
        midorino,
        ["IDN", "PRB", "RSK", "ECO", "PLN", "SVC"],
    )
    play.refused(
        "C1", AddInvitee(meeting_id=play.meetings["MT-A1"], agency_id=play.of("P1")), NotInvolved
    )
    play.at("2026-05-20 15:45")
    play.holds("MT-A1", "C1", ["M1", "M2", "S1"])
    meeting = play.meetings["MT-A1"]
    everybody = play.all("M1", "M2", "C1", "S1")
    play(
        "C1",
        ProvideInformation(
            meeting_id=meeting,
            items=play.items((SubjectIdentified, "name"), (ConsultationRecorded, "main_problem")),
            recipients=everybody,
        ),
    )
    play(
        "C1",
        ProvideInformation(
            meeting_id=meeting,
            items=play.items((AssessmentRecorded, "danger_level")),
            recipients=everybody,
        ),
    )
    play(
        "C1",
        ProvideInformation(
            meeting_id=meeting,
            items=play.items((AssessmentRecorded, "economic_summary")),
            recipients=everybody,
        ),
    )
    play(
        "C1",
        ProvideInformation(
            meeting_id=meeting,
            items=play.items((AssessmentRecorded, "needs")),
            recipients=everybody,
        ),
    )
    play(
        "C1",
        RecordDecision(
            meeting_id=meeting,
            kind="SUPPORT_POLICY",
            settles=True,
            text="自立支援施設に入所し、生活保護は生活支援課が担う。",
            agreed=everybody,
        ),
    )
    play(
        "C1", AllocateRole(meeting_id=meeting, function="MAIN_RESPONSIBLE", agency_id=play.of("C1"))
    )
    play("C1", AllocateRole(meeting_id=meeting, function="MAIN_SUPPORT", agency_id=play.of("S1")))
    play(
        "C1", AllocateRole(meeting_id=meeting, function="SERVICE_PROVIDER", agency_id=play.of("M2"))
    )
    play("C1", AssignRole(function="SERVICE_PROVIDER", agency_id=play.of("M2")))
    play("C1", SetNextMeeting(meeting_id=meeting, on=date(2026, 6, 3)))
    play.at("2026-05-22 10:00")
    play.closes("MT-A1", "C1", ["M1", "M2", "S1"], "入所の方針と役割分担を決めた。")


def into_the_residence(play: Play, midorino: NetworkId) -> None:
    """A18 to A21."""
    play.at("2026-05-29 10:00")
    play.convenes(
        "MT-A2", "C1", ["M1", "M2", "S1"], date(2026, 6, 3), midorino, ["IDN", "PLN", "SVC"]
    )
    play.at("2026-06-02 11:00")
    play.agrees("K-A6", "C1", ["C1", "F1"], kind="FACILITY_ADMISSION")
    to_facility = play.agrees(
        "K-A7",
        "C1",
        ["F1"],
        ["IDN", "CNT", "PRB", "RSK", "HLT", "ECO", "PLN", "ACC", "SVC"],
        until="STAY_END",
    )
    play.at("2026-06-03 16:00")
    play.holds("MT-A2", "C1", ["M1", "M2", "S1"])
    meeting = play.meetings["MT-A2"]
    play(
        "C1",
        RecordDecision(
            meeting_id=meeting,
            kind="SUPPORT_METHOD",
            text="6月5日に入所する。",
            agreed=play.all("M1", "M2", "C1", "S1"),
        ),
    )
    play(
        "C1", AllocateRole(meeting_id=meeting, function="MAIN_RESPONSIBLE", agency_id=play.of("C1"))
    )
    play("C1", SetNextMeeting(meeting_id=meeting, not_needed=True))
    play.closes("MT-A2", "C1", ["M1", "M2", "S1"], "入所日を確認した。")
    play.decides(
        "facility",
        "C1",
        DecideStay(
            stay_id=play.stay_after(to_facility),
            kind="WOMENS_SELF_RELIANCE_FACILITY",
            scope="IN_PREFECTURE",
            provider_agency_id=play.of("F1"),
            planned_from=date(2026, 6, 5),
        ),
    )
    play.sends(
        "R-A3",
        "C1",
        "F1",
        "FACILITY_ADMISSION",
        items=play.items((SubjectIdentified, "name"), (AssessmentRecorded, "needs")),
    )
    play.at("2026-06-04 10:00")
    play("F1", AcceptReferral(referral_id=play.referrals["R-A3"], role_taken="MAIN_SUPPORT"))
    play.at("2026-06-05 10:00")
    play("S1", EndStay(stay_id=play.stays["shelter"], destination_kind="FACILITY"))
    play("S1", NarrowConsent(grant_id=play.grants["K-A5"], removed_recipients=play.all("S1")))
    play.at("2026-06-05 14:00")
    play(
        "F1",
        StartStay(
            stay_id=play.stays["facility"], location="青葉県こもれび寮 203号室", age_band="30S"
        ),
    )
    play(
        "C1",
        ConfirmHandover(
            referral_id=play.referrals["R-A3"],
            referrer_remains=True,
            functions=frozenset({"MAIN_SUPPORT"}),
            relieved=play.all("S1"),
        ),
    )
    play.at("2026-06-08 09:30")
    play.acknowledges("S1", play.grants["K-A4"], play.grants["K-A5"])


def she_lives_there(play: Play, midorino: NetworkId) -> None:
    """A22 and A23."""
    play.at("2026-06-10 10:00")
    play.practitioners("the first round", "M1", ["M2", "M3"], date(2026, 6, 17), midorino)
    play.at("2026-06-17 15:00")
    reviewed(play, "the first round")
    play.at("2026-06-19 10:00")
    play.agrees("K-A8", "F1", ["F1", "C1"], kind="SUPPORT_PLAN", purpose="SERVICE")
    plan = play(
        "F1",
        DraftSupportPlan(
            kind="SELF_RELIANCE_PLAN",
            goals=("自分の部屋で暮らす", "フルタイムで働く"),
            review_on=date(2026, 9, 30),
        ),
    )
    play("F1", AgreeSupportPlan(plan_id=PlanId(plan.made), subject_wish="少しずつやりたい。"))
    play(
        "F1",
        RecordSupportActivity(
            kind="SELF_RELIANCE_COURSE", stay_id=play.stays["facility"], place_kind="OFFICE"
        ),
    )
    play(
        "F1",
        RecordSupportActivity(
            kind="PSYCHOLOGICAL_CARE",
            stay_id=play.stays["facility"],
            place_kind="OFFICE",
            health_detail="眠りが浅い。",
        ),
    )
    play.at("2026-09-09 10:00")
    play.practitioners("the second round", "M1", ["M2", "M3"], date(2026, 9, 16), midorino)
    play.at("2026-09-16 15:00")
    reviewed(play, "the second round")


def reviewed(play: Play, name: str) -> None:
    """Of her the others hear nothing: she has not agreed that her row is read out."""
    meeting = play.meetings[name]
    play.holds(name, "M1", ["M2", "M3"], about_her=False)
    play(
        "M1",
        ReviewCase(
            meeting_id=meeting,
            responsible_agency=play.of("C1"),
            situation="施設で落ち着いて暮らしている。",
        ),
    )
    play.closes(name, "M1", ["M2", "M3"], "全件の状況を確認した。", about_her=False)
