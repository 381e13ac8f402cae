"""The checker holds: what the decision lets out it lets pass, and what breaks the rule it names.

Histories are made with the real deciding and sealing, and what is let out in them is what the
decision allows to each reader at that moment. What is planted stands in the log of one case.
"""

import inspect
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from types import ModuleType
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import pytest

from domain.agency import (
    AgencyDeactivated,
    AgencySucceeded,
    CommissionContractStarted,
    DeactivateAgency,
    KnownAgency,
    NameFeedCustodian,
    SucceedAgency,
    SuspendAgency,
)
from domain.case import CaseAccepted, CaseErased, DataRestricted, EndRole
from domain.case.companions import AddCompanion, CompanionAdded
from domain.catalogue import AnyCommand
from domain.consent_ledger import ConsentWithdrawn, NarrowConsent, WithdrawConsent
from domain.disclosed import BasisId, Disclosed
from domain.exclusions import ExclusionSet, SetExclusion
from domain.grievance import (
    AcknowledgeGrievance,
    AssignHandler,
    GrievanceReceived,
    ReceiveGrievance,
)
from domain.meeting.events import MeetingPlanned
from domain.model import CaseId, Event, EventId, GrantId, GrievanceId
from domain.network import JoinNetwork
from domain.referral import ReceiveReferral, ReferralDrafted, ReferralReceived
from tests.gate import checker, log, published, settled
from tests.gate.checker import BASES, Wrong, check, holds
from tests.gate.letting_out import LettingOut, Line, Reading, discloses, headers, let_out, lets_out
from tests.gate.log import Header, Log, read
from tests.gate.settled import unsettled
from tests.histories import Ask, Play, history
from tests.losing import NARROWS, coordinates, erased, in_an_emergency, planned, restricted
from tests.peers import HER_NAME, HER_TELEPHONE, Midorino, midorino
from tests.settling import Settling
from tests.world import Said, Someone

COMPANION: Final = "case.companion_added.v1"
HISTORIES: Final = 40
LINES: Final = 40_000
OF_EACH: Final = {
    "CONSENT": 15_000,
    "PARTY": 7_000,
    "STATUTORY": 500,
    "EMERGENCY": 1,
    "LEDGER": 300,
    "NOTICE": 300,
}


@pytest.mark.parametrize("module", [checker, log, published, settled], ids=lambda m: m.__name__)
def test_it_shares_no_code_with_what_it_checks(module: ModuleType) -> None:
    read_from = re.findall(r"^(?:from|import) ([\w.]+)", inspect.getsource(module), re.MULTILINE)
    others = {name for name in read_from if not name.startswith("tests.gate.")}
    assert others <= {"collections", "collections.abc", "dataclasses", "datetime", "json", "typing"}


def test_what_the_decision_lets_out_is_let_pass() -> None:
    _let_pass(range(HISTORIES), LINES, OF_EACH)


@pytest.mark.soak
def test_what_the_decision_lets_out_is_let_pass_for_long() -> None:
    _let_pass(range(HISTORIES, 2000), 20 * LINES, {})


def _let_pass(seeds: range, lines: int, of_each: dict[str, int]) -> None:
    told, rested = 0, Counter[str]()
    for seed in seeds:
        world = let_out(seed)
        report = check(headers(world))
        assert report.findings == [], f"seed {seed}"
        told += report.lines
        for entry in world.log:
            rested.update(entry.said.bases if isinstance(entry.said, Disclosed) else ())
    assert told >= lines
    assert {basis for basis, most in of_each.items() if rested[basis] < most} == set()


FIELDS: Final = 20_000


