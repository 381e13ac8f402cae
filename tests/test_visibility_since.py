"""What came later takes nothing back that she said, and tells nothing by the way."""

from typing import Final

import pytest
from msgspec.structs import replace

from domain.agency import Agency, KnownAgency
from domain.case import RecordCorrected
from domain.case_numbers import CaseNumberTaken
from domain.categories import CategoryCode
from domain.consent_ledger.events import ConsentGranted, ConsentNarrowed, ConsentRefused
from domain.meeting.events import CaseReviewDeferred, CaseReviewed, MeetingPlanned
from domain.model import AgencyId, Event, EventId, GrantId, MeetingId, stream_of
from domain.sharing import Told, replay
from domain.trail.purges import PurgeId, PurgeRequested
from domain.visibility import Membership, Roster, angle, decide, looking
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id, someone
from tests.told import (
    AGENCIES,
    CASE,
    DAY,
    GRANT,
    LATER,
    NETWORK,
    WOMAN,
    accepted,
    by,
    closed,
    granted,
    identified,
    joined,
    lines,
    look,
    moved,
    opened,
    reader,
    to_another_network,
    told,
    visible,
)

NEW: Final = someone(9, "CASEWORKER")  # It comes to stand in the place of the Centre.
TAKEN_OVER: Final[dict[AgencyId, Agency]] = {
    **AGENCIES,
    NEW.agency: KnownAgency(
        kind="WOMENS_SUPPORT_CENTRE", prefecture="06", predecessors=frozenset({CENTRE.agency})
    ),
}
MEETING: Final = MeetingId(an_id(81))
not_the_new_one: Final = ConsentNarrowed(
    grant_id=GRANT, removed_recipients=frozenset({NEW.agency}), at=NOW, via_agency=CITY.agency
)
purge: Final = PurgeRequested(
    purge_id=PurgeId(an_id(84)),
    recipient=CENTRE.agency,
    cause="NARROWED",
    grant_id=GRANT,
    covers=frozenset({"IDN"}),
    due=DAY,
)
no: Final = ConsentRefused(
    grant_id=GrantId(an_id(82)),
    kind="INFORMATION",
    recipients=frozenset({NEW.agency}),
    categories=frozenset(),
    purpose="PROTECTION",
    at=NOW,
)
not_to_know_her_name: Final = replace(no, categories=frozenset[CategoryCode]({"IDN"}))
not_to_know_of_her_health: Final = replace(no, categories=frozenset[CategoryCode]({"HLT"}))
reviewed: Final = closed(
    CaseReviewed,
    subject_id=WOMAN,
    case_id=CASE,
    round_no=1,
    reviewed_on=DAY,
    responsible_agency=CITY.agency,
)
put_off: Final = closed(CaseReviewDeferred, subject_id=WOMAN, case_id=CASE)


def agreed(*categories: CategoryCode) -> ConsentGranted:
    return replace(granted, categories=frozenset(categories), history="FULL")


@pytest.mark.parametrize(
    ("says", "is_seen"),
    [
        ([], True),
        ([not_the_new_one], False),
        ([no], False),
        ([not_to_know_her_name], False),
        ([not_to_know_of_her_health], True),
        ([no, replace(agreed("IDN"), grant_id=GrantId(an_id(83)))], True),
    ],
)
def test_whom_she_has_said_no_to_comes_by_nothing_in_the_place_of_another(
    says: list[Event],
    is_seen: bool,  # noqa: FBT001 (a row of the table)
) -> None:
    takes_part = replace(joined, agency_id=NEW.agency)
    history = told(by(CITY, opened, identified, takes_part, agreed("IDN"), *says))
    assert ("name" in visible(history, NEW, 2, agencies=TAKEN_OVER).bases) is is_seen


def test_whom_she_has_said_no_to_passes_nothing_on_to_whoever_comes_after_it() -> None:
    last = someone(10, "CASEWORKER")
    known = KnownAgency(
        kind="WOMENS_SUPPORT_CENTRE",
        prefecture="06",
        predecessors=frozenset({CENTRE.agency, NEW.agency}),
    )
    there: dict[AgencyId, Agency] = {**TAKEN_OVER, last.agency: known}
    takes_part = replace(joined, agency_id=last.agency)
    for says, is_seen in (([], True), ([no], False), ([not_the_new_one], False)):
        history = told(by(CITY, opened, identified, takes_part, agreed("IDN"), *says))
        assert ("name" in visible(history, last, 2, agencies=there).bases) is is_seen


def in_a_meeting(*events: Event) -> list[Told]:
    stream = stream_of("meeting", MEETING)
    return [each._replace(stream=stream) for each in told(by(CITY, *events))]


def after(record: list[Told], *more: Told) -> list[Told]:
    last = record[-1].position
    moved_on = enumerate(more, start=last + 1)
    return [*record, *(each._replace(position=at, id=EventId(an_id(at))) for at, each in moved_on)]


def test_what_was_found_of_her_in_going_through_all_cases_is_as_other_records_are() -> None:
    """Whoever was there: that they meet every case of the network is known to all of them."""
    sharing = agreed("SVC", "PLN", "MTG")
    history = after(told(by(CITY, opened, joined, sharing)), *in_a_meeting(reviewed, put_off))
    assert {"reviewed_on", "policy_change"} <= {*visible(history, CENTRE, 4).bases}
    assert not visible(history, CENTRE, 5), "what was said there is for those who came"


