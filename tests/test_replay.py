"""A case as agencies could see it at some time: told is what they saw, opened what they may see."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from contracts.envelope import AgencyShown
from contracts.replay import Gone, Replay, ReplayLine
from domain.agency import RestoreAgency, SuspendAgency
from domain.exclusions import SetExclusion
from domain.model import CaseId
from tests.scenarios import a
from tests.scenarios.a.protection import into_the_shelter, she_comes, to_the_centre
from tests.scenarios.cast import Name
from tests.scenarios.play import Play, moment
from tests.sealed import House
from tests.world import Someone

GOLDEN: Final = Path(__file__).parent / "golden/replay_a.txt"
AFTER_THE_HANDOVER: Final = moment("2026-05-13 19:40")
BEFORE_THE_RESIDENCE: Final = moment("2026-06-04 12:00")
IN_THE_RESIDENCE: Final = moment("2026-06-10 09:00")
CLOSED: Final = {"withheld": "closed"}


@cache
def played() -> Play:
    return a.play()[0]


@cache
def house(at: datetime = IN_THE_RESIDENCE) -> House:
    return House(played().world, at)


def seen(name: Name, now: datetime = IN_THE_RESIDENCE, /, **asked: Any) -> Replay:
    found = house(now).replay(played().cast[name], played().case, **asked)
    assert found is not None
    return found


def refused(name: Name, /, **asked: Any) -> bool:
    return house().replay(played().cast[name], played().case, **asked) is None


# What each agency saw of her


def test_three_agencies_at_two_times_see_what_is_written_down() -> None:
    written = "\n".join(
        line
        for at in (AFTER_THE_HANDOVER, BEFORE_THE_RESIDENCE)
        for name in ("M1", "C1", "S1")
        for line in (f"{name} {at:%Y-%m-%d %H:%M}", *course(seen(name, at=at)), "")
    )
    assert written == GOLDEN.read_text("utf-8")


def course(replay: Replay) -> Iterator[str]:
    """Of each line when, who, what it does in the lanes, who answers for her, what it was."""
    names = {who.agency: name for name, who in played().cast.items()}

    def named(lane: int | None) -> str:
        if lane is None:
            return "."
        agency = replay.lanes[lane].agency
        if replay.lanes[lane].by_itself:
            return "@"
        return names[agency.id] if agency.id else f"({agency.kind or '?'})".lower()

    for line in replay.items:
        arrow = f" {line.mark or ''}".rstrip()
        if line.to is not None:
            arrow += f" {named(line.lane if line.of is None else line.of)}>{named(line.to)}"
        rules = "+".join(sorted({basis.rule for basis in line.bases.values()}))
        yield (
            f"{line.occurred_at:%m-%d %H:%M} {named(line.lane)}{arrow}"
            f" #{named(line.holder)} {line.type} {rules}"
        )


# Told is what could be seen then, opened what may be seen now


def test_what_may_no_longer_be_seen_is_told_to_have_been_and_stays_closed() -> None:
    """She has taken the shelter out of the consent for the conference, and her stay has ended."""
    line = of_type(seen("S1", at=AFTER_THE_HANDOVER), "case.subject_identified.v1")
    assert line.bases["name"].grant == played().grants["K-A4"]
    assert {name: said(line, name) for name in ("name", "kana")} == {"name": CLOSED, "kana": CLOSED}


def test_what_may_still_be_seen_is_opened() -> None:
    line = of_type(seen("C1", at=AFTER_THE_HANDOVER), "case.subject_identified.v1")
    assert (line.bases["name"].grant, said(line, "name")) == (
        played().grants["K-A1"],
        "相川みさき",
    )


def test_what_came_later_is_not_in_it() -> None:
    assert not of_types(seen("C1", at=moment("2026-05-13 16:20")), "case.stay_started.v1")
    assert of_types(seen("C1", at=moment("2026-05-13 19:20")), "case.stay_started.v1")


def test_a_time_to_come_is_as_now() -> None:
    assert seen("C1", at=moment("2030-01-01 00:00")) == seen("C1")


def test_the_two_sides_of_a_referral_are_told_which_one_it_rests_on() -> None:
    line = of_type(seen("C1", at=AFTER_THE_HANDOVER), "referral.sent.v1")
    assert {basis.referral for basis in line.bases.values()} == {played().referrals["R-A1"]}


def test_a_day_is_said_as_it_is_in_japan() -> None:
    assert seen("C1", at=AFTER_THE_HANDOVER).items[-1].on == "令和8年5月13日"


# Another agency's view


def test_whoever_obtained_her_consent_sees_what_it_shows_to_whom_it_is_for() -> None:
    centre = played().of("C1")
    replay = seen("M1", agency=centre, at=AFTER_THE_HANDOVER)
    assert {b.grant for line in replay.items for b in line.bases.values()} == {
        played().grants["K-A1"]
    }
    line = of_type(replay, "case.attributes_recorded.v1")
    assert (said(line, "medication"), "diagnosis" in line.bases) == ("睡眠導入剤", False)


def test_and_nothing_that_it_may_not_see_itself() -> None:
    """The centre knows by the same consent more of her stay than the city does."""
    own = {line.id for line in seen("M1").items}
    through = seen("M1", agency=played().of("C1"))
    assert {line.id for line in through.items} <= own
    assert {line.id for line in seen("C1", at=AFTER_THE_HANDOVER).items} - own


@pytest.mark.parametrize(
    ("reader", "view"),
    [("S1", "C1"), ("S1", "M1"), ("M1", "S1"), ("P1", "C1"), ("P1", "P1")],
)
def test_of_all_others_there_is_no_view(reader: Name, view: Name) -> None:
    at = AFTER_THE_HANDOVER
    assert refused(reader, agency=played().of(view), at=at)
    assert refused(reader, agency=played().of(view), against_at=at)
    assert refused(reader, against=played().of(view)) or reader == view


def test_a_consent_that_names_two_shelters_does_not_tell_in_which_of_them_she_is() -> None:
    """The city knows of neither; it gets the answer it gets of any agency, before and after."""
    play, other = in_the_shelter()
    views = [play.of("S1"), other.agency]

    def answers() -> list[Replay | None]:
        there, city = House(play.world), play.cast["M1"]
        return [
            answer
            for view in views
            for answer in (
                there.replay(city, play.case, agency=view),
                there.replay(city, play.case, agency=view, at=then),
                there.replay(city, play.case, against=view),
            )
        ]

    then = play.world.at
    before = answers()
    play.cast["H2"] = other
    play.agrees("K-X", "M1", ("S1", "H2"), ("ECO", "PRB"))
    assert [*before, *answers()] == [None] * 12


def in_the_shelter() -> tuple[Play, Someone]:
    """She has just been taken into the one shelter; of the other there is nothing."""
    play = Play("2026-04-01 09:00")
    midorino = play.network("緑野市ネットワーク", "MUNICIPALITY", "M1", ("M2", "M3", "ED1", "C1"))
    play.commissions("C1", "S1", date(2026, 4, 1), date(2027, 3, 31))
    other = play.world.joins("PRIVATE_SHELTER", "FACILITY_HEAD", "06", "青葉のいえ")
    she_comes(play, midorino)
    to_the_centre(play)
    into_the_shelter(play)
    return play, other


def test_whom_one_knows_to_take_part_one_looks_through_from_then_on() -> None:
    """The city is told of the Centre's part when the handover is confirmed, not before."""
    play, _ = in_the_shelter()
    centre = play.of("C1")
    city, there = play.cast["M1"], House(play.world)
    assert there.replay(city, play.case, agency=centre)
    assert there.replay(city, play.case, agency=centre, at=moment("2026-05-13 13:50")) is None


