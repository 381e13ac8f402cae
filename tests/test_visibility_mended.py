"""What a second telling of the rule, written apart, found to be told to too many."""

from typing import Final

import pytest
from msgspec.structs import replace

from domain.agency import KnownAgency
from domain.case import RecordCorrected
from domain.categories import CategoryCode
from domain.exclusions import ExclusionSet
from domain.grievance import (
    GrievanceAcknowledged,
    GrievanceReceived,
    GrievanceShared,
    HandlerAssigned,
)
from domain.meeting.events import (
    ActivityReported,
    InformationProvided,
    InviteeAdded,
    MeetingConvened,
    MeetingPlanned,
)
from domain.model import Context, Event, EventId, GrievanceId, MeetingId, StreamId, stream_of
from domain.sharing import Told
from domain.visibility import decide
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id
from tests.told import (
    AGENCIES,
    CASE,
    NETWORK,
    WOMAN,
    by,
    closed,
    granted,
    joined,
    lines,
    look,
    opened,
    told,
    visible,
)

GRIEVANCE: Final = GrievanceId(an_id(80))
MEETING: Final = MeetingId(an_id(81))

corrects_her_name: Final = closed(
    RecordCorrected,
    target_event_id=EventId(an_id(1)),
    field="case.subject_details_corrected.v1/name",
    category="IDN",
    person_id=WOMAN,
)
received: Final = closed(
    GrievanceReceived,
    grievance_id=GRIEVANCE,
    case_id=CASE,
    received_by=SHELTER.agency,
    about_agencies=frozenset({POLICE.agency}),
    about_staff=frozenset(),
    on=NOW.date(),
)
acknowledged: Final = GrievanceAcknowledged(grievance_id=GRIEVANCE, on=NOW.date())
assigned: Final = HandlerAssigned(grievance_id=GRIEVANCE, handler=SHELTER.agency)
shared: Final = closed(
    GrievanceShared,
    grievance_id=GRIEVANCE,
    shared_with=frozenset({POLICE.agency}),
    extent="SUMMARY",
    complainant_agrees=False,
)


def in_stream(stream: StreamId, *events: Event) -> list[Told]:
    record = told(by(CITY, opened, *events))
    return [record[0], *(each._replace(stream=stream) for each in record[1:])]


def of_a_grievance(*events: Event) -> list[Told]:
    return in_stream(stream_of("grievance", GRIEVANCE), *events)


def seen(history: list[Told], who: Context, position: int) -> set[str]:
    return {*visible(history, who, position).bases}


def test_a_grievance_is_seen_from_the_assignment_on_and_not_by_whoever_is_to_assign() -> None:
    begun = of_a_grievance(received, acknowledged)
    assert seen(begun, SHELTER, 2) == set()
    assert "text" in seen(of_a_grievance(received, acknowledged, assigned), SHELTER, 2)


def test_with_a_summary_nobody_sees_more_for_being_named() -> None:
    history = of_a_grievance(received, acknowledged, assigned, shared)
    assert "summary" in seen(history, POLICE, 5)
    assert seen(history, POLICE, 2) == set()


def test_of_what_is_told_in_a_meeting_nobody_sees_whom_else_it_was_told() -> None:
    provided = InformationProvided(
        case_id=CASE,
        from_agency=CITY.agency,
        sources=(EventId(an_id(1)),),
        paths=("case.opened.v1/channel",),
        categories=("SVC",),
        recipients=frozenset({CENTRE.agency, SHELTER.agency}),
        consent_ids=frozenset(),
    )
    planned = closed(
        MeetingPlanned,
        meeting_id=MEETING,
        case_id=CASE,
        kind="INDIVIDUAL_CASE",
        convenor=CITY.agency,
    )
    invited = closed(InviteeAdded, agency_id=CENTRE.agency, role="MEMBER")
    convened = MeetingConvened(notice_sent_at=NOW)
    meeting = stream_of("meeting", MEETING)
    history = in_stream(meeting, planned, invited, convened, provided)
    assert "recipients" not in seen(history, CENTRE, 5)


@pytest.mark.parametrize(
    "left_out",
    [
        "case.record_corrected.v1/new_value",
        "case.subject_details_corrected.v1/name",
        "case.subject_identified.v1/name",
    ],
)
def test_what_is_left_out_is_left_out_of_every_correction_of_it(left_out: str) -> None:
    history = told(by(CITY, opened, joined, granted, corrects_her_name))
    assert "new_value" in seen(history, CENTRE, 4)
    without = replace(granted, excluded_fields=frozenset({left_out}))
    history = told(by(CITY, opened, joined, without, corrects_her_name))
    assert seen(history, CENTRE, 4) == set()


def test_what_is_counted_at_a_meeting_is_free_in_the_network_that_meets() -> None:
    planned = closed(
        MeetingPlanned,
        meeting_id=MEETING,
        kind="REPRESENTATIVES",
        convenor=CITY.agency,
        network_id=NETWORK,
    )
    reported = closed(ActivityReported, reach="NETWORK")
    told_there = [
        each._replace(stream=stream_of("meeting", MEETING))
        for each in told(by(CITY, planned, reported))
    ]
    assert seen(told_there, POLICE, 2) == {"reach", "figures", "text"}


@pytest.mark.parametrize(
    ("category", "shut_out", "passes"),
    [("IDN", False, True), ("LOC", False, False), ("IDN", True, False)],
)
def test_what_she_agreed_to_is_seen_by_whoever_took_over(
    category: CategoryCode,
    shut_out: bool,  # noqa: FBT001 (a row of the table)
    passes: bool,  # noqa: FBT001
) -> None:
    """But never where she is; nor where she has shut out whom she had agreed to."""
    for_the_old = replace(
        granted, recipients=frozenset({SHELTER.agency}), categories=frozenset({category})
    )
    named = closed(
        RecordCorrected,
        target_event_id=EventId(an_id(1)),
        field="case.subject_identified.v1/name",
        category=category,
        person_id=WOMAN,
    )
    excluded = [ExclusionSet(agency_id=SHELTER.agency, via_agency=CITY.agency)] if shut_out else []
    history = told(
        by(CITY, opened, joined, for_the_old, *excluded),
        [(CITY, named)],
    )
    took_over = KnownAgency(
        kind="WOMENS_SUPPORT_CENTRE", prefecture="06", predecessors=frozenset({SHELTER.agency})
    )
    agencies = {**AGENCIES, CENTRE.agency: took_over}
    record = history[-1]
    its_look = look(history, CENTRE, agencies=agencies)
    line = replace(lines(record.event)[0], category=category)
    seen_now = decide(its_look, record, [line]).bases
    assert ("new_value" in seen_now) == passes
