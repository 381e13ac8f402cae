"""Which network's times hold: of the case, when something begins; and what runs, runs on."""

from datetime import timedelta

from domain.grievance import GrievanceReceived, ReceiveGrievance
from domain.model import ReferralId
from domain.network import AdoptRules
from domain.referral import DraftReferral, ReferralSent, SendReferral
from domain.timers import TimerRules
from tests.peers import Midorino, midorino
from tests.working import waiting


def adopts(here: Midorino, version: str, **timers: int) -> None:
    here.world.says(
        here.world.operator,
        AdoptRules(
            network_id=here.network,
            version=version,
            meeting_mode="PERIODIC_OR_AS_NEEDED",
            timers=TimerRules(**timers),
            confidentiality_clause=("知り得た秘密を漏らしてはならない。",),
            purpose_of_sharing=("支援に必要な範囲に限る。",),
        ),
    )


def sent(here: Midorino) -> ReferralSent:
    draft = DraftReferral(
        kind="SERVICE_LINK", to_agency=here.ayumi.agency, purpose="SERVICE", urgency="HIGH"
    )
    referral = ReferralId(here.says(here.city, draft).made)
    return here.says(here.city, SendReferral(referral_id=referral)).the(ReferralSent)


def test_a_network_says_by_when_and_what_is_sent_already_stays_as_it_was() -> None:
    here = midorino()
    assert sent(here).answer_due == here.world.at + timedelta(hours=24)
    first = waiting(here.world, "REFERRAL_ANSWER")
    adopts(here, "2027-04", answer_high_hours=6)
    assert waiting(here.world, "REFERRAL_ANSWER") == first
    assert sent(here).answer_due == here.world.at + timedelta(hours=6)


def test_a_grievance_has_the_times_of_the_case_it_is_about_and_without_one_the_usual() -> None:
    here = midorino()
    adopts(here, "2027-04", answer_grievance_days=10)
    heard = ReceiveGrievance(complainant="SUBJECT", text="三度も同じ話をさせられました。")
    about_her = here.says(here.city, heard).the(GrievanceReceived)
    about_none = here.world.says(here.city, heard).the(GrievanceReceived)
    assert about_her.answer_by == about_her.on + timedelta(days=10)
    assert about_none.answer_by == about_none.on + timedelta(days=30)