# Whom she has shut out


def test_whom_she_has_shut_out_looks_through_nobodys_eyes() -> None:
    play, _ = in_the_shelter()
    assert House(play.world).replay(play.cast["M1"], play.case, agency=play.of("C1"))
    shut_out(play, "M1")
    assert House(play.world).replay(play.cast["M1"], play.case, agency=play.of("C1")) is None


def test_nor_does_it_see_of_earlier_times_more_than_it_may_see_now() -> None:
    play, _ = in_the_shelter()
    city, before = play.cast["M1"], play.world.at
    earlier = House(play.world).replay(city, play.case, at=before)
    shut_out(play, "M1")
    now = House(play.world).replay(city, play.case)
    then = House(play.world).replay(city, play.case, at=before)
    assert earlier is not None
    assert now is not None
    assert then is not None
    assert fields(then) <= fields(now)
    assert fields(earlier) - fields(then)
    assert all(line.agency.id == city.agency for line in then.items)


def shut_out(play: Play, name: Name) -> None:
    play.world.passes(hours=1)
    play.world.says(play.cast["C1"], SetExclusion(agency_id=play.of(name)), play.case)


def fields(replay: Replay) -> set[tuple[object, str]]:
    return {(line.id, name) for line in replay.items for name in line.bases}


def test_before_she_had_agreed_there_was_none() -> None:
    city = played().of("M1")
    assert {b.grant for line in seen("C1", agency=city).items for b in line.bases.values()} == {
        played().grants["K-A5"]
    }
    assert refused("C1", agency=city, at=AFTER_THE_HANDOVER)


