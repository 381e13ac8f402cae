"""When her record is erased, everyone who was ever told of her is asked to destroy it."""

from datetime import date
from functools import cache
from typing import Final

from domain.case import CompanionAdded
from domain.case.companions import AddCompanion
from domain.categories import CategoryCode
from domain.consent_ledger import WithdrawConsent
from domain.erasure import DecideErasure
from domain.model import ITSELF
from domain.statutory import FileStatutory, StatutoryDisclosureRecorded
from domain.trail.purges import (
    AcknowledgePurge,
    PurgeOfWhatWasToldNotNamed,
    PurgeRequested,
    RequestPurge,
)
from services.reacting.erasure import ERASURE
from services.reacting.withdrawals import WITHDRAWALS
from tests.peers import Midorino, midorino
from tests.scenarios import c
from tests.scenarios.play import Play
from tests.settling import Settling, events, refusals
from tests.test_erasure_together import FIVE_YEARS, asks, close
from tests.world import NOBODY

OF_CHILDREN: Final[tuple[CategoryCode, ...]] = ("CNT", "IDN", "FAM", "CHD")


@cache
def played() -> Play:
    return c.play()[0]


def asked_at_the_end() -> list[PurgeRequested]:
    return [
        entry.said
        for entry in played().world.of_case(played().case)
        if isinstance(entry.said, PurgeRequested)
        and entry.said.cause == "ERASED"
        and entry.told.agency == ITSELF
    ]


def test_whoever_was_told_by_consent_in_danger_or_by_law_is_asked() -> None:
    """C16: though what they were told by a consent, they were asked for when it ended."""
    play = played()
    names = {agency.agency: name for name, agency in play.cast.items()}
    assert {names[each.recipient] for each in asked_at_the_end()} == {"M3", "C1", "N2", "H1", "P1"}


def test_each_is_asked_for_what_it_was_told_and_on_what_basis() -> None:
    play = played()
    of_p1, of_h1 = (
        next(each for each in asked_at_the_end() if each.recipient == play.of(name))
        for name in ("P1", "H1")
    )
    assert (of_p1.emergency_id, of_p1.covers) == (
        play.emergencies["P1"],
        frozenset({"IDN", "CNT", "RSK", "ADR"}),
    )
    assert (of_h1.emergency_id, of_h1.covers) == (
        play.emergencies["H1"],
        frozenset({"IDN", "RSK", "HLT"}),
    )


def test_who_has_not_answered_yet_is_not_asked_twice() -> None:
    play = played()
    asked = [
        entry.said
        for entry in play.world.of_case(play.case)
        if isinstance(entry.said, PurgeRequested) and entry.said.recipient == play.of("M1")
    ]
    assert {each.cause for each in asked} == {"EXPIRED"}


def takes_its_part(here: Midorino) -> None:
    referral = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, referral)
    here.confirms(here.ayumi, referral)


def test_whoever_was_told_nothing_of_the_child_is_asked_nothing() -> None:
    """Not even by a request for nothing, which would be refused."""
    here = midorino()
    division = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    sora = AddCompanion(companion="CHILD", relation="CHILD", name="そら", birth_year=2018)
    child = here.says(here.city, sora).the(CompanionAdded).person_id
    here.agrees(here.ayumi, categories=("CNT", "SVC"))
    takes_its_part(here)
    here.says(here.city, close)
    request = asks(here, child)
    settling = Settling(here.world)
    settling.settle()
    here.says(division, DecideErasure(request_id=request, decision="ERASE", grounds="ERASURE_DUTY"))
    assert settling.settle() == []


def test_who_has_destroyed_it_by_the_time_it_is_heard_of_is_not_asked_again() -> None:
    """She had taken back her consent before, and it was asked for only after the erasure."""
    here = midorino()
    division = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    grant = here.agrees(here.ayumi)
    takes_its_part(here)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    here.says(here.city, close)
    request = asks(here)
    here.world.at += FIVE_YEARS
    erase = DecideErasure(request_id=request, decision="ERASE", grounds="RETENTION_OVER")
    here.says(division, erase)
    _, asked = events(Settling(here.world, (WITHDRAWALS,)).settle())
    assert isinstance(asked, PurgeRequested)
    assert (asked.recipient, asked.cause) == (here.ayumi.agency, "WITHDRAWN")
    here.says(here.ayumi, AcknowledgePurge(purge_id=asked.purge_id))
    assert Settling(here.world, (ERASURE,)).settle() == []


def test_who_was_told_of_a_child_is_asked_to_destroy_that_when_the_child_is_erased() -> None:
    """Of what was recorded of the child, and of no more: her own record is not erased."""
    here = midorino()
    division = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    guidance = here.world.joins("CHILD_GUIDANCE_CENTRE", name="青葉県中央児童相談所")
    sora = AddCompanion(companion="CHILD", relation="CHILD", name="そら", birth_year=2018)
    child = here.says(here.city, sora).the(CompanionAdded).person_id
    grant = here.agrees(here.ayumi, categories=OF_CHILDREN, valid_until=date(2027, 3, 31))
    takes_its_part(here)
    filed = here.says(
        here.city,
        FileStatutory(
            provision="CHILD_ABUSE_PREVENTION_6",
            recipient=guidance.agency,
            categories=frozenset({"CHD", "RSK"}),
        ),
    ).the(StatutoryDisclosureRecorded)
    here.says(here.city, close)
    request = asks(here, child)
    settling = Settling(here.world)
    settling.settle()
    here.says(division, DecideErasure(request_id=request, decision="ERASE", grounds="ERASURE_DUTY"))
    done = settling.settle()
    assert refusals(done) == []
    asked = [each for each in events(done) if isinstance(each, PurgeRequested)]
    assert {(e.recipient, e.cause, e.covers, e.grant_id, e.statutory_id) for e in asked} == {
        (here.ayumi.agency, "ERASED", frozenset({"CHD", "FAM"}), grant, None),
        (guidance.agency, "ERASED", frozenset({"CHD"}), None, filed.statutory_id),
    }


def test_nothing_is_asked_for_by_rule_of_what_was_told_by_law_while_it_is_kept() -> None:
    here = midorino()
    guidance = here.world.joins("CHILD_GUIDANCE_CENTRE", name="青葉県中央児童相談所")
    filed = here.says(
        here.city,
        FileStatutory(
            provision="CHILD_ABUSE_PREVENTION_6",
            recipient=guidance.agency,
            categories=frozenset({"RSK"}),
        ),
    ).the(StatutoryDisclosureRecorded)
    asks_for_it = RequestPurge(
        recipient=guidance.agency,
        covers=frozenset({"RSK"}),
        cause="ERASED",
        statutory_id=filed.statutory_id,
    )
    assert here.refuses(NOBODY, asks_for_it) is PurgeOfWhatWasToldNotNamed
