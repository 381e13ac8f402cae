"""A replay tells nothing that whoever reads may not know now, however they come to ask."""

from datetime import date
from typing import Final

from contracts.envelope import DETAILS
from contracts.replay import Gone
from domain.agency import SucceedAgency
from domain.case import AssignRole
from domain.case.companions import AddCompanion
from domain.case.record import RecordNote
from domain.categories import CategoryCode
from domain.exclusions import SetExclusion
from tests.peers import Midorino, midorino
from tests.sealed import House
from tests.test_erasure_together import asks, close, restrict
from tests.world import Someone

OF_CHILDREN: Final[tuple[CategoryCode, ...]] = ("CHD",)


def test_of_what_is_no_longer_used_nothing_is_shown_of_earlier_times_either() -> None:
    here = midorino()
    division = here.world.joins("PREFECTURAL_WOMENS_SUPPORT_DIVISION", name="青葉県")
    here.says(here.city, close)
    request, before = asks(here), here.world.at
    here.world.passes(hours=1)
    assert House(here.world).replay(here.city, here.case, at=before) is not None
    here.says(division, restrict(request))
    assert House(here.world).replay(here.city, here.case, at=before) is None


def test_what_it_was_is_told_to_those_alone_who_may_know_it_themselves() -> None:
    """Through the eyes of another the city meets the child by name, and not that one was added."""
    here = midorino()
    here.agrees(here.ayumi, categories=("CHD", "FAM", "SVC"))
    here.agrees(here.city, here.hospital, categories=("IDN", "SVC"))
    for who in (here.ayumi, here.hospital):
        here.accepts(who, here.sends(here.city, who))
    here.agrees(here.city, categories=OF_CHILDREN)
    child = AddCompanion(companion="CHILD", relation="CHILD", name="そら", birth_year=2018)
    here.says(here.hospital, child)
    there = House(here.world)
    own = there.replay(here.ayumi, here.case)
    shown = there.replay(here.city, here.case, agency=here.ayumi.agency)
    assert own is not None
    assert shown is not None
    assert own.items[-1].type == "case.companion_added.v1"
    assert (shown.items[-1].id, shown.items[-1].type) == (own.items[-1].id, DETAILS)
    assert [*shown.items[-1].bases] == ["name", "birth_year", "birth_date"]


def hospital_takes_part(here: Midorino) -> None:
    """Ayumi has obtained her consent for the hospital, and reads what that one writes."""
    here.agrees(here.ayumi, categories=("PLN", "SVC"))
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    here.agrees(here.hospital, categories=("PLN", "SVC"), via=here.ayumi)
    here.accepts(here.hospital, here.sends(here.city, here.hospital))
    here.says(here.hospital, RecordNote(declared_category="PLN", text="来週、受診する。"))
    here.says(here.ayumi, RecordNote(declared_category="PLN", text="付き添う。"))


def looks_through(here: Midorino, reader: Someone, view: Someone) -> bool:
    return House(here.world).replay(reader, here.case, agency=view.agency) is not None


def succeeds(here: Midorino, old: Someone, new: Someone) -> None:
    command = SucceedAgency(agency_id=old.agency, successor=new.agency)
    here.world.says(here.world.operator, command)


def test_who_took_over_from_whom_she_has_shut_out_sees_as_little() -> None:
    here = midorino()
    hospital_takes_part(here)
    hidamari = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", name="ひだまり")
    here.says(here.city, SetExclusion(agency_id=hidamari.agency))
    assert looks_through(here, here.ayumi, here.hospital)
    before = here.world.at
    here.world.passes(hours=1)
    succeeds(here, hidamari, here.ayumi)
    assert not looks_through(here, here.ayumi, here.hospital)
    then = House(here.world).replay(here.ayumi, here.case, at=before)
    now = House(here.world).replay(here.ayumi, here.case)
    assert then is not None
    assert now is not None
    assert {line.id for line in then.items} == {line.id for line in now.items}


def test_what_she_let_one_know_is_seen_through_the_eyes_of_who_took_over_from_it() -> None:
    here = midorino()
    hospital_takes_part(here)
    new = here.world.joins("MEDICAL_INSTITUTION", "PSYCHOLOGIST", name="緑野中央病院")
    succeeds(here, here.hospital, new)
    here.says(here.city, AssignRole(function="SERVICE_PROVIDER", agency_id=new.agency))
    here.says(new, RecordNote(declared_category="PLN", text="引き継いだ。"))
    assert looks_through(here, here.ayumi, new)


def test_what_ran_out_by_its_day_has_gone_by_the_clock() -> None:
    """And not by what happened to be the next thing that was done."""
    here = midorino()
    here.agrees(here.ayumi, categories=("IDN", "SVC"), valid_until=date(2026, 6, 30))
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    before = here.world.at
    here.world.passes(days=90)
    here.says(here.city, SetExclusion(agency_id=here.police.agency))
    replay = House(here.world).replay(here.ayumi, here.case, at=before, against_at=here.world.at)
    assert replay is not None
    gone = {said for line in replay.items for said in line.gone.values()}
    assert gone == {Gone(by_the_clock=True)}