def test_nor_of_an_agency_that_is_not_there() -> None:
    assert refused("C1", agency=played().world.fresh())
    assert refused("C1", against=played().world.fresh())


def test_nor_of_a_case_that_is_not_there() -> None:
    nowhere = CaseId(played().world.fresh())
    assert house().replay(played().cast["C1"], nowhere) is None


# Auditors


@cache
def audited() -> tuple[House, Someone]:
    """The same story, in a house that has an auditor."""
    play = a.play()[0]
    auditor = play.world.enrols(play.world.operator.agency, "AUDITOR")
    return House(play.world), auditor


@pytest.mark.parametrize("name", ["M1", "C1", "S1"])
def test_an_auditor_sees_each_view_and_nothing_that_stands_in_it(name: Name) -> None:
    there, auditor = audited()
    audit = there.replay(auditor, played().case, agency=played().of(name), at=AFTER_THE_HANDOVER)
    assert audit is not None
    own = seen(name, AFTER_THE_HANDOVER)
    assert [(line.id, line.type, {*line.bases}) for line in audit.items] == [
        (line.id, line.type, {*line.bases}) for line in own.items
    ]
    assert {msgspec.json.encode(v) for line in audit.items for v in line.fields.values()} == {
        msgspec.json.encode(CLOSED)
    }
    assert all(
        line.to is None or audit.lanes[line.to].agency == AgencyShown() for line in audit.items
    )


def test_an_auditor_of_another_agency_is_no_auditor_here() -> None:
    play = a.play()[0]
    someone = play.world.enrols(play.of("P1"), "AUDITOR")
    there = House(play.world)
    assert there.replay(someone, play.case, agency=play.of("C1"), at=AFTER_THE_HANDOVER) is None


def test_an_auditor_whom_she_has_shut_out_sees_no_view() -> None:
    play = a.play()[0]
    auditor = play.world.enrols(play.world.operator.agency, "AUDITOR")
    assert House(play.world).replay(auditor, play.case, agency=play.of("C1"))
    play.world.says(play.cast["C1"], SetExclusion(staff_id=auditor.staff), play.case)
    assert House(play.world).replay(auditor, play.case, agency=play.of("C1")) is None


def test_nor_does_an_auditor_of_an_operator_whom_she_has_shut_out() -> None:
    play = a.play()[0]
    auditor = play.world.enrols(play.world.operator.agency, "AUDITOR")
    shuts_out = SetExclusion(agency_id=play.world.operator.agency)
    play.world.says(play.cast["C1"], shuts_out, play.case)
    assert House(play.world).replay(auditor, play.case, agency=play.of("C1")) is None


def test_whoever_runs_the_installation_sees_no_view_for_that() -> None:
    there, _ = audited()
    operator = played().world.operator
    assert there.replay(operator, played().case, agency=played().of("C1")) is None


def test_an_auditor_sees_no_view_of_an_agency_that_is_not_there() -> None:
    there, auditor = audited()
    assert there.replay(auditor, played().case, agency=played().world.fresh()) is None