class Comparing(Play):
    """While it goes on, the two are asked the same."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.fields = 0
        self.differing: Final[list[str]] = []

    def step(self, ask: Ask) -> bool:
        accepted = super().step(ask)
        here = self.here() if accepted and self.likely(0.03) else None
        if here is not None:
            known = Log()
            for header in headers(self.world):
                known.then(read(header))
            for agency in self.some(self.agencies, 3):
                self._compare(known, here.id, self.one(self.people[agency]))
        return accepted

    def _compare(self, known: Log, case: CaseId, who: Someone) -> None:
        """What tells something by itself, on any basis on record there."""
        reading = Reading(self.world, case)
        shown = {(line.source, line.path) for line in reading.lines(who)}
        for line in reading.all(who):
            if line.category not in {"ENV", "STF", "PUB"}:
                self.fields += 1
                if _may_rest(known, self.world.at, case, who, line) != (line[:2] in shown):
                    self.differing.append(f"{len(self.world.log)}: {line} to {who.agency}")


def _may_rest(known: Log, at: datetime, case: CaseId, who: Someone, line: Line) -> bool:
    hers = known.cases[str(case)]
    bases: list[tuple[str, str | None]] = [(basis, None) for basis in BASES]
    bases += [("CONSENT", each) for each in hers.consents]
    bases += [("EMERGENCY", each) for each in hers.emergencies]
    bases += [("STATUTORY", each) for each in hers.statutory]
    facts = {"case_id": str(case), "recipient": str(who.agency), "person": str(who.staff)}
    row = replace(next(iter(known.rows.values())), at=at, facts=facts)
    source = str(line.source)
    for basis, basis_id in bases:
        try:
            holds(known, row, (source, line.path, line.category, basis, basis_id), {})
        except Wrong:
            continue
        return True
    return False


def test_what_the_decision_hides_rests_on_nothing() -> None:
    fields = 0
    for seed in range(8):
        play = history(seed, begun=Comparing)
        assert isinstance(play, Comparing)
        assert play.differing == [], f"seed {seed}"
        fields += play.fields
    assert fields >= FIELDS


class Settled(LettingOut):
    """What follows by rule, purges too, is done at once."""

    settling: Settling | None = None

    def step(self, ask: Ask) -> bool:
        accepted = super().step(ask)
        self.settling = self.settling or Settling(self.world)
        self.settling.settle()
        return accepted


def test_whoever_received_what_ends_with_a_consent_is_asked_to_purge_it() -> None:
    """By the processes there are: what else takes something away is settled by the gate."""
    for seed in range(12):
        world = history(seed, begun=Settled, lets_out=lets_out).world
        left = [each for each in unsettled(headers(world)) if each.clause == "NOT_PURGED"]
        assert [each for each in left if each.about.startswith("consent.")] == [], f"seed {seed}"


# What she takes back, and whatever else takes something out of somebody's view


CLAUSES: Final = {
    "ConsentWithdrawn": {"ENDED"},
    "ConsentNarrowed": {"NARROWED"},
    "ConsentSuperseded": {"ENDED"},
    "ConsentExpired": {"ENDED"},
    "ConsentRefused": {"REFUSED"},
    "ConflictRecorded": {"CONFLICT"},
    "CompanionCameOfAge": {"PERSON"},
    "ExclusionSet": {"EXCLUDED"},
    "EmergencyExpired": {"ENDED"},
    "RoleEnded": {"TAKES_NO_PART"},
    "ParticipationEnded": {"TAKES_NO_PART"},
    "ServiceStatusChanged": {"TAKES_NO_PART"},
    "ResponsibilityMoved": {"TAKES_NO_PART"},
    "CaseTransferred": {"CASE_NUMBER", "LEDGER"},
    "ReferralDeclined": {"TAKES_NO_PART"},
    "ReferralRedirected": {"TAKES_NO_PART"},
    "ReferralWithdrawn": {"TAKES_NO_PART"},
    "ReferralExpired": {"TAKES_NO_PART"},
    "InviteeRemoved": {"TAKES_NO_PART", "PARTY"},
    "MeetingCancelled": {"TAKES_NO_PART"},
    "MeetingClosed": {"TAKES_NO_PART"},
    "HandlerAssigned": {"PARTY"},
    "AgencySuspended": {"SUSPENDED"},
    "AgencyDeactivated": {"SUSPENDED"},
    "AgencySucceeded": {"SUSPENDED"},
    "AgencyTookOver": {"EXCLUDED"},
    "StaffLeft": {"PLEDGE"},
    "FeedCustodianEnded": {"PLEDGE"},
    "MemberLeft": {"NO_COLLEAGUE"},
    "NetworkDissolved": {"CASE_NUMBER", "LEDGER"},
    "CoordinatingAgencyDesignated": {"CASE_NUMBER", "LEDGER"},
}
# Of these no line is known to be there only because another agency is named in it.
NOT_IN_HEADERS: Final = {CommissionContractStarted}
# What nobody else had seen by then is planted below.
PLANTED_BELOW: Final = {"DataRestricted", "CaseErased", "GrievanceEscalated"}
# Where it began to stand is not said of these.
WITHOUT_SINCE: Final = {"CaseTransferred"}


class Reader(NamedTuple):
    who: Someone
    feed: bool


@pytest.mark.parametrize("kind", NARROWS, ids=lambda kind: kind.__name__)
def test_what_was_seen_before_is_found_when_it_is_let_out_after(
    kind: type[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that anybody saw until then, and nothing of what they still see."""
    here = midorino()
    before: dict[Reader, list[Line]] = {}

    def says(who: Someone, command: AnyCommand, case: CaseId | None = None) -> Said:
        before.clear()
        before.update(seen(here))
        return told(who, command, case)

    told = here.world.says
    monkeypatch.setattr(here.world, "says", says)
    NARROWS[kind](here)
    lost, caught, clauses = set[object](), set[object](), set[str]()
    after = {reader: {*lines} for reader, lines in seen(here).items()}
    for reader, lines in before.items():
        first = len(here.world.log) + 1
        lets_see(here, reader, lines)
        report = check(headers(here.world))
        lost |= {(reader, line) for line in lines if line not in after.get(reader, ())}
        caught |= {(reader, lines[x.line or 0]) for x in report.findings if x.position == first}
        now = [each for each in report.findings if each.position == first]
        clauses |= {each.clause for each in now}
        if kind.__name__ not in WITHOUT_SINCE:
            assert all(each.since for each in now)
            assert report.decided_after >= bool(now)
    assert caught == (set() if kind in NOT_IN_HEADERS else lost)
    assert clauses == CLAUSES.get(kind.__name__, set())
    assert bool(lost) or kind.__name__ in PLANTED_BELOW


