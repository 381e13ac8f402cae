"""A24 to A29: a home of her own, and who stays in touch with her."""

from typing import Final

from domain.case import (
    CloseCase,
    ContactMethodSet,
    SubjectIdentified,
)
from domain.case.aftercare import (
    AftercareTerms,
    EndAftercare,
    RescheduleAftercare,
    VisitsNeedHerAddress,
)
from domain.case.closing import AftercareNotEnded
from domain.case.stay_events import EndStay
from domain.case.support import RecordSupportActivity
from domain.consent_ledger import NarrowConsent
from domain.referral import (
    AcceptReferral,
    ConfirmHandover,
)
from tests.scenarios.play import Play, all_of

# Where she was until then is not told with where her new home is.
WHERE_SHE_WAS: Final = all_of("LOC") - {"case.stay_ended.v1/destination_address"}


def a_home_of_her_own(play: Play) -> None:
    """A24 to A26."""
    play.at("2026-11-25 10:00")
    play.agrees(
        "K-A9",
        "F1",
        ["N1"],
        ["IDN", "CNT", "PLN", "SVC", "LOC"],
        purpose="AFTERCARE",
        excluded_fields=WHERE_SHE_WAS,
    )
    play.agrees(
        "K-A10",
        "F1",
        ["M2"],
        ["ECO", "HOU", "SVC", "LOC"],
        purpose="SERVICE",
        excluded_fields=WHERE_SHE_WAS,
    )
    play.at("2026-11-26 10:00")
    play.sends(
        "R-A4",
        "F1",
        "N1",
        "AFTERCARE_HANDOVER",
        items=play.items((SubjectIdentified, "name"), (ContactMethodSet, "value")),
    )
    play.at("2026-11-27 10:00")
    play("N1", AcceptReferral(referral_id=play.referrals["R-A4"], role_taken="AFTERCARE_LEAD"))
    play.at("2026-11-30 11:00")
    terms = AftercareTerms(
        lead_agency=play.of("N1"),
        means=frozenset({"PHONE", "VISIT"}),
        cadence_days=21,
        subject_wish="ときどき話したい。",
    )
    play(
        "F1",
        EndStay(
            stay_id=play.stays["facility"],
            destination_kind="OWN_HOUSING",
            destination_address="緑野市若葉町4-5-6 101号室",
            aftercare=terms,
        ),
    )
    play(
        "F1",
        ConfirmHandover(
            referral_id=play.referrals["R-A4"],
            referrer_remains=False,
            functions=frozenset({"AFTERCARE_LEAD", "MAIN_SUPPORT"}),
            relieved=play.all("F1"),
        ),
    )


def aftercare(play: Play) -> None:
    """A27 to A29."""
    play.at("2026-12-15 11:00")
    play(
        "N1",
        RecordSupportActivity(
            kind="PHONE_FOLLOW_UP", place_kind="PHONE", text="元気そうな声だった。"
        ),
    )
    play.at("2027-01-20 14:00")
    play(
        "N1",
        RecordSupportActivity(
            kind="VISIT_FOLLOW_UP", place_kind="WHERE_SHE_STAYS", text="部屋が整ってきた。"
        ),
    )
    play.at("2027-02-10 10:00")
    play("N1", NarrowConsent(grant_id=play.grants["K-A9"], removed_categories=frozenset({"LOC"})))
    visits = AftercareTerms(
        lead_agency=play.of("N1"), means=frozenset({"PHONE", "VISIT"}), cadence_days=21
    )
    play.refused("N1", RescheduleAftercare(terms=visits), VisitsNeedHerAddress)
    play(
        "N1",
        RescheduleAftercare(
            terms=AftercareTerms(
                lead_agency=play.of("N1"),
                means=frozenset({"PHONE"}),
                cadence_days=21,
                subject_wish="訪問は負担。",
            )
        ),
    )
    play.at("2027-02-12 09:00")
    play.acknowledges("N1", play.grants["K-A9"])
    play.at("2027-05-31 10:00")
    play.refused(
        "C1", CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫。"), AftercareNotEnded
    )
    play("N1", EndAftercare(subject_wish="もう十分。"))
    play("C1", CloseCase(reason="GOALS_MET", subject_wish="もう大丈夫。"))
