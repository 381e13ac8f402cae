"""What she has said no to, and who is not there to be told."""

from datetime import timedelta
from typing import Final

import pytest
from msgspec.structs import replace

from domain.agency import Agency, KnownAgency
from domain.agency.state import Staff
from domain.consent_ledger import ConsentRefused
from domain.emergency import EmergencyDisclosureAuthorised
from domain.exclusions import ExclusionSet
from domain.meeting.events import (
    InviteeAdded,
    MeetingConvened,
    MeetingPlanned,
    MinutesDrafted,
)
from domain.model import (
    AgencyId,
    Context,
    EmergencyId,
    Event,
    GrantId,
    MeetingId,
    stream_of,
)
from domain.sharing import Told, replay
from domain.visibility import (
    ACTING,
    Membership,
    Roster,
    decide,
    fields_of,
    looking,
    on_feed,
    permits,
    who_reads,
)
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id
from tests.told import (
    AGENCIES,
    CASE,
    GRANT,
    LATER,
    NETWORK,
    WOMAN,
    accepted,
    by,
    closed,
    consulted,
    drafted,
    granted,
    identified,
    joined,
    lines,
    opened,
    reader,
    received,
    sent,
    told,
    visible,
)

EMERGENCY: Final = EmergencyId(an_id(82))
MEETING: Final = MeetingId(an_id(83))
HER_NO: Final = GrantId(an_id(84))
HER_NAME: Final = frozenset({"name", "kana", "birth_date", "gender_identity_note"})

no_to_the_police: Final = closed(
    ConsentRefused,
    grant_id=HER_NO,
    kind="INFORMATION",
    recipients=frozenset({POLICE.agency}),
    categories=frozenset({"IDN"}),
    purpose="PROTECTION",
    at=NOW,
)
authorised: Final = closed(
    EmergencyDisclosureAuthorised,
    emergency_id=EMERGENCY,
    requested_by=CITY.staff,
    authorised_by=CITY.staff,
    authorising_agency=CITY.agency,
    in_force=True,
    recipients=frozenset({POLICE.agency}),
    categories=frozenset({"IDN"}),
    expires_at=LATER + timedelta(hours=24),
    impracticability="CANNOT_BE_REACHED",
)
by_one: Final = replace(authorised, in_force=False)
by_two: Final = replace(authorised, authorised_by=CENTRE.staff, authorising_agency=CENTRE.agency)


def her_name_to_the_police(*events: Event) -> frozenset[str]:
    history = told(by(CITY, opened, identified, *events))
    return frozenset(visible(history, POLICE, 2).bases)


# What she refuses, an emergency has to name; and then two of different agencies answer for it.


def test_where_she_refused_nothing_one_agency_answers_for_an_emergency() -> None:
    assert her_name_to_the_police(authorised) >= HER_NAME


@pytest.mark.parametrize(
    "categories", [frozenset({"IDN"}), frozenset[str]()], ids=["her name", "everything"]
)
def test_a_refusal_stops_an_emergency_that_does_not_name_it(categories: frozenset[str]) -> None:
    """Who names no category refuses all of them."""
    refused = replace(no_to_the_police, categories=categories)
    assert her_name_to_the_police(refused, authorised) == frozenset()
    assert her_name_to_the_police(refused, by_one, by_two) == frozenset()


@pytest.mark.parametrize(
    "other",
    [
        replace(no_to_the_police, categories=frozenset({"HLT"})),
        replace(no_to_the_police, recipients=frozenset({CENTRE.agency})),
        replace(no_to_the_police, kind="TEMPORARY_PROTECTION"),
    ],
    ids=["something else", "somebody else", "help"],
)
def test_a_refusal_of_something_else_stops_no_emergency(other: ConsentRefused) -> None:
    assert her_name_to_the_police(other, authorised) >= HER_NAME


def test_over_her_refusal_an_emergency_opens_only_with_two_agencies_behind_it() -> None:
    over = frozenset({HER_NO})
    alone = replace(authorised, overrides_refusals=over)
    first, second = (replace(each, overrides_refusals=over) for each in (by_one, by_two))
    assert her_name_to_the_police(no_to_the_police, alone) == frozenset()
    assert her_name_to_the_police(no_to_the_police, first, second) >= HER_NAME