def seen(here: Midorino) -> dict[Reader, list[Line]]:
    reading, agencies = Reading(here.world, here.case), here.world.roster().agencies
    readers = [
        Reader(Someone(agency, staff, each.role), feed)
        for agency, known in agencies.items()
        if isinstance(known, KnownAgency)
        for staff, each in known.staff.items()
        for feed in (False, True)
    ]
    found = {each: list(reading.lines(each.who, feed=each.feed)) for each in readers}
    return {each: lines for each, lines in found.items() if lines}


def lets_see(here: Midorino, reader: Reader, lines: list[Line]) -> None:
    person = None if reader.feed else reader.who.staff
    discloses(here.world, here.case, reader.who.agency, person, lines)


# One way at a time


def helped(here: Midorino, **how: Any) -> GrantId:
    """Ayumi helps her, and may know her name and her telephone."""
    referral = here.sends(here.city, here.ayumi)
    here.accepts(here.ayumi, referral)
    here.confirms(here.ayumi, referral)
    return here.agrees(here.ayumi, **how)


def her_name(here: Midorino, basis: str = "CONSENT", basis_id: UUID | None = None) -> Line:
    return Line(here.her_name, HER_NAME, "IDN", basis, BasisId(basis_id) if basis_id else None)


def wrong(
    here: Midorino, to: Someone, *lines: Line, feed: bool = False
) -> tuple[str, int | None] | None:
    """What is found of the last of these lines, let out now, and where what stands against it."""
    lets_see(here, Reader(to, feed), [*lines])
    position, number = len(here.world.log), len(lines) - 1
    found = [each for each in check(headers(here.world)).findings if each.position == position]
    assert {each.line for each in found} <= {number}
    return next(((each.clause, each.since) for each in found), None)


def where(here: Midorino, kind: type[Event]) -> int:
    return max(entry.told.position for entry in here.world.log if isinstance(entry.said, kind))


def test_what_she_agreed_to_is_let_pass() -> None:
    here = midorino()
    assert wrong(here, here.ayumi, her_name(here, basis_id=helped(here))) is None


@pytest.mark.parametrize("basis", ["CONSENT", "EMERGENCY", "STATUTORY"])
def test_without_a_basis_on_record_nothing_is_let_out(basis: str) -> None:
    here = midorino()
    helped(here)
    for basis_id in (None, uuid4()):
        line = her_name(here, basis, basis_id)
        assert wrong(here, here.ayumi, line) == ("NOT_RECORDED", None)