def test_of_a_meeting_about_her_nobody_hears_who_was_not_asked_to_it() -> None:
    planned = closed(
        MeetingPlanned,
        meeting_id=MEETING,
        kind="INDIVIDUAL_CASE",
        convenor=CITY.agency,
        network_id=NETWORK,
        case_id=CASE,
    )
    sharing = agreed("SVC", "PLN", "MTG")
    history = after(told(by(CITY, opened, joined, sharing)), *in_a_meeting(planned, reviewed))
    assert not visible(history, CENTRE, 4)
    assert not visible(history, CENTRE, 5)
    elsewhere = history[-1]._replace(stream=stream_of("meeting", MeetingId(an_id(85))))
    assert visible([*history, *after(history, elsewhere)[-1:]], CENTRE, 6)
    seen_from = look(history, CENTRE)
    assert angle(seen_from, history[-1]) != angle(seen_from, elsewhere)


@pytest.mark.parametrize(
    ("field", "category", "is_seen"),
    [
        ("case.consultation_recorded.v1/main_problem", "PRB", True),
        ("referral.drafted.v1/purpose", "PLN", True),
        ("case.record_corrected.v1/new_value", "PRB", False),
        ("meeting.case_reviewed.v1/policy_change", "PLN", False),
        ("grievance.received.v1/received_by", "SVC", False),
        ("consent.granted.v1/conditions", "PLN", False),
    ],
)
def test_a_correction_opens_nothing_of_a_meeting_a_grievance_or_her_ledger(
    field: str,
    category: CategoryCode,
    is_seen: bool,  # noqa: FBT001 (a row of the table)
) -> None:
    corrected = closed(
        RecordCorrected,
        target_event_id=EventId(an_id(1)),
        field=field,
        category=category,
        person_id=WOMAN,
    )
    history = told(by(CITY, opened, joined, agreed("SVC", "PRB", "PLN", "NAR"), corrected))
    assert bool(visible(history, CENTRE, 4)) is is_seen


def seen_by_the_coordinator(history: list[Told], nth: int) -> tuple[set[str], set[AgencyId]]:
    """The police coordinates the network to which the case goes, and takes no part in it."""
    network = to_another_network.to_network
    assert network is not None
    members = frozenset({POLICE.agency, CITY.agency, SHELTER.agency})
    there = {network: Membership(members=members, coordinating=POLICE.agency)}
    seen_from = looking(replay(history), reader(POLICE), Roster(AGENCIES, there), LATER)
    it = history[nth - 1]
    seen = decide(seen_from, it, lines(it.event))
    return {*seen.bases}, {agency for _, agency in seen.who}


def test_the_coordinator_reads_what_was_said_since_the_case_stands_in_its_ledger() -> None:
    to_city = replace(moved, to_agency=CITY.agency)
    history = told(by(CITY, opened, accepted, to_city, to_another_network, to_city))
    assert seen_by_the_coordinator(history, 2) == (set(), set())
    assert seen_by_the_coordinator(history, 3) == (set(), set())
    assert seen_by_the_coordinator(history, 4) == ({"case_number"}, set())
    assert seen_by_the_coordinator(history, 5) == ({"to_agency"}, {CITY.agency})


def test_the_coordinator_is_told_who_answers_for_her_though_it_was_so_before() -> None:
    """Not the number that she had in another ledger."""
    to_city = replace(moved, to_agency=CITY.agency)
    history = told(by(CITY, opened, accepted, to_city, to_another_network))
    assert seen_by_the_coordinator(history, 2) == (set(), set())
    assert seen_by_the_coordinator(history, 3) == ({"to_agency"}, {CITY.agency})
    at_first = told(by(CITY, opened, accepted, to_another_network))
    assert seen_by_the_coordinator(at_first, 2) == ({"main_responsible"}, {CITY.agency})


def test_her_number_is_no_news_for_others_where_it_is_taken_either() -> None:
    taken = CaseNumberTaken(number="2026-0001")
    history = told(by(CITY, opened, joined, agreed("SVC"), taken))
    assert not visible(history, CENTRE, 4)
    assert visible(history, CITY, 4)


def test_the_coordinator_is_told_of_no_shelter_that_it_answers_for_her() -> None:
    to_shelter = replace(moved, to_agency=SHELTER.agency)
    history = told(by(CITY, opened, to_another_network, to_shelter))
    assert seen_by_the_coordinator(history, 3) == ({"to_agency"}, set())


@pytest.mark.parametrize(
    ("narrowed", "is_told"),
    [
        ({"removed_categories": frozenset({"IDN"})}, True),
        ({"removed_fields": frozenset({"case.subject_identified.v1/name"})}, True),
        ({"removed_recipients": frozenset({CENTRE.agency})}, True),
        ({"removed_recipients": frozenset({POLICE.agency})}, False),
    ],
)
def test_that_another_was_taken_out_of_a_consent_is_told_to_nobody_who_stays_in_it(
    narrowed: dict[str, frozenset[str]],
    is_told: bool,  # noqa: FBT001 (a row of the table)
) -> None:
    change = ConsentNarrowed(grant_id=GRANT, at=NOW, via_agency=CITY.agency)
    got_it = told(by(CITY, opened, joined, agreed("IDN"), purge, replace(change, **narrowed)))
    assert bool(visible(got_it, CENTRE, 5)) is is_told
    seen_from = look(got_it, CENTRE)
    less = got_it[-1]._replace(event=replace(change, removed_categories=frozenset({"CNT"})))
    assert angle(seen_from, less) != angle(seen_from, got_it[-1]._replace(position=6))
