"""What nobody is to learn by the way: of another's consent, of a meeting, of what was filled in."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final, cast, get_args
from uuid import UUID

import pytest
from msgspec import Struct
from msgspec.structs import replace

from domain.agency import Agency, KnownAgency
from domain.agency.state import Contract, Staff
from domain.catalogue import AnyEvent
from domain.categories import CategoryCode
from domain.consent_ledger.events import ConflictRecorded, ConflictSettled, ConsentWithdrawn
from domain.exclusions import ExclusionLifted, ExclusionSet
from domain.fields import cut_of, tag_of
from domain.grievance import GrievanceReceived
from domain.meeting.events import InviteeAdded, MeetingConvened, MeetingPlanned, RoleAllocated
from domain.model import (
    AgencyId,
    Context,
    ContractId,
    Event,
    GrantId,
    GrievanceId,
    MeetingId,
    PersonId,
    StaffId,
    stream_of,
)
from domain.policy import NEVER_BY_CONSENT, RULES, Rule
from domain.policy.fields import IN_HER_LEDGER
from domain.policy.naming import FILLED_IN
from domain.referral.events import ReferralDeclined, ReferralRedirected
from domain.visibility import ACTING, Recipient, Visible
from domain.visibility.asking import each_agency, kind_of
from tests import histories
from tests.histories import Ask, Play
from tests.spec import CENTRE, CITY, NOW, POLICE, SHELTER, an_id, someone
from tests.told import (
    AGENCIES,
    CASE,
    DAY,
    REFERRAL,
    assessed,
    by,
    closed,
    consulted,
    drafted,
    granted,
    handed_over,
    joined,
    left,
    moved,
    opened,
    protected,
    protects,
    sent,
    taken,
    told,
    visible,
)

GRIEVANCE: Final = GrievanceId(an_id(93))
MEETING: Final = MeetingId(an_id(94))
NURSE: Final = StaffId(an_id(91))
SON: Final = PersonId(an_id(90))


def commissioned(agency: KnownAgency, until: date, *, ended: bool = False) -> KnownAgency:
    contract = Contract(centre=CENTRE.agency, valid_from=until, valid_until=until, ended=ended)
    return replace(agency, contracts={ContractId(an_id(95)): contract})


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.fields], ids=lambda r: r.id)
def test_a_rule_about_some_fields_is_asked_of_the_categories_that_they_have(rule: Rule) -> None:
    assert rule.fields
    assert rule.categories
    assert {*rule.categories} == {
        code
        for event in get_args(AnyEvent)
        for cut in (cut_of(event),)
        for field in (*cut.clear, *cut.sealed)
        if f"{tag_of(event)}/{field.name}" in rule.fields
        for code in field.category.codes
    }


def test_in_conflict_with_a_child_she_agrees_to_nothing_that_is_said_of_children() -> None:
    """Though it is said in words about her: what the children need, and where they are."""
    agreed = replace(granted, categories=frozenset({"CHD", "ECO", "LOC"}))
    torn = ConflictRecorded(child_id=SON, via_agency=CITY.agency)
    settled = ConflictSettled(child_id=SON, via_agency=CITY.agency)
    begun = by(CITY, opened, joined, agreed, assessed, protects, protected)
    before, meanwhile = told(begun), told(begun, by(CITY, torn))
    after = told(begun, by(CITY, torn, settled))
    hers, childrens = {"economic_summary", "location"}, {"child_summary", "elsewhere_places"}
    for record, seen in (
        (before, hers | childrens),
        (meanwhile, hers),
        (after, hers | childrens),
    ):
        told_of = {*visible(record, CENTRE, 4).bases, *visible(record, CENTRE, 6).bases}
        assert told_of & (hers | childrens) == seen


def test_whom_she_has_shut_out_nobody_is_told_who_may_know_of_her_dangers() -> None:
    """Least of all where they work: an agency is not told whom of its people, nor why."""
    agreed = replace(granted, categories=frozenset({"RSK", "SVC"}))
    shut_out = ExclusionSet(staff_id=NURSE, via_agency=CITY.agency)
    let_in = ExclusionLifted(staff_id=NURSE, method="WRITTEN", via_agency=CITY.agency)
    history = told(by(CITY, opened, joined, agreed, shut_out, let_in))
    assert not visible(history, CENTRE, 4)
    assert not visible(history, CENTRE, 5)


def test_what_another_was_agreed_to_be_told_is_told_to_nobody_else() -> None:
    """Neither on what conditions, nor why she took it back."""
    agreed = replace(granted, categories=frozenset({"NAR", "PLN"}))
    for_the_police = replace(
        agreed, grant_id=GrantId(an_id(92)), recipients=frozenset({POLICE.agency})
    )
    back = closed(ConsentWithdrawn, grant_id=GrantId(an_id(92)), at=NOW, via_agency=CITY.agency)
    history = told(by(CITY, opened, joined, agreed, for_the_police, back))
    assert {"conditions", "conditions_text"} <= {*visible(history, CENTRE, 3).bases}
    assert not visible(history, CENTRE, 4)
    assert not visible(history, CENTRE, 5)
    assert "reason" in visible(history, CITY, 5).bases


def test_all_that_stands_in_her_ledger_and_is_no_cns_is_named_by_the_rule() -> None:
    assert {
        f"{tag_of(event)}/{field.name}"
        for event in get_args(AnyEvent)
        if tag_of(event).startswith("consent.")
        for cut in (cut_of(event),)
        for field in (*cut.clear, *cut.sealed)
        if field.category.code not in NEVER_BY_CONSENT
    } == IN_HER_LEDGER


def test_whom_a_grievance_is_about_sees_nothing_of_it_nor_does_the_feed_where_they_work() -> None:
    """Though their own agency recorded it; others who work there see it in person."""
    complained = closed(
        GrievanceReceived,
        grievance_id=GRIEVANCE,
        case_id=CASE,
        received_by=POLICE.agency,
        about_agencies=frozenset(),
        about_staff=frozenset({POLICE.staff}),
        on=NOW.date(),
    )
    record = told(by(CITY, opened), by(POLICE, complained))
    stream = stream_of("grievance", GRIEVANCE)
    history = [record[0], record[1]._replace(stream=stream)]
    them, other = Staff(role="CASEWORKER"), Staff(role="CASEWORKER")
    works = KnownAgency(kind="POLICE", prefecture="06", staff={POLICE.staff: them, NURSE: other})
    left = {POLICE.staff: replace(them, left=NOW.date()), NURSE: other}
    agencies = {**AGENCIES, POLICE.agency: works}
    since = {**AGENCIES, POLICE.agency: replace(works, staff=left)}
    in_person, feed = (
        Recipient(agency=POLICE.agency, staff=staff, pledged=True) for staff in (NURSE, None)
    )
    assert not visible(history, POLICE, 2, agencies=agencies)
    assert visible(history, in_person, 2, agencies=agencies)
    assert not visible(history, feed, 2, agencies=agencies)
    assert visible(history, feed, 2, agencies=since)


def test_of_a_meeting_nobody_learns_who_is_not_invited_whatever_she_agreed_to() -> None:
    """Not even that there is one: the roles given there reach others as roles in her case."""
    agreed = replace(granted, categories=frozenset({"MTG", "SVC"}))
    planned = closed(
        MeetingPlanned,
        meeting_id=MEETING,
        case_id=CASE,
        kind="INDIVIDUAL_CASE",
        convenor=CITY.agency,
    )
    invited = closed(InviteeAdded, agency_id=CENTRE.agency, role="MEMBER")
    allocated = closed(
        RoleAllocated, case_id=CASE, function="MAIN_SUPPORT", agency_id=POLICE.agency
    )
    record = told(
        by(CITY, opened, joined, agreed, planned, invited),
        by(CITY, allocated, MeetingConvened(notice_sent_at=NOW)),
    )
    meeting = stream_of("meeting", MEETING)
    history = [*record[:3], *(each._replace(stream=meeting) for each in record[3:])]
    before, convened = history[:-1], history
    assert not any(visible(before, CENTRE, nth) for nth in (4, 5, 6))
    assert "function" in visible(convened, CENTRE, 6).bases
    not_invited = [each for each in convened if each.event is not invited]
    assert not any(visible(not_invited, CENTRE, nth) for nth in range(4, 7))


class Heard(Play):
    """What is played, and what of it nobody had said who recorded it."""

    def __init__(self, seed: int) -> None:
        self.unsaid: Final[set[str]] = set()
        super().__init__(seed)

    def step(self, ask: Ask) -> bool:
        before = len(self.world.log)
        accepted = super().step(ask)
        said = {ask.who.agency, *ids_in(ask.command)}
        self.unsaid.update(
            slot.path
            for entry in self.world.log[before:]
            if entry.case is not None
            for slot in kind_of(type(entry.said)).naming
            if not said.issuperset(each_agency(entry.said, slot.name))
        )
        return accepted


def ids_in(said: object) -> Iterator[UUID]:
    if isinstance(said, UUID):
        yield said
    elif isinstance(said, tuple | frozenset):
        for each in cast("Iterable[object]", said):
            yield from ids_in(each)
    elif isinstance(said, Struct):
        for name in said.__struct_fields__:
            yield from ids_in(getattr(said, name))


def test_whom_the_record_fills_in_is_known_to_be_filled_in() -> None:
    """An agency in an event of which whoever recorded it had not said anything."""
    unsaid: set[str] = set()
    for seed in range(25):
        heard = histories.history(seed, begun=Heard)
        assert isinstance(heard, Heard)
        unsaid |= heard.unsaid
    assert unsaid <= {*FILLED_IN}
    assert len(unsaid) > len(FILLED_IN) / 2


@pytest.mark.parametrize(
    ("filled_in", "field"),
    [
        (replace(drafted, from_agency=SHELTER.agency), "from_agency"),
        (replace(handed_over, main_responsible_from=SHELTER.agency), "main_responsible_from"),
        (replace(joined, agency_id=SHELTER.agency, decided_by=REFERRAL), "agency_id"),
    ],
)
def test_whom_the_record_fills_in_is_named_as_in_the_record_of_another(
    filled_in: Event, field: str
) -> None:
    """That it recorded the event itself tells an agency nothing of who keeps her."""
    may_know = replace(granted, categories=frozenset({"LOC"}))
    history = told(by(CITY, opened, joined), by(CENTRE, filled_in))
    seen = visible(history, CENTRE, 3)
    assert field in seen.bases
    assert (field, SHELTER.agency) not in seen.who
    assert (ACTING, CENTRE.agency) in seen.who
    history = told(by(CITY, opened, joined, may_know), by(CENTRE, filled_in))
    assert (field, SHELTER.agency) in visible(history, CENTRE, 4).who
    itself = told(by(CITY, opened, joined), by(SHELTER, filled_in))
    assert (field, SHELTER.agency) in visible(itself, SHELTER, 3).who


AYUMI: Final = someone(9, "REPRESENTATIVE")
OPEN: Final = KnownAgency(kind="PRIVATE_SUPPORT_ORGANISATION", prefecture="06")
to_ayumi: Final = replace(drafted, from_agency=CITY.agency, to_agency=AYUMI.agency)


@pytest.mark.parametrize(
    ("known", "is_named"),
    [
        (OPEN, True),
        (commissioned(OPEN, DAY + timedelta(days=1)), False),
        (commissioned(OPEN, DAY + timedelta(days=1), ended=True), False),
        (commissioned(OPEN, DAY), False),
    ],
)
def test_whoever_was_ever_commissioned_to_protect_is_named_only_where_she_is_told(
    known: KnownAgency,
    is_named: bool,  # noqa: FBT001 (a row of the table)
) -> None:
    """Not even the end of the contract shows who it was."""
    agencies = {**AGENCIES, AYUMI.agency: known}
    helps, named = replace(joined, agency_id=AYUMI.agency), ("agency_id", AYUMI.agency)
    assert (named in seen_by_the_centre(helps, agencies, "SVC").who) is is_named
    assert named in seen_by_the_centre(helps, agencies, "SVC", "LOC").who
    agreed = replace(granted, recipients=frozenset({AYUMI.agency}))
    history = told(by(CITY, opened, helps, agreed, helps))
    assert named in visible(history, AYUMI, 4, agencies=agencies).who


def seen_by_the_centre(
    event: Event,
    agencies: dict[AgencyId, Agency],
    *agreed: CategoryCode,
    before: Iterable[Event] = (),
    author: Context = CITY,
) -> Visible:
    grant = replace(granted, categories=frozenset(agreed))
    history = told(by(CITY, opened, joined, grant, *before), by(author, event))
    return visible(history, CENTRE, len(history), agencies=agencies)


@pytest.mark.parametrize(
    ("event", "name", "is_named"),
    [
        (replace(to_ayumi, kind="SERVICE_LINK"), "to_agency", True),
        (replace(to_ayumi, kind="COMMISSION"), "to_agency", False),
        (replace(to_ayumi, kind="FACILITY_ADMISSION"), "to_agency", False),
        (replace(to_ayumi, kind="MOTHER_CHILD_FACILITY"), "to_agency", False),
        (protected, ACTING, False),
        (consulted, ACTING, True),
    ],
)
def test_where_a_stay_is_spoken_of_whoever_keeps_her_is_named_only_where_she_is_told(
    event: Event,
    name: str,
    is_named: bool,  # noqa: FBT001 (a row of the table)
) -> None:
    """Whatever kind of agency it is; what else it does, it goes on doing by its name."""
    agencies = {**AGENCIES, AYUMI.agency: OPEN}
    named, before = (name, AYUMI.agency), [replace(protects, provider_agency_id=AYUMI.agency)]
    author = AYUMI if name == ACTING else CITY
    unsaid = seen_by_the_centre(event, agencies, "SVC", before=before, author=author)
    where = seen_by_the_centre(event, agencies, "SVC", "LOC", before=before, author=author)
    assert unsaid
    assert (named in unsaid.who) is is_named
    assert named in where.who


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (closed(ReferralRedirected, new_to=AYUMI.agency, new_referral_id=REFERRAL), "new_to"),
        (
            closed(ReferralDeclined, reason="CAPACITY", alternative_agency=AYUMI.agency),
            "alternative_agency",
        ),
        (replace(joined, agency_id=AYUMI.agency, decided_by=REFERRAL), "agency_id"),
        (replace(moved, to_agency=AYUMI.agency, decided_by=REFERRAL), "to_agency"),
    ],
)
def test_nor_is_it_named_by_what_came_of_a_referral_to_a_stay(event: Event, name: str) -> None:
    """Whom she is sent to instead, and what those do who took her in."""
    agencies = {**AGENCIES, AYUMI.agency: OPEN}
    named = (name, AYUMI.agency)
    for kind, is_named in (("FACILITY_ADMISSION", False), ("SERVICE_LINK", True)):
        sends: Event = replace(to_ayumi, kind=kind)
        seen = seen_by_the_centre(event, agencies, "SVC", before=[sends])
        assert name in seen.bases
        assert (named in seen.who) is is_named
        where = seen_by_the_centre(event, agencies, "SVC", "LOC", before=[sends])
        assert named in where.who


def test_nor_by_the_end_of_what_came_of_it() -> None:
    agencies = {**AGENCIES, AYUMI.agency: OPEN}
    over = replace(left, agency_id=AYUMI.agency)
    for kind, is_named in (("FACILITY_ADMISSION", False), ("SERVICE_LINK", True)):
        sends: Event = replace(to_ayumi, kind=kind)
        seen = seen_by_the_centre(over, agencies, "SVC", before=[sends])
        assert (("agency_id", AYUMI.agency) in seen.who) is is_named
        before = told(by(CITY, opened, joined, replace(granted, categories=frozenset({"SVC"}))))
        record = [*before, *told(by(CITY, opened, joined, granted, over, sends))[3:]]
        assert ("agency_id", AYUMI.agency) in visible(record, CENTRE, 4, agencies=agencies).who


def test_whoever_kept_her_is_not_named_as_sending_her_on_to_a_stay() -> None:
    agencies = {**AGENCIES, AYUMI.agency: OPEN}
    sends_on = replace(to_ayumi, from_agency=AYUMI.agency, to_agency=SHELTER.agency)
    kept = [replace(protects, provider_agency_id=AYUMI.agency)]
    for kind, is_named in (("FACILITY_ADMISSION", False), ("SERVICE_LINK", True)):
        event: Event = replace(sends_on, kind=kind)
        seen = seen_by_the_centre(event, agencies, "SVC", before=kept, author=AYUMI)
        assert ((ACTING, AYUMI.agency) in seen.who) is is_named
        assert (("from_agency", AYUMI.agency) in seen.who) is is_named


def test_that_the_centre_took_her_in_itself_is_said_by_its_name() -> None:
    by_itself = replace(protects, provider_agency_id=CENTRE.agency)
    agreed = replace(granted, recipients=frozenset({POLICE.agency}), categories=frozenset({"SVC"}))
    comes = replace(joined, agency_id=POLICE.agency)
    history = told(by(CITY, opened, comes, agreed), by(CENTRE, by_itself, protected))
    assert (ACTING, CENTRE.agency) in visible(history, POLICE, 5).who


def test_to_the_sides_of_a_referral_it_is_no_news_who_is_to_take_her_in() -> None:
    agencies = {**AGENCIES, AYUMI.agency: OPEN}
    comes = replace(to_ayumi, kind="FACILITY_ADMISSION")
    history = told(by(CITY, opened, joined, comes, sent), by(AYUMI, taken))
    assert (ACTING, AYUMI.agency) in visible(history, CITY, 5, agencies=agencies).who