def test_on_no_other_basis_is_anything_let_out() -> None:
    here = midorino()
    assert wrong(here, here.ayumi, her_name(here, "OWN")) == ("OWN", None)
    *rows, (position, at, said) = headers(here.world)
    kindness = (position, at, said.replace(b'"OWN"', b'"KINDNESS"'))
    assert [each.clause for each in check([*rows, kindness]).findings] == ["BASIS"]


def test_late_consent_cures_nothing() -> None:
    here, late = midorino(), uuid4()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    assert wrong(here, here.ayumi, her_name(here, basis_id=late)) == ("NOT_RECORDED", None)
    given = here.agrees(here.ayumi)
    rows = [_instead(each, late, given) for each in headers(here.world)]
    assert [each.clause for each in check(rows).findings] == ["NOT_RECORDED"]


def _instead(header: Header, one: UUID, other: UUID) -> Header:
    position, at, said = header
    return position, at, said.replace(str(one).encode(), str(other).encode())


@pytest.mark.parametrize(
    ("agreed", "clause"),
    [
        ({"categories": ["CNT"]}, "CATEGORY"),
        ({"only_fields": frozenset({HER_TELEPHONE})}, "FIELD"),
        ({"excluded_fields": frozenset({HER_NAME})}, "FIELD"),
        ({"history": "NONE"}, "HISTORY"),
        ({"kind": "LEDGER"}, "NOT_RECORDED"),
    ],
)
def test_what_she_has_not_agreed_to_is_not_let_out(agreed: dict[str, Any], clause: str) -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here, **agreed))
    assert wrong(here, here.ayumi, line) == (clause, None)


def test_what_she_agreed_to_for_one_is_not_let_out_to_another() -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here))
    here.accepts(here.hospital, here.sends(here.city, here.hospital))
    assert wrong(here, here.hospital, line) == ("RECIPIENT", None)


def test_without_a_part_in_her_case_nothing_is_let_out() -> None:
    here = midorino()
    line = her_name(here, basis_id=here.agrees(here.ayumi))
    assert wrong(here, here.ayumi, line) == ("TAKES_NO_PART", None)


def test_a_sealed_field_is_not_let_out_as_something_else() -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here))
    assert wrong(here, here.ayumi, line._replace(category="CNT")) == ("CATEGORY", None)
    another = line._replace(path=HER_TELEPHONE, category="CNT")
    assert wrong(here, here.ayumi, another) == ("FIELD_OF_ANOTHER_EVENT", None)


def test_only_what_is_on_record_in_her_case_is_let_out() -> None:
    here, elsewhere = midorino(), uuid4()
    line = her_name(here, basis_id=helped(here))
    nothing = line._replace(source=EventId(uuid4()))
    assert wrong(here, here.ayumi, nothing) == ("EVENT_NOT_RECORDED", None)
    assert wrong(here, here.ayumi, line) is None
    *rows, disclosed = headers(here.world)
    (*_, found) = check([*rows, _instead(disclosed, here.case, elsewhere)]).findings
    assert (found.position, found.line, found.clause) == (len(rows) + 1, 0, "OF_ANOTHER_CASE")


def test_a_line_is_found_among_others() -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here))
    assert wrong(here, here.ayumi, line, line._replace(basis="OWN")) == ("OWN", None)


def test_a_date_ends_with_its_day_in_japan() -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here, valid_until=date(2026, 5, 20)))
    here.world.at = datetime(2026, 5, 20, 14, 59, 59, tzinfo=UTC)
    assert wrong(here, here.ayumi, line) is None
    here.world.passes(seconds=1)
    assert wrong(here, here.ayumi, line) == ("EXPIRED", None)


def test_it_does_not_begin_before_she_gave_it() -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here))
    here.world.passes(seconds=-1)
    assert wrong(here, here.ayumi, line) == ("NOT_YET_GIVEN", None)


def test_an_emergency_ends_at_its_hour_and_is_for_whom_it_names() -> None:
    here = midorino()
    line = her_name(here, "EMERGENCY", in_an_emergency(here))
    assert wrong(here, here.police, line) is None
    assert wrong(here, here.ayumi, line) == ("RECIPIENT", None)
    here.world.passes(hours=24)
    assert wrong(here, here.police, line) == ("EXPIRED", None)


def test_an_emergency_goes_over_no_exclusion_that_it_does_not_name() -> None:
    here = midorino()
    line = her_name(here, "EMERGENCY", in_an_emergency(here))
    here.says(here.city, SetExclusion(agency_id=here.police.agency))
    assert wrong(here, here.police, line) == ("EXCLUDED", where(here, ExclusionSet))


