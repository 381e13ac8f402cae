"""B12 to B19: asked without a name, agreed across, and moved."""

from datetime import date
from typing import Final

from domain.case import (
    CompanionAdded,
    ConsultationRecorded,
    EndRole,
    OnlyWhoAnswersForHer,
    SubjectDetailsCorrected,
    TransferCase,
)
from domain.case.stay_events import DecideStay, EndStay, StartStay
from domain.case.support import AssessmentRecorded
from domain.categories import CategoryCode
from domain.items import NotAgreedTo
from domain.meeting.commands import AllocateRole, RecordDecision, SetNextMeeting
from domain.model import NetworkId
from domain.referral import (
    AcceptReferral,
    AnswerInquiry,
    ConfirmHandover,
    InquireFirst,
    SendInquiry,
    SendReferral,
)
from domain.statutory import FileStatutory
from tests.scenarios.b.protection import OF_THE_CHILDREN
from tests.scenarios.play import Play

WHERE_SHE_WENT: Final = "case.stay_ended.v1/destination_address"
# Told by whoever hears that she is there no more, and nothing of where she is.
MOVED_ON: Final = frozenset({"case.transferred.v1/on"})


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
    play(
        "C2",
        ConfirmHandover(
            referral_id=play.referrals["R-B2"], referrer_remains=True, network_id=shirahama
        ),
    )
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
