"""Erasure beside all the rest: what is decided in the trail is done to the case, at once."""

from datetime import date, timedelta
from typing import Final

import pytest

from domain.case import (
    CaseClosed,
    CaseErased,
    CaseNotFound,
    CaseOpened,
    CloseCase,
    CompanionAdded,
    CorrectSubjectDetails,
    DataRestricted,
    ReopenCase,
    RestrictionLifted,
)
from domain.case.companions import AddCompanion
from domain.case.course import CaseIsRestricted, CaseWasErased
from domain.consent_ledger import ConsentWithdrawnWordless, NarrowConsent, WithdrawConsent
from domain.erasure import (
    DecideErasure,
    ErasureDecided,
    ErasureRequested,
    NotTheDecider,
    RequestErasure,
    RetentionRunning,
)
from domain.model import ErasureRequestId, Event, PersonId, stream_of
from domain.trail.notices import AboutId, NotifySubject, SubjectNotified
from domain.trail.purges import (
    AcknowledgePurge,
    PurgeAcknowledged,
    PurgeId,
    PurgeNotFound,
    RequestPurge,
)
from domain.visibility import Visible
from tests.invariants import accepted
from tests.invariants import refused as refused_
from tests.peers import Midorino, midorino
from tests.world import Entry, Someone

FIVE_YEARS: Final = timedelta(days=5 * 365 + 2)  # Two of them are leap years.
close = CloseCase(reason="GOALS_MET", subject_wish="もう一人でやっていけます。")
correct = CorrectSubjectDetails(name="相川みさ希", correction_reason="本人の申し出。")


@pytest.fixture
def here() -> Midorino:
    return midorino()


def prefecture(here: Midorino) -> Someone:
    return here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")


def her(here: Midorino) -> PersonId:
    (opened,) = (entry.said for entry in here.world.log if isinstance(entry.said, CaseOpened))
    return opened.subject_id


def asks(here: Midorino, *whom: PersonId) -> ErasureRequestId:
    request = RequestErasure(
        scope=frozenset(whom or {her(here)}), requester="SUBJECT", identity_check="KNOWN_TO_STAFF"
    )
    return here.says(here.city, request).the(ErasureRequested).request_id


def erase(request: ErasureRequestId) -> DecideErasure:
    return DecideErasure(request_id=request, decision="ERASE", grounds="RETENTION_OVER")


def restrict(request: ErasureRequestId) -> DecideErasure:
    return DecideErasure(request_id=request, decision="RESTRICT", grounds="RETENTION_RUNNING")


def use_again(request: ErasureRequestId) -> DecideErasure:
    return DecideErasure(request_id=request, decision="REFUSE", grounds="LEGAL_HOLD")


@accepted("INV-E2")
def test_what_may_not_be_erased_yet_is_no_longer_used_by_anybody() -> None:
    here = midorino()
    division, grant = prefecture(here), here.agrees(here.ayumi)
    here.says(here.city, close)
    request = asks(here)
    assert here.refuses(division, erase(request)) is RetentionRunning
    said = here.says(division, restrict(request))
    assert [(entry.told.stream, type(entry.said)) for entry in said.entries] == [
        (stream_of("trail", here.case), ErasureDecided),
        (stream_of("case", here.case), DataRestricted),
    ]
    assert said.the(ErasureDecided).not_before == date(2031, 5, 14)
    assert here.world.shows(here.city, here.case) == []
    assert here.refuses(here.city, correct) is CaseIsRestricted
    reopen = ReopenCase(reason="NEW_DIFFICULTIES", subject_wish="また相談したい。")
    assert here.refuses(here.city, reopen) is CaseIsRestricted
    assert here.refuses(here.city, WithdrawConsent(grant_id=grant)) is None
    here.world.at += FIVE_YEARS
    assert here.says(division, erase(request)).the(CaseErased).scope == {her(here)}


def test_what_is_used_again_is_as_it_was_before(here: Midorino) -> None:
    division = prefecture(here)
    before = len(here.world.shows(here.city, here.case))
    here.says(here.city, close)
    request = asks(here)
    here.says(division, restrict(request))
    assert here.says(division, use_again(request)).the(RestrictionLifted).scope == {her(here)}
    assert len(here.world.shows(here.city, here.case)) > before
    reopen = ReopenCase(reason="NEW_DIFFICULTIES", subject_wish="また相談したい。")
    assert here.refuses(here.city, reopen) is None