def test_whom_she_has_shut_out_at_work_reads_nothing_and_neither_does_their_feed() -> None:
    here = midorino()
    line, colleague = (
        her_name(here, basis_id=helped(here)),
        here.world.enrols(here.ayumi.agency, "CASEWORKER"),
    )
    keeper = NameFeedCustodian(agency_id=colleague.agency, staff_id=colleague.staff)
    here.world.says(here.ayumi, keeper)
    here.says(here.city, SetExclusion(staff_id=here.ayumi.staff))
    against = ("EXCLUDED_STAFF", where(here, ExclusionSet))
    assert wrong(here, here.ayumi, line) == against
    assert wrong(here, here.ayumi, line, feed=True) == against
    assert wrong(here, colleague, line) is None


def test_nobody_reads_who_is_not_enrolled_there_and_has_signed() -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here))
    stranger = Someone(here.ayumi.agency, here.hospital.staff, "CASEWORKER")
    assert wrong(here, stranger, line) == ("PLEDGE", None)
    assert wrong(here, here.ayumi, line, feed=True) == ("PLEDGE", None)


@pytest.mark.parametrize(
    ("story", "clause", "kind"),
    [(restricted, "RESTRICTED", DataRestricted), (erased, "ERASED", CaseErased)],
)
def test_of_a_case_that_is_restricted_or_erased_nothing_is_let_out(
    story: Callable[[Midorino], object], clause: str, kind: type[Event]
) -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here, valid_until=date(2027, 3, 31)))
    assert wrong(here, here.ayumi, line) is None
    story(here)
    assert wrong(here, here.ayumi, line) == (clause, where(here, kind))


def test_nothing_is_let_out_as_ones_own_that_another_has_recorded() -> None:
    here = midorino()
    helped(here)
    assert wrong(here, here.ayumi, her_name(here, "OWN")) == ("OWN", None)
    assert wrong(here, here.city, her_name(here, "OWN")) is None


def test_a_referral_is_told_to_its_two_sides() -> None:
    here = midorino()
    here.sends(here.city, here.ayumi)
    drafted = here.world.log[where(here, ReferralDrafted) - 1].told.id
    line = Line(drafted, "referral.drafted.v1/kind", "SVC", "PARTY")
    assert wrong(here, here.ayumi, line) is None
    assert wrong(here, here.hospital, line) == ("PARTY", None)
    assert wrong(here, here.ayumi, her_name(here, "PARTY")) == ("PARTY", None)


def test_the_ledger_is_for_who_coordinates_the_network() -> None:
    here = midorino()
    coordinates(here, here.hospital)
    accepted = here.world.log[where(here, CaseAccepted) - 1].told.id
    who = Line(accepted, "case.accepted.v1/main_responsible", "SVC", "LEDGER")
    number = Line(accepted, "case.accepted.v1/case_number", "SVC", "LEDGER")
    assert wrong(here, here.hospital, who, number) is None
    assert wrong(here, here.ayumi, who) == ("LEDGER", None)
    assert wrong(here, here.ayumi, number) == ("CASE_NUMBER", None)
    assert wrong(here, here.hospital, her_name(here, "LEDGER")) == ("LEDGER", None)


def test_a_notice_is_for_whoever_had_received() -> None:
    for had_received in (False, True):
        here = midorino()
        grant = helped(here)
        if had_received:
            assert wrong(here, here.ayumi, her_name(here, basis_id=grant)) is None
        here.says(here.city, WithdrawConsent(grant_id=grant))
        withdrawn = here.world.log[where(here, ConsentWithdrawn) - 1].told.id
        notice = Line(withdrawn, "consent.withdrawn.v1/grant_id", "CNS", "NOTICE")
        assert wrong(here, here.ayumi, notice) == (None if had_received else ("NOTICE", None))
        assert wrong(here, here.ayumi, her_name(here, "NOTICE")) == ("NOTICE", None)


def test_of_a_meeting_only_those_hear_who_were_asked_to_it() -> None:
    here = midorino()
    grant = helped(here, categories=["MTG", "SVC"])
    planned(here)
    meeting = here.world.log[where(here, MeetingPlanned) - 1].told.id
    for field, category in (("held_within", "MTG"), ("convenor", "SVC")):
        line = Line(meeting, f"meeting.planned.v1/{field}", category, "CONSENT", BasisId(grant))
        assert wrong(here, here.ayumi, line) == ("MEETING", None)


