"""C1 to C5: met in the street, and nobody agrees who is to help her."""

from datetime import date
from typing import Final

from domain.case import (
    AcceptCase,
    AssignRole,
    ConsultationRecorded,
    ContactMethodSet,
    CorrectSubjectDetails,
    IdentifySubject,
    OpenCase,
    RecordAddress,
    RecordAttributes,
    RecordConsultation,
    SetContactMethod,
    SubjectAlreadyIdentified,
    SubjectDetailsCorrected,
)
from domain.case.support import AssessmentRecorded, RecordAssessment
from domain.consent_ledger import RecordRefusal
from domain.meeting.commands import (
    AllocateRole,
    DesignateMainSupport,
    Position,
    ProvideInformation,
    RecordDisagreement,
    SetNextMeeting,
)
from domain.meeting.settling import NothingUnsettled
from domain.meeting.state import OnlyWhoAttended
from domain.model import NetworkId
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
    DraftReferral,
    IntroductionCarriesContactOnly,
)
from tests.scenarios.cast import Name
from tests.scenarios.play import Play

AT_THE_TABLE: Final[tuple[Name, ...]] = ("M3", "C1", "N2")


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
