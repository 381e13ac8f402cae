"""Scenario B: to another prefecture with her children; child guidance; and she takes back.

三浦あかね (29) with そら (8) and うみ (3). Her husband is violent before the children; his sister
works at the school affairs division (ED1). Each step bears the number it is told under.
"""

from collections.abc import Mapping
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
    EndRole,
    IdentifySubject,
    OnlyWhoAnswersForHer,
    OpenCase,
    RecordAttributes,
    RecordConsultation,
    RecordLegalStep,
    SetContactMethod,
    SubjectDetailsCorrected,
    SubjectIdentified,
    TransferCase,
)
from domain.case.legal import LegalStepId
from domain.case.safety import IssueSafetyInstruction, NeitherYesNorNo, RefuseThirdPartyInquiry
from domain.case.services import LinkService
from domain.case.stay_events import DecideStay, EndStay, StartStay
from domain.case.support import AssessmentRecorded, RecordAssessment, RecordSupportActivity
from domain.categories import CategoryCode
from domain.consent_ledger import NarrowConsent, WithdrawConsent
from domain.exclusions import SetExclusion
from domain.items import NotAgreedTo
from domain.meeting.commands import AddInvitee, AllocateRole, RecordDecision, SetNextMeeting
from domain.meeting.planning import NotInvolved
from domain.model import NetworkId, PersonId
from domain.referral import (
    AcceptReferral,
    AnswerInquiry,
    ConfirmHandover,
    InquireFirst,
    SendInquiry,
    SendReferral,
    WithdrawReferral,
)
from domain.statutory import FileStatutory, StatutoryId
from domain.trail.notices import AboutId, NotifySubject
from domain.trail.purges import AcknowledgePurge, PurgeId, RequestPurge
from tests.scenarios.matrix import Places
from tests.scenarios.play import Play, all_of

# Who the children are and what was done to them, and of her no more than who she is.
OF_THE_CHILDREN: Final = (
    all_of("CHD") | all_of("FAM") | all_of("RSK")
    | {"case.subject_identified.v1/name", "case.subject_details_corrected.v1/name"}
)  # fmt: skip
WHERE_SHE_WENT: Final = "case.stay_ended.v1/destination_address"
CHILDS_NAME_AND_YEAR: Final = {
    "case.companion_added.v1/name",
    "case.companion_added.v1/birth_year",
}
# Told by whoever hears that she is there no more, and nothing of where she is.
MOVED_ON: Final = frozenset({"case.transferred.v1/on"})

# What is told of and cannot be reached yet, and by what it will be.
OWED: Final[Mapping[str, str]] = {
    "B23": "The withdrawal of what waits for an answer, and the requests to purge, follow from "
    "taking back by themselves once settling does it: here somebody says them.",
    "B25": "What the auditor finds is in what was disclosed, and only a fetch records that.",
}


def play() -> tuple[Play, Places]:
    play = Play("2026-04-01 09:00")
    midorino = play.network(
        "緑野市ネットワーク", "MUNICIPALITY", "M1", ("M2", "M3", "ED1", "C1", "CG1")
    )
    shirahama = play.network("白浜県ネットワーク", "PREFECTURE", "C2", ("W2", "MC2", "CG2", "ED2"))
    she_comes(play, midorino)
    to_the_centre(play)
    the_conference(play, midorino)
    asked_without_a_name(play)
    agreed_across(play, midorino)
    she_moves(play, shirahama)
    settling_in(play)
    she_takes_back(play)
    centre, nagisa = play.stays["centre"], play.stays["destination"]
    return play, Places(
        stays={centre: "centre", nagisa: "destination"},
        after={centre: "destination"},
        transfer="destination",
    )


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
        history="FULL",
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


def asked_without_a_name(play: Play) -> None:
    """B12."""
    play.at("2026-07-17 10:00")
    package = play.items(
        (SubjectDetailsCorrected, "name"),
        (CompanionAdded, "name"),
        (ConsultationRecorded, "main_problem"),
        (AssessmentRecorded, "danger_level"),
    )
    moving = play.drafts("R-B2", "C1", "C2", "OUT_OF_PREFECTURE", items=package)
    play.refused("C1", SendReferral(referral_id=moving), InquireFirst)
    play(
        "C1",
        SendInquiry(
            referral_id=moving,
            age_band="20S",
            family_size=3,
            children=("6_11", "3_5"),
            needs=frozenset({"HOUSING"}),
        ),
    )
    play.at("2026-07-21 10:00")
    play("C2", AnswerInquiry(referral_id=moving, feasible=True))
    play.refused("C1", SendReferral(referral_id=moving), NotAgreedTo)