def test_why_she_took_something_back_is_for_whom_it_was_said_to() -> None:
    here = midorino()
    first, second = helped(here), here.agrees(here.ayumi, categories=["NAR"])
    here.says(here.city, WithdrawConsent(grant_id=first, reason="もう連絡しないでほしい。"))
    withdrawn = here.world.log[where(here, ConsentWithdrawn) - 1].told.id
    why = Line(withdrawn, "consent.withdrawn.v1/reason", "NAR", "CONSENT", BasisId(second))
    assert wrong(here, here.ayumi, why) == ("ANOTHERS_CONSENT", None)


def test_nobody_whom_a_grievance_is_about_reads_of_it() -> None:
    here = midorino()
    receive = ReceiveGrievance(
        complainant="SUBJECT",
        about_agencies=frozenset({here.ayumi.agency}),
        about_staff=frozenset({here.hospital.staff}),
        text="電話番号を知らない人に教えられました。",
    )
    received = here.says(here.city, receive)
    grievance = GrievanceId(received.made)
    here.says(here.city, AcknowledgeGrievance(grievance_id=grievance))
    here.says(here.city, AssignHandler(grievance_id=grievance, handler=here.centre.agency))
    text = Line(received.id_of(GrievanceReceived), "grievance.received.v1/text", "GRV", "PARTY")
    assert wrong(here, here.centre, text) is None
    assert wrong(here, here.hospital, text) == ("ABOUT_THE_READER", None)
    assert wrong(here, here.ayumi, text) == ("PARTY", None)


def test_staff_are_named_beside_something_else() -> None:
    here = midorino()
    for each in (here.ayumi, here.centre):
        join = JoinNetwork(network_id=here.network, agency_id=each.agency, membership="MEMBER")
        here.world.says(here.world.operator, join)
    referral = here.sends(here.city, here.ayumi)
    received = here.says(here.ayumi, ReceiveReferral(referral_id=referral))
    source = received.id_of(ReferralReceived)
    staff = Line(source, "referral.received.v1/receiving_staff", "STF", "PARTY")
    when = Line(source, "referral.received.v1/at", "SVC", "PARTY")
    assert wrong(here, here.city, staff) == ("BESIDE_NOTHING", None)
    assert wrong(here, here.city, when, staff) is None
    assert wrong(here, here.centre, staff) == ("BESIDE_NOTHING", None)


def test_what_is_public_is_what_says_so() -> None:
    here = midorino()
    helped(here)
    assert wrong(here, here.ayumi, her_name(here, "PUBLIC")) == ("PUBLIC", None)


def test_consent_passes_to_whoever_takes_over_but_for_where_she_is() -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here))
    heir = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE")
    here.accepts(heir, here.sends(here.city, heir))
    assert wrong(here, heir, line) == ("RECIPIENT", None)
    here.world.says(
        here.world.operator, SucceedAgency(agency_id=here.ayumi.agency, successor=heir.agency)
    )
    assert wrong(here, heir, line) is None


def test_disclosures_lines_and_recipients_are_counted() -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here))
    wrong(here, here.ayumi, line, line)
    here.says(here.city, WithdrawConsent(grant_id=GrantId(line.basis_id or uuid4())))
    wrong(here, here.ayumi, line)
    report = check(headers(here.world))
    assert (report.disclosures, report.lines, report.recipients) == (2, 3, {str(here.ayumi.agency)})
    assert (report.withdrawals, report.decided_after) == (1, 1)


# That it is brought to its end


def taken_back(here: Midorino) -> GrantId:
    """Ayumi has received her name, and may no longer see it."""
    grant = helped(here)
    assert wrong(here, here.ayumi, her_name(here, basis_id=grant)) is None
    here.says(here.city, WithdrawConsent(grant_id=grant))
    return grant


def left_open(here: Midorino, *later: Callable[[Midorino], dict[str, Any]]) -> list[str]:
    """What is still owed an hour later."""
    *_, (_, _, last) = headers(here.world)
    return clauses_left(here, json.loads(last)["id"], *later)