def test_of_two_refusals_each_has_to_be_named() -> None:
    other = replace(no_to_the_police, grant_id=GrantId(an_id(85)), categories=frozenset())
    named = [replace(each, overrides_refusals=frozenset({HER_NO})) for each in (by_one, by_two)]
    assert her_name_to_the_police(no_to_the_police, other, *named) == frozenset()


def test_over_an_exclusion_too_an_emergency_names_it_and_has_two_agencies_behind_it() -> None:
    shut_out = ExclusionSet(agency_id=POLICE.agency, via_agency=CITY.agency)
    over = frozenset({POLICE.agency})
    alone = replace(authorised, overrides_exclusions=over)
    first, second = (replace(each, overrides_exclusions=over) for each in (by_one, by_two))
    assert her_name_to_the_police(shut_out, by_one, by_two) == frozenset()
    assert her_name_to_the_police(shut_out, alone) == frozenset()
    assert her_name_to_the_police(shut_out, first, second) >= HER_NAME


def test_an_emergency_is_over_at_the_moment_it_was_to_last_to() -> None:
    history = told(by(CITY, opened, identified, authorised))
    until = authorised.expires_at
    assert visible(history, POLICE, 2, at=until - timedelta(microseconds=1)).bases
    assert not visible(history, POLICE, 2, at=until)


# Whom she has shut out


TOOK_OVER: Final = KnownAgency(
    kind="WOMENS_SUPPORT_CENTRE", prefecture="06", predecessors=frozenset({SHELTER.agency})
)


@pytest.mark.parametrize(
    ("whom", "known"),
    [(CENTRE, AGENCIES[CENTRE.agency]), (SHELTER, TOOK_OVER)],
    ids=["itself", "whom it took over from"],
)
def test_to_whom_she_has_shut_out_no_consent_permits_anything(whom: Context, known: Agency) -> None:
    """Nor where she named it herself, and had shut out whom it took over from."""
    shut_out = ExclusionSet(agency_id=whom.agency, via_agency=CITY.agency)
    for events, expected in (((granted,), GRANT), ((granted, shut_out), None)):
        history = told(by(CITY, opened, identified, *events))
        name = next(
            field
            for field in fields_of(WOMAN, history[1], lines(identified))
            if field.name == "name"
        )
        sharing = replay(history)
        by_grant = permits(sharing, CENTRE.agency, LATER, history[1], name, known=known)
        assert by_grant == expected


def test_a_case_is_not_on_a_feed_that_somebody_reads_whom_she_has_shut_out() -> None:
    somebody = ExclusionSet(staff_id=CENTRE.staff, via_agency=CITY.agency)
    before = replay(told(by(CITY, opened, joined, granted)))
    after = replay(told(by(CITY, opened, joined, granted, somebody)))
    assert on_feed(before, {CENTRE.staff, POLICE.staff})
    assert not on_feed(after, {CENTRE.staff, POLICE.staff})
    assert on_feed(after, {POLICE.staff})


# Who reads


@pytest.mark.parametrize(
    ("member", "pledged"),
    [
        (Staff(role="CASEWORKER", pledged_under="2026-04"), True),
        (Staff(role="COORDINATOR", pledged_under="2026-04"), False),
        (Staff(role="CASEWORKER"), False),
        (Staff(role="CASEWORKER", pledged_under="2026-04", left=NOW.date()), False),
    ],
    ids=["pledged", "in another role", "not pledged", "gone"],
)
def test_who_reads_does_so_in_the_role_in_which_they_are_enrolled(
    member: Staff,
    pledged: bool,  # noqa: FBT001 (a row of the table)
) -> None:
    agency = KnownAgency(
        kind="WOMENS_SUPPORT_CENTRE", prefecture="06", staff={CENTRE.staff: member}
    )
    assert who_reads(CENTRE.agency, agency, CENTRE.staff, "CASEWORKER").pledged == pledged


# Who is in the network, and who is not