def agreed_across(play: Play, midorino: NetworkId) -> None:
    """B13 to B17."""
    play.at("2026-07-21 15:00")
    known: list[CategoryCode] = [
        "IDN",
        "CNT",
        "FAM",
        "CHD",
        "PRB",
        "RSK",
        "HLT",
        "ACC",
        "PLN",
        "SVC",
    ]
    play.agrees("K-B5 C2", "C1", ["C2"], known, purpose="RELOCATION")
    play.agrees("K-B5 W2", "C1", ["W2"], known, purpose="RELOCATION")
    play.agrees("K-B5 MC2", "C1", ["MC2"], known, purpose="RELOCATION")
    play.agrees(
        "K-B5 destination", "C1", ["C2", "W2", "MC2"], ["LOC"], purpose="RELOCATION", history="NONE"
    )
    play.agrees(
        "K-B5c",
        "C1",
        ["C1"],
        ["SVC", "LOC"],
        purpose="RELOCATION",
        history="NONE",
        until=date(2026, 10, 31),
    )
    play.at("2026-07-22 10:00")
    play("C1", SendReferral(referral_id=play.referrals["R-B2"]))
    play.at("2026-07-23 10:00")
    play("C2", AcceptReferral(referral_id=play.referrals["R-B2"], role_taken="CONVENOR"))
    play.at("2026-07-23 16:00")
    play.sends(
        "R-B3",
        "C2",
        "W2",
        "MOTHER_CHILD_FACILITY",
        items=play.items((SubjectDetailsCorrected, "name"), (CompanionAdded, "name")),
    )
    play.at("2026-07-24 10:00")
    play("W2", AcceptReferral(referral_id=play.referrals["R-B3"], role_taken="SERVICE_PROVIDER"))
    play.sends(
        "the place at MC2",
        "W2",
        "MC2",
        "MOTHER_CHILD_FACILITY",
        items=play.items((SubjectDetailsCorrected, "name"), (CompanionAdded, "name")),
    )
    play.at("2026-07-24 11:00")
    play(
        "MC2",
        AcceptReferral(
            referral_id=play.referrals["the place at MC2"], role_taken="SERVICE_PROVIDER"
        ),
    )
    play.agrees(
        "K-B4 admission", "C2", ["C2", "W2", "MC2"], kind="FACILITY_ADMISSION", purpose="RELOCATION"
    )
    play.decides(
        "destination",
        "C2",
        DecideStay(
            kind="MOTHER_CHILD_LIVING_SUPPORT",
            scope="OUT_OF_PREFECTURE",
            provider_agency_id=play.of("MC2"),
            planned_from=date(2026, 7, 31),
        ),
    )
    play.at("2026-07-27 10:00")
    play.agrees(
        "K-B6",
        "C1",
        ["C1", "C2", "W2", "CG1"],
        ["IDN", "RSK", "FAM", "CHD", "PLN", "SVC", "MTG"],
        purpose="CONFERENCE",
        until="CASE_TRANSFER",
    )
    play.convenes(
        "MT-B2",
        "C1",
        ["C2", "W2", "CG1"],
        date(2026, 7, 28),
        midorino,
        ["IDN", "RSK", "FAM", "CHD", "PLN", "SVC"],
        "COMBINED_SERVICES_NEEDED",
    )
    play.at("2026-07-28 15:45")
    play.holds("MT-B2", "C1", ["C2", "W2", "CG1"])
    meeting = play.meetings["MT-B2"]
    play(
        "C1",
        RecordDecision(
            meeting_id=meeting,
            kind="SUPPORT_METHOD",
            text="7月31日に転居する。",
            agreed=play.all("C1", "C2", "W2", "CG1"),
        ),
    )
    play(
        "C1", AllocateRole(meeting_id=meeting, function="MAIN_RESPONSIBLE", agency_id=play.of("C2"))
    )
    play("C1", SetNextMeeting(meeting_id=meeting, not_needed=True))
    play.closes("MT-B2", "C1", ["C2", "W2", "CG1"], "転居の日程を確認した。")
    play.at("2026-07-30 10:00")
    play.agrees(
        "K-B7", "C1", ["M1"], ["SVC"], purpose="RELOCATION", history="NONE", only_fields=MOVED_ON
    )


def she_moves(play: Play, shirahama: NetworkId) -> None:
    """B18 and B19."""
    play.at("2026-07-31 14:00")
    play(
        "C1",
        EndStay(
            stay_id=play.stays["centre"],
            destination_kind="OTHER_PREFECTURE",
            destination_address="白浜県白浜市 母子生活支援施設なぎさ",
        ),
    )
    play.at("2026-07-31 15:00")
    children = (play.people["そら"], play.people["うみ"])
    play(
        "MC2",
        StartStay(
            stay_id=play.stays["destination"],
            location="母子生活支援施設なぎさ 2階",
            companions=children,
            age_band="20S",
        ),
    )
    play.refused("C2", TransferCase(network_id=shirahama), OnlyWhoAnswersForHer)
    play("C2", ConfirmHandover(referral_id=play.referrals["R-B2"], referrer_remains=True))
    play("C2", ConfirmHandover(referral_id=play.referrals["R-B3"], referrer_remains=True))
    play(
        "MC2",
        ConfirmHandover(
            referral_id=play.referrals["the place at MC2"],
            referrer_remains=True,
            functions=frozenset({"MAIN_SUPPORT"}),
        ),
    )
    play("C2", EndRole(function="MAIN_SUPPORT", agency_id=play.of("C1")))
    play("C2", TransferCase(network_id=shirahama))
    play.at("2026-07-31 16:00")
    play(
        "CG1",
        FileStatutory(
            provision="CHILD_ABUSE_PREVENTION_4_6",
            recipient=play.of("CG2"),
            categories=frozenset({"CHD", "FAM", "RSK", "IDN", "LOC"}),
            only_fields=OF_THE_CHILDREN | {WHERE_SHE_WENT},
        ),
    )