def clauses_left(
    here: Midorino, cause: str, *later: Callable[[Midorino], dict[str, Any]]
) -> list[str]:
    rows = list(headers(here.world))
    for facts in (each(here) for each in later):
        rows.append(_row(here, rows, cause, facts))
    here.world.passes(hours=1)
    rows.append(_row(here, rows, cause, {"type": "trail.subject_notified.v1"}))
    found = unsettled(rows)
    assert {_id(rows[each.position - 1]) for each in found} <= {cause}
    return [each.clause for each in found]


def _id(row: Header) -> str:
    said: str = json.loads(row[2])["id"]
    return said


def _row(here: Midorino, rows: list[Header], cause: str, facts: dict[str, Any]) -> Header:
    """As the log holds it; ``CAUSE`` is what was recorded last."""
    kind = facts.pop("type")
    header = {
        "agency": str(here.world.operator.agency),
        "case": str(here.case),
        "command": str(uuid4()),
        "facts": {name: cause if each == "CAUSE" else each for name, each in facts.items()},
        "id": str(uuid4()),
        "stream": str(uuid4()),
        "type": kind,
    }
    return len(rows) + 1, here.world.at, json.dumps(header).encode()


def settles(here: Midorino, **facts: Any) -> dict[str, Any]:
    return {
        "type": "trail.withdrawal_settled.v1",
        "recipients": [str(here.ayumi.agency)],
        "settles": "CAUSE",
        **facts,
    }


def purges(here: Midorino, covers: tuple[str, ...] = ("IDN",), **facts: Any) -> dict[str, Any]:
    return {
        "type": "trail.purge_requested.v1",
        "purge_id": str(uuid4()),
        "recipient": str(here.ayumi.agency),
        "covers": [*covers],
        **facts,
    }


def test_a_withdrawal_is_settled_and_what_was_received_is_asked_back() -> None:
    here = midorino()
    grant = taken_back(here)
    by_grant = partial(settles, settles=None, grant_id=str(grant))
    assert left_open(here) == ["NOT_SETTLED", "NOT_PURGED"]
    assert left_open(here, settles) == ["NOT_PURGED"]
    assert left_open(here, purges) == ["NOT_SETTLED"]
    assert left_open(here, settles, purges) == []
    assert left_open(here, by_grant, purges) == []


def test_another_settling_and_a_purge_of_something_else_are_not_enough() -> None:
    here = midorino()
    taken_back(here)
    another = partial(settles, settles=None, grant_id=str(uuid4()))
    assert left_open(here, another, partial(purges, covers=("CNT",))) == [
        "NOT_SETTLED",
        "NOT_PURGED",
    ]


def test_settled_is_said_with_whom_it_was_settled() -> None:
    here = midorino()
    taken_back(here)
    assert left_open(here, partial(settles, recipients=[]), purges) == ["SETTLED_WITHOUT"]


def test_what_she_lets_them_know_on_another_consent_is_not_asked_back() -> None:
    here = midorino()
    here.accepts(here.ayumi, here.sends(here.city, here.ayumi))
    first, _ = here.agrees(here.ayumi), here.agrees(here.ayumi, categories=["IDN"])
    assert wrong(here, here.ayumi, her_name(here, basis_id=first)) is None
    here.says(here.city, WithdrawConsent(grant_id=first))
    assert left_open(here, settles) == []


def shut_out(here: Midorino) -> None:
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))


def takes_no_part(here: Midorino) -> None:
    here.says(here.ayumi, EndRole(function="SERVICE_PROVIDER", agency_id=here.ayumi.agency))


def suspended(here: Midorino) -> None:
    here.world.says(here.world.operator, SuspendAgency(agency_id=here.ayumi.agency))


@pytest.mark.parametrize("ends", [shut_out, takes_no_part, suspended, restricted])
def test_whatever_else_takes_it_away_is_settled_too(
    ends: Callable[[Midorino], object],
) -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here, valid_until=date(2027, 3, 31)))
    assert wrong(here, here.ayumi, line) is None
    ends(here)
    assert left_open(here) == ["NOT_SETTLED", "NOT_PURGED"]
    assert left_open(here, settles, purges) == []


