"""A1 to A14: she comes, and is taken into a shelter."""

from datetime import date
from typing import Final

from domain.case import (
    AcceptCase,
    AttributesRecorded,
    CaseAccepted,
    ConsultationRecorded,
    ContactMethodSet,
    IdentifySubject,
    OpenCase,
    RecordAddress,
    RecordAttributes,
    RecordConsultation,
    SetContactMethod,
    SubjectIdentified,
)
from domain.case.stay_events import DecideStay, DeclineProtection, StartStay
from domain.case.support import AssessmentRecorded, RecordAssessment
from domain.consent_ledger import RecordRefusal
from domain.items import NotAgreedTo
from domain.model import NetworkId
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    ReceiveReferral,
    SendReferral,
)
from tests.scenarios.play import Play, all_of

MEDICATION: Final = "case.attributes_recorded.v1/medication"
BIRTH_DATE: Final = "case.subject_identified.v1/birth_date"


def she_comes(play: Play, midorino: NetworkId) -> None:
    """A1 to A4."""
    play.at("2026-05-11 10:20")
    play.opens(
        "M1",
        OpenCase(
            anonymous=True,
            channel="PHONE",
            found_via="SELF",
            frameworks=frozenset({"WOMEN_SUPPORT_ACT", "DV_ACT"}),
            at_risk_only=False,
        ),
    )
    play(
        "M1",
        RecordConsultation(
            channel="PHONE",
            caller_is_subject=True,
            main_problem="SPOUSE_VIOLENCE",
            age_band="30S",
            language="ja",
            sexual_harm_flag=False,
            summary="夫から殴られている。携帯と仕事は手放したくない。",
        ),
    )
    play.at("2026-05-13 13:00")
    play("M1", IdentifySubject(name="相川みさき", birth_date=date(1993, 8, 2)))
    play(
        "M1",
        SetContactMethod(
            means="SNS",
            value="SMS 090-0000-1234",
            safe_times="12時から13時",
            unsafe_means=frozenset({"PHONE"}),
        ),
    )
    play("M1", RecordAddress(kind="REGISTERED", address="緑野市青葉町1-2-3"))
    play(
        "M1",
        RecordAttributes(
            languages=frozenset({"ja"}), diagnosis="適応障害", medication="睡眠導入剤"
        ),
    )
    play.at("2026-05-13 13:20")
    play("M1", AcceptCase(network_id=midorino))
    play.at("2026-05-13 13:40")
    play(
        "M1",
        RecordAssessment(
            with_subject=True,
            danger_level="HIGH",
            urgency_level="HIGH",
            perpetrator_info="夫。帰宅は19時頃。",
            needs=frozenset({"HOUSING", "ECONOMIC"}),
            economic_summary="パート収入のみ。",
        ),
    )


def to_the_centre(play: Play) -> None:
    """A5 to A9."""
    play.at("2026-05-13 13:55")
    play.agrees(
        "K-A1",
        "M1",
        ["C1"],
        ["IDN", "CNT", "PRB", "RSK", "ACC", "SVC", "HLT"],
        excluded_fields=all_of("HLT") - {MEDICATION},
    )
    play.at("2026-05-13 13:57")
    play.agrees("K-A2", "M1", ["M1"], ["SVC", "PLN"])
    play.at("2026-05-13 13:58")
    play(
        "M1",
        RecordRefusal(
            kind="INFORMATION",
            recipients=play.all("P1"),
            categories=frozenset({"IDN", "CNT", "PRB", "RSK", "SVC"}),
            purpose="PROTECTION",
        ),
    )
    play.at("2026-05-13 14:10")
    told_no_one_else = play.drafts(
        "to the police", "M1", "P1", "SERVICE_LINK", items=play.items((SubjectIdentified, "name"))
    )
    play.refused("M1", SendReferral(referral_id=told_no_one_else), NotAgreedTo)
    package = play.items(
        (SubjectIdentified, "name"),
        (ContactMethodSet, "value"),
        (ConsultationRecorded, "main_problem"),
        (AssessmentRecorded, "danger_level"),
        (AttributesRecorded, "medication"),
        (CaseAccepted, "accepted_on"),
    )
    play.sends(
        "R-A1",
        "M1",
        "C1",
        "TEMPORARY_PROTECTION_REQUEST",
        items=package,
        respond_by="2026-05-13 16:10",
    )
    play.at("2026-05-13 14:20")
    play("C1", ReceiveReferral(referral_id=play.referrals["R-A1"]))
    play.at("2026-05-13 14:45")
    play("C1", AcceptReferral(referral_id=play.referrals["R-A1"], role_taken="CONVENOR"))


def into_the_shelter(play: Play) -> None:
    """A10 to A14."""
    play.at("2026-05-13 15:30")
    play("C1", DeclineProtection(reasons=frozenset({"KEEP_WORK_OR_SCHOOL", "NO_MOBILE_PHONE"})))
    play.agrees("K-A3 protection", "C1", ["C1"], kind="TEMPORARY_PROTECTION")
    play.agrees(
        "K-A3",
        "C1",
        ["C1", "S1"],
        kind="COMMISSIONED_PLACEMENT",
        conditions=frozenset({"KEEPS_PHONE", "KEEPS_WORK"}),
    )
    play.at("2026-05-13 15:50")
    to_shelter = play.agrees(
        "K-A4",
        "C1",
        ["S1"],
        ["IDN", "CNT", "RSK", "ACC", "SVC", "HLT"],
        until="STAY_END",
        excluded_fields=all_of("HLT") - {MEDICATION} | {BIRTH_DATE},
    )
    play.at("2026-05-13 16:00")
    play.decides(
        "shelter",
        "C1",
        DecideStay(
            stay_id=play.stay_after(to_shelter),
            kind="COMMISSIONED_PROTECTION",
            scope="IN_PREFECTURE",
            legal_ground="SPOUSE_VIOLENCE",
            provider_agency_id=play.of("S1"),
            direct_admission=True,
            planned_from=date(2026, 5, 13),
        ),
    )
    play.sends(
        "R-A2",
        "C1",
        "S1",
        "COMMISSION",
        items=play.items(
            (SubjectIdentified, "name"),
            (ContactMethodSet, "value"),
            (AssessmentRecorded, "danger_level"),
            (AttributesRecorded, "medication"),
        ),
    )
    play.at("2026-05-13 16:30")
    play("S1", AcceptReferral(referral_id=play.referrals["R-A2"], role_taken="MAIN_SUPPORT"))
    play.at("2026-05-13 19:20")
    play(
        "S1",
        StartStay(
            stay_id=play.stays["shelter"],
            location="緑野市の住所非公開のシェルター",
            age_band="30S",
            reason_code="DV",
        ),
    )
    play.at("2026-05-13 19:30")
    play("C1", ConfirmHandover(referral_id=play.referrals["R-A1"], referrer_remains=True))
    play(
        "C1",
        ConfirmHandover(
            referral_id=play.referrals["R-A2"],
            referrer_remains=True,
            functions=frozenset({"MAIN_SUPPORT"}),
        ),
    )