def settling_in(play: Play) -> None:
    """B20 to B22."""
    play.at("2026-08-03 10:00")
    play.agrees(
        "K-B8",
        "W2",
        ["ED2"],
        ["SCH", "CHD", "LOC"],
        purpose="CHILD",
        until=date(2027, 8, 2),
        only_fields=all_of("SCH") | CHILDS_NAME_AND_YEAR | {WHERE_SHE_WENT},
    )
    play.agrees("K-B8 here", "W2", ["C2", "MC2"], ["SCH"], purpose="CHILD")
    play(
        "W2",
        IssueSafetyInstruction(
            to_agency_id=play.of("ED2"),
            instruction="保護者以外には引き渡さない。",
            valid_until=date(2027, 8, 2),
        ),
    )
    play(
        "W2",
        LinkService(
            service_code="SCHOOL_ENROLMENT", provider_agency=play.of("ED2"), status="APPROVED"
        ),
    )
    play(
        "W2",
        LinkService(
            service_code="NURSERY_PRIORITY_ADMISSION",
            provider_agency=play.of("W2"),
            status="APPROVED",
        ),
    )
    step = play("W2", RecordLegalStep(kind="RESIDENT_REGISTRY_PROTECTION", status="FILED"))
    play(
        "W2",
        RecordLegalStep(
            step_id=LegalStepId(step.made),
            kind="RESIDENT_REGISTRY_PROTECTION",
            status="GRANTED",
            expires_on=date(2027, 8, 2),
        ),
    )
    play.at("2026-08-11 10:00")
    asked = "そらさんの転校先を尋ねる電話"
    play.refused(
        "C1",
        RefuseThirdPartyInquiry(asked_by_kind="ANOTHER_AGENCY", where=asked, response="CONFIRMED"),
        NeitherYesNorNo,
    )
    play(
        "C1",
        RefuseThirdPartyInquiry(
            asked_by_kind="ANOTHER_AGENCY", where=asked, response="NEITHER_YES_NOR_NO"
        ),
    )
    play.at("2026-08-20 10:00")
    play.agrees("K-B9", "W2", ["H2"], ["IDN", "HLT", "CNT"], purpose="SERVICE")
    play.at("2026-09-08 10:00")
    play.sends(
        "R-B4",
        "W2",
        "H2",
        "SERVICE_LINK",
        items=play.items(
            (SubjectDetailsCorrected, "name"),
            (AttributesRecorded, "medication"),
            (ContactMethodSet, "value"),
        ),
    )


def she_takes_back(play: Play) -> None:
    """B23 and B24."""
    play.at("2026-09-10 14:00")
    play("C2", WithdrawConsent(grant_id=play.grants["K-B7"]))
    play("C2", WithdrawConsent(grant_id=play.grants["K-B9"]))
    play.refused(
        "H2",
        AcceptReferral(referral_id=play.referrals["R-B4"], role_taken="SERVICE_PROVIDER"),
        NotAgreedTo,
    )
    play("W2", WithdrawReferral(referral_id=play.referrals["R-B4"], reason="CONSENT_WITHDRAWN"))
    play(
        "C2", NarrowConsent(grant_id=play.grants["K-B5 W2"], removed_categories=frozenset({"HLT"}))
    )
    of_m1 = play(
        "C2",
        RequestPurge(
            recipient=play.of("M1"),
            covers=frozenset({"SVC"}),
            cause="WITHDRAWN",
            grant_id=play.grants["K-B7"],
        ),
    )
    of_h2 = play(
        "C2",
        RequestPurge(
            recipient=play.of("H2"),
            covers=frozenset({"IDN", "HLT", "CNT"}),
            cause="WITHDRAWN",
            grant_id=play.grants["K-B9"],
        ),
    )
    of_w2 = play(
        "C2",
        RequestPurge(
            recipient=play.of("W2"),
            covers=frozenset({"HLT"}),
            cause="NARROWED",
            grant_id=play.grants["K-B5 W2"],
        ),
    )
    play.at("2026-09-11 10:00")
    play("M1", AcknowledgePurge(purge_id=PurgeId(of_m1.made)))
    play.at("2026-09-12 10:00")
    play("H2", AcknowledgePurge(purge_id=PurgeId(of_h2.made)))
    play.at("2026-09-14 10:00")
    play("W2", AcknowledgePurge(purge_id=PurgeId(of_w2.made)))