@pytest.mark.parametrize("who", [CENTRE, POLICE], ids=["who helps her", "a member"])
def test_a_case_number_is_not_for_every_member_of_the_network(who: Context) -> None:
    may_know = replace(granted, recipients=frozenset({who.agency}), history="FULL")
    takes_part = replace(joined, agency_id=who.agency)
    history = told(by(CITY, opened, accepted, takes_part, may_know))
    shown = visible(history, who, 2).bases
    assert "main_responsible" in shown
    assert "case_number" not in shown
    assert "case_number" in visible(history, CITY, 2).bases


def test_staff_are_named_only_among_those_in_her_network() -> None:
    """Where her case stands in no ledger, there are no colleagues."""
    happened = (by(CITY, drafted, sent), by(CENTRE, received))
    among = told(by(CITY, opened, accepted), *happened)
    without = told(by(CITY, opened, consulted), *happened)
    assert "receiving_staff" in visible(among, CITY, 5).bases
    assert visible(among, CITY, 5).staff
    assert "at" in visible(without, CITY, 5).bases
    assert "receiving_staff" not in visible(without, CITY, 5).bases
    assert not visible(without, CITY, 5).staff


def test_staff_are_not_named_to_who_is_not_in_her_network_itself() -> None:
    history = told(by(CITY, opened, accepted, drafted, sent), by(CENTRE, received))
    record = history[-1]
    for members, named in (({CITY, CENTRE}, True), ({CENTRE}, False), ({CITY}, False)):
        network = Membership(members=frozenset(each.agency for each in members))
        roster = Roster(AGENCIES, {NETWORK: network})
        its_look = looking(replay(history), reader(CITY), roster, LATER)
        seen = decide(its_look, record, lines(record.event))
        assert "at" in seen.bases
        assert ("receiving_staff" in seen.bases) == seen.staff == named


def test_of_an_agency_of_which_it_is_not_known_where_it_is_the_worst_is_assumed() -> None:
    """Not to know of either where it is does not make them neighbours."""
    history = told(by(CITY, opened, joined, replace(granted, history="FULL"), consulted))
    nowhere = KnownAgency(kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION", prefecture=None)
    agencies = {**AGENCIES, CITY.agency: nowhere, CENTRE.agency: nowhere}
    named = visible(history, CENTRE, 4).who
    assert (ACTING, CITY.agency) in named
    assert visible(history, CENTRE, 4, agencies=agencies)
    assert (ACTING, CITY.agency) not in visible(history, CENTRE, 4, agencies=agencies).who


# Who was there


def in_a_meeting(invited: frozenset[AgencyId]) -> list[Told]:
    """Of her case, with the police taking part in it; and she agrees to what was said there."""
    planned = closed(
        MeetingPlanned,
        meeting_id=MEETING,
        case_id=CASE,
        kind="INDIVIDUAL_CASE",
        convenor=CITY.agency,
        network_id=NETWORK,
    )
    police = replace(joined, agency_id=POLICE.agency)
    both = frozenset({CENTRE.agency, POLICE.agency})
    agreed = replace(granted, recipients=both, categories=frozenset({"MTG", "SVC"}), history="FULL")
    come = [closed(InviteeAdded, agency_id=each, role="MEMBER") for each in sorted(invited)]
    said = closed(MinutesDrafted, hash="0" * 64)
    before = by(CITY, opened, joined, police, agreed)
    history = told(before, by(CITY, planned, *come, MeetingConvened(notice_sent_at=NOW), said))
    meeting = stream_of("meeting", MEETING)
    return [*history[: len(before)], *(each._replace(stream=meeting) for each in history[4:])]


def test_minutes_are_not_for_whoever_was_not_at_the_meeting() -> None:
    """Though she has agreed, and though they help her."""
    history = in_a_meeting(frozenset({CENTRE.agency}))
    last = len(history)
    assert visible(history, CENTRE, last).bases
    assert not visible(history, POLICE, last)
    history = in_a_meeting(frozenset({CENTRE.agency, POLICE.agency}))
    assert visible(history, POLICE, len(history)).bases