@accepted("INV-E1", "INV-E3")
def test_what_was_recorded_stays_in_the_log_and_goes_on_folding_when_she_is_erased() -> None:
    here = midorino()
    division, grant = prefecture(here), here.agrees(here.ayumi, valid_until=date(2040, 1, 1))
    here.says(here.city, close)
    request = asks(here)
    here.world.at += FIVE_YEARS
    before = [*here.world.log]
    said = here.says(division, erase(request))
    assert here.world.log == [*before, *said.entries]
    assert [type(event) for event in said.events] == [ErasureDecided, CaseErased]
    assert here.world.shows(here.city, here.case) == []
    # Her consent is still answered for, and without a word of hers.
    less = NarrowConsent(grant_id=grant, removed_categories=frozenset({"CNT"}))
    assert here.refuses(here.city, less) is None
    taken_back = here.says(here.city, WithdrawConsent(grant_id=grant, reason="もう要らない。"))
    assert [type(event) for event in taken_back.events] == [ConsentWithdrawnWordless]


@refused_("INV-E1", guard="domain.case:check_takes")
def test_nothing_is_written_over_what_was_erased() -> None:
    here = midorino()
    division = prefecture(here)
    here.says(here.city, close)
    request = asks(here)
    here.world.at += FIVE_YEARS
    here.says(division, erase(request))
    assert here.refuses(here.city, correct) is CaseWasErased


def test_a_companion_is_erased_apart_from_her(here: Midorino) -> None:
    division = prefecture(here)
    child = AddCompanion(companion="CHILD", relation="CHILD", name="相川はると")
    son = here.says(here.city, child).the(CompanionAdded).person_id
    here.says(here.city, close)
    both, his = asks(here), asks(here, son)
    here.world.at += FIVE_YEARS
    assert here.says(division, erase(both)).the(CaseErased).scope == {her(here)}
    assert here.says(division, erase(his)).the(CaseErased).scope == {son}


def test_what_of_him_is_no_longer_used_is_not_used_again_with_her(here: Midorino) -> None:
    division = prefecture(here)
    child = AddCompanion(companion="CHILD", relation="CHILD", name="相川はると")
    son = here.says(here.city, child).the(CompanionAdded).person_id
    here.says(here.city, close)
    hers, his = asks(here), asks(here, son)
    here.says(division, restrict(his))
    here.says(division, restrict(hers))
    here.says(division, use_again(hers))
    shown = here.world.shows(here.city, here.case)
    assert [*visible_of(shown, CaseClosed)]
    assert not any("name" in bases for bases in visible_of(shown, CompanionAdded))
    here.says(division, use_again(his))
    shown = here.world.shows(here.city, here.case)
    assert any("name" in bases for bases in visible_of(shown, CompanionAdded))


def visible_of(shown: list[tuple[Entry, Visible]], kind: type[Event]) -> list[frozenset[str]]:
    return [frozenset(seen.bases) for entry, seen in shown if isinstance(entry.said, kind)]


def test_for_a_prefecture_in_whose_area_nobody_takes_part_there_is_no_such_case(
    here: Midorino,
) -> None:
    elsewhere = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", prefecture="30")
    here.says(here.city, close)
    request = asks(here)
    assert here.refuses(elsewhere, restrict(request)) is CaseNotFound
    assert here.refuses(here.city, restrict(request)) is NotTheDecider


def test_she_is_told_what_became_of_her_request(here: Midorino) -> None:
    division = prefecture(here)
    here.says(here.city, close)
    request = asks(here)
    here.says(division, use_again(request))
    tell = NotifySubject(about="ERASURE", about_id=AboutId(request))
    assert here.says(division, tell).the(SubjectNotified).about_id == request


def test_whoever_was_told_purges_it_though_it_never_took_part(here: Midorino) -> None:
    """It was only asked for advice; the answer to the purge is all it finds of the case."""
    grant = here.agrees(here.hospital)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    asked = here.says(
        here.city,
        RequestPurge(
            recipient=here.hospital.agency,
            covers=frozenset({"IDN"}),
            cause="WITHDRAWN",
            grant_id=grant,
        ),
    )
    done = AcknowledgePurge(purge_id=PurgeId(asked.made))
    assert here.refuses(here.ayumi, done) is CaseNotFound
    assert here.refuses(here.city, done) is PurgeNotFound
    assert here.says(here.hospital, done).the(PurgeAcknowledged).recipient == here.hospital.agency