# Who an agency was then


def test_an_agency_saw_nothing_while_it_was_suspended() -> None:
    """But that something was taken from it."""
    play = a.play()[0]
    world, centre = play.world, play.of("C1")
    auditor = world.enrols(world.operator.agency, "AUDITOR")
    world.passes(days=1)
    world.says(world.operator, SuspendAgency(agency_id=centre))
    world.passes(days=1)
    meanwhile = world.at
    world.passes(days=1)
    world.says(world.operator, RestoreAgency(agency_id=centre))
    world.passes(days=1)
    there = House(world)

    def rules(**asked: Any) -> set[str]:
        found = there.replay(auditor, play.case, agency=centre, **asked)
        return {b.rule for line in found.items for b in line.bases.values()} if found else set()

    assert rules(at=meanwhile) <= {"NOTICE"}
    assert "OWN" in rules()


# Beside each other


def test_a_view_beside_itself_differs_in_nothing() -> None:
    replay = seen("C1", at=AFTER_THE_HANDOVER, against=played().of("C1"))
    assert all(line.seen_in == "BOTH" and line.bases == line.others for line in replay.items)
    assert not any(line.gone for line in replay.items)


def test_what_has_gone_is_said_with_what_took_it() -> None:
    """Her stay there ended, and the consent with it; from that to the conference it was taken."""
    replay = seen("S1", at=BEFORE_THE_RESIDENCE, against_at=moment("2026-06-08 12:00"))
    line = of_type(replay, "case.contact_method_set.v1")
    assert line.seen_in == "FIRST"
    assert {(gone.type, gone.at) for gone in line.gone.values()} == {
        ("consent.expired.v1", moment("2026-06-05 10:00"))
    }
    name = of_type(replay, "case.subject_identified.v1").gone["name"]
    assert (name.type, name.at) == ("consent.narrowed.v1", moment("2026-06-05 10:00"))


def test_it_makes_no_difference_which_of_two_times_is_said_first() -> None:
    before, after = BEFORE_THE_RESIDENCE, moment("2026-06-08 12:00")
    one = seen("S1", at=before, against_at=after)
    other = seen("S1", at=after, against_at=before)
    assert [line.gone for line in one.items] == [line.gone for line in other.items]
    assert {line.seen_in for line in one.items} == {"BOTH", "FIRST", "SECOND"}


def test_by_what_it_went_is_not_said_where_that_may_not_be_known() -> None:
    """With the case ends what she had agreed to; that it was recorded the city is not told."""
    after = moment("2027-06-01 12:00")
    replay = seen("M1", after, at=moment("2027-05-30 12:00"), against_at=after)
    assert {gone for line in replay.items for gone in line.gone.values()} == {Gone()}


def test_two_agencies_beside_each_other() -> None:
    replay = seen("M1", at=AFTER_THE_HANDOVER, against=played().of("C1"))
    address = of_type(replay, "case.address_recorded.v1")
    name = of_type(replay, "case.subject_identified.v1")
    assert (address.seen_in, name.seen_in) == ("FIRST", "BOTH")
    assert (name.bases["name"].rule, name.others["name"].rule) == ("OWN", "CONSENT")
    assert not any(line.gone for line in replay.items)


# Pages


def test_pages_go_on_where_the_last_ended_with_the_same_lanes() -> None:
    whole = seen("C1")
    pages = [*in_pages("C1", 7)]
    assert [line for page in pages for line in page.items] == [*whole.items]
    assert all(whole.lanes[: len(page.lanes)] == page.lanes for page in pages)


def in_pages(name: Name, most: int) -> Iterator[Replay]:
    after: str | None = None
    while True:
        page = house().replay(played().cast[name], played().case, after=after, most=most)
        assert page is not None
        yield page
        if (after := page.next) is None:
            return


def of_types(replay: Replay, tag: str) -> list[ReplayLine]:
    return [line for line in replay.items if line.type == tag]


def of_type(replay: Replay, tag: str) -> ReplayLine:
    return of_types(replay, tag)[0]


def said(line: ReplayLine, name: str) -> object:
    return msgspec.json.decode(line.fields[name])
