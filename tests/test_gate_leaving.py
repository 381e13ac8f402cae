"""What left is held against the log: what was not recorded, and what came too late, is found."""

from datetime import timedelta
from typing import Final

from domain.consent_ledger import WithdrawConsent
from domain.exclusions import SetExclusion
from domain.model import StaffId
from tests.gate.leaving import Left, Stop, Verdict, left_in_time
from tests.gate.letting_out import Reading, headers
from tests.peers import Midorino, midorino

NAME: Final = "case.subject_identified.v1/name"
SECOND: Final = timedelta(seconds=1)


class Here:
    """A hospital was told her name; then, maybe, she took that back, and life went on."""

    def __init__(self, *, withdrawn: bool = True) -> None:
        self.city_and_others: Final[Midorino] = midorino()
        here = self.city_and_others
        grant = here.agrees(here.hospital, categories=("IDN", "SVC"))
        here.accepts(here.hospital, here.sends(here.city, here.hospital))
        self._passes(60.0)
        Reading(here.world, here.case).reads(here.hospital)
        self.told_at: Final = here.world.at
        self._passes(0.5)
        if withdrawn:
            here.says(here.city, WithdrawConsent(grant_id=grant))
        self._passes(0.01)
        here.says(here.city, SetExclusion(staff_id=StaffId(here.world.fresh())))
        self.committed_at: Final = here.world.at

    def _passes(self, seconds: float) -> None:
        self.city_and_others.world.at += timedelta(seconds=seconds)

    def left(self, after_s: float, process: int = 0) -> Left:
        here, at = self.city_and_others, self.committed_at + timedelta(seconds=after_s)
        return Left(at, process, str(here.hospital.agency), str(here.case), NAME, 700)

    def verdict(self, *left: Left, stops: tuple[Stop, ...] = ()) -> Verdict:
        return left_in_time(headers(self.city_and_others.world), left, stops)


def test_what_left_before_it_was_taken_away_or_in_the_second_after_is_in_time() -> None:
    here = Here()
    verdict = here.verdict(here.left(-0.3), here.left(0.99))
    assert (verdict.late_bytes, verdict.under_way, verdict.not_recorded) == (0, 1, [])


def test_what_left_later_is_late() -> None:
    here = Here()
    verdict = here.verdict(here.left(0.99), here.left(1.01))
    assert (verdict.late_bytes, verdict.paused_inside_check) == (700, 0)
    assert len(verdict.late) == 1


def test_what_was_not_taken_away_may_leave_at_any_time() -> None:
    here = Here(withdrawn=False)
    assert here.verdict(here.left(60.0)).late == []


def test_what_left_before_it_was_recorded_was_not_recorded() -> None:
    here = Here()
    early = here.left(0)._replace(at=here.told_at - timedelta(seconds=0.001))
    assert here.verdict(early).not_recorded == [early]


def test_what_left_for_somebody_who_was_not_told_was_not_recorded() -> None:
    here = Here()
    other = here.left(-0.3)._replace(to=str(here.city_and_others.ayumi.agency))
    assert here.verdict(other).not_recorded == [other]


def test_whoever_was_stopped_until_then_is_counted_apart_and_nobody_else() -> None:
    here = Here()
    late = here.left(2.0)
    begun, ended = here.left(0.5).at, here.left(1.99).at
    assert here.verdict(late, stops=(Stop(0, begun, ended),)).paused_inside_check == 1
    for stop in (
        Stop(1, begun, ended),  # Another process.
        Stop(0, begun, here.left(1.5).at),  # It had been going on for a while.
        Stop(0, here.left(1.2).at, ended),  # It was too late before.
    ):
        assert here.verdict(late, stops=(stop,)).late_bytes == 700
