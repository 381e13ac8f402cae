"""B20 to B24: settling in, and what she takes back."""

from datetime import date
from typing import Final

from domain.case import (
    AttributesRecorded,
    ContactMethodSet,
    RecordLegalStep,
    SubjectDetailsCorrected,
)
from domain.case.legal import LegalStepId
from domain.case.safety import IssueSafetyInstruction, NeitherYesNorNo, RefuseThirdPartyInquiry
from domain.case.services import LinkService
from domain.consent_ledger import NarrowConsent, WithdrawConsent
from domain.referral import AcceptReferral, ReferralHasEnded
from tests.scenarios.b.moving import WHERE_SHE_WENT
from tests.scenarios.play import Play, all_of

CHILDS_NAME_AND_YEAR: Final = {
    "case.companion_added.v1/name",
    "case.companion_added.v1/birth_year",
}


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
        ReferralHasEnded,
    )
    play(
        "C2", NarrowConsent(grant_id=play.grants["K-B5 W2"], removed_categories=frozenset({"HLT"}))
    )
    play.at("2026-09-11 10:00")
    play.acknowledges("M1", play.grants["K-B7"])
    play.at("2026-09-12 10:00")
    play.acknowledges("H2", play.grants["K-B9"])
    play.at("2026-09-14 10:00")
    play.acknowledges("W2", play.grants["K-B5 W2"])