def test_so_is_what_is_taken_from_whoever_is_no_more() -> None:
    here = midorino()
    assert wrong(here, here.ayumi, her_name(here, basis_id=helped(here))) is None
    here.world.says(here.world.operator, DeactivateAgency(agency_id=here.ayumi.agency))
    cause = str(here.world.log[where(here, AgencyDeactivated) - 1].told.id)
    assert clauses_left(here, cause) == ["NOT_SETTLED", "NOT_PURGED"]
    assert clauses_left(here, cause, settles, purges) == []


def succeeded(here: Midorino, heir: Someone) -> None:
    succeed = SucceedAgency(agency_id=here.ayumi.agency, successor=heir.agency)
    here.world.says(here.world.operator, succeed)


@pytest.mark.parametrize("takes_part", [True, False])
def test_of_whoever_is_succeeded_is_asked_back_what_does_not_pass_on(
    takes_part: bool,  # noqa: FBT001 (one of two)
) -> None:
    here = midorino()
    heir = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE")
    if takes_part:
        here.accepts(heir, here.sends(here.city, heir))
    added = here.says(
        here.city, AddCompanion(companion="CHILD", relation="CHILD", whereabouts="祖母の家")
    )
    grant = helped(here, categories=["IDN", "LOC"])
    said = added.id_of(CompanionAdded)
    where_they_are = Line(said, f"{COMPANION}/whereabouts", "LOC", "CONSENT", BasisId(grant))
    assert wrong(here, here.ayumi, where_they_are, her_name(here, basis_id=grant)) is None
    succeeded(here, heir)
    cause = str(here.world.log[where(here, AgencySucceeded) - 1].told.id)
    assert clauses_left(here, cause) == ["NOT_SETTLED", "NOT_PURGED"]
    left = clauses_left(here, cause, settles, partial(purges, covers=("LOC",)))
    assert left == ([] if takes_part else ["NOT_PURGED"])
    assert clauses_left(here, cause, settles, partial(purges, covers=("IDN", "LOC"))) == []


@pytest.mark.parametrize("at_once", [True, False])
def test_whoever_succeeds_whom_she_shut_out_is_asked_back_what_it_has_itself(
    *, at_once: bool
) -> None:
    here = midorino()
    heir, between = (
        here.world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE") for _ in range(2)
    )
    grant = here.agrees(heir, categories=["IDN"])
    here.accepts(heir, here.sends(here.city, heir))
    assert wrong(here, heir, her_name(here, basis_id=grant)) is None
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))
    if at_once:
        succeeded(here, heir)
    else:
        succeeded(here, between)
        becomes = SucceedAgency(agency_id=between.agency, successor=heir.agency)
        here.world.says(here.world.operator, becomes)
    shut, *_, cause = (
        str(each.told.id)
        for each in here.world.log
        if isinstance(each.said, ExclusionSet | AgencySucceeded)
    )
    before, of_it = partial(settles, settles=shut, recipients=[]), str(heir.agency)
    assert clauses_left(here, cause, before) == ["NOT_SETTLED", "NOT_PURGED"]
    later = partial(settles, recipients=[of_it]), partial(purges, recipient=of_it)
    assert clauses_left(here, cause, before, *later) == []


def test_nothing_is_owed_of_what_whoever_succeeds_may_know() -> None:
    here = midorino()
    heir = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE")
    here.accepts(heir, here.sends(here.city, heir))
    assert wrong(here, here.ayumi, her_name(here, basis_id=helped(here))) is None
    succeeded(here, heir)
    assert left_open(here) == []


def test_narrowing_asks_back_what_it_takes_out_alone() -> None:
    here = midorino()
    line = her_name(here, basis_id=helped(here))
    assert wrong(here, here.ayumi, line) is None
    grant = GrantId(line.basis_id or uuid4())
    here.says(here.city, NarrowConsent(grant_id=grant, removed_categories=frozenset({"CNT"})))
    assert left_open(here) == ["NOT_SETTLED"]
    here.says(here.city, NarrowConsent(grant_id=grant, removed_fields=frozenset({HER_NAME})))
    assert "NOT_PURGED" in {each.clause for each in unsettled(_an_hour_later(here))}


def test_what_was_taken_back_a_moment_ago_is_not_owed_yet() -> None:
    here = midorino()
    taken_back(here)
    assert unsettled(headers(here.world)) == []


def _an_hour_later(here: Midorino) -> list[Header]:
    rows = list(headers(here.world))
    here.world.passes(hours=1)
    return [*rows, _row(here, rows, "", {"type": "trail.subject_notified.v1"})]
