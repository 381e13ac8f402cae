"""Her trail: what was shared of her, with whom and why; who is told of it, and of how much."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

import msgspec
import pytest

from contracts.trail import Answers, PurgeAsked, Shared, TakenAway, Trail, TrailItem
from domain.agency import SucceedAgency, SuspendAgency
from domain.case import AssignRole, EndParticipation, RecordAddress
from domain.categories import CategoryCode
from domain.consent_ledger import WithdrawConsent
from domain.disclosed import Disclosed
from domain.exclusions import SetExclusion
from domain.model import AgencyId, CaseId, GrantId
from domain.statutory import FileStatutory
from domain.timers import end_of
from domain.trail.purges import (
    AcknowledgePurge,
    DeclinePurge,
    PurgeId,
    PurgeRequested,
    RequestPurge,
)
from services.purged import Purged
from services.reacting import LetOut, let_out
from services.sights import record_of
from tests.gates import Noted
from tests.invariants import accepted, refused
from tests.peers import HER_NAME, HER_TELEPHONE, Midorino, midorino
from tests.reading import reads, settles
from tests.sealed import SEALING, House
from tests.world import Someone

ADDRESSES: Final[tuple[CategoryCode, ...]] = ("ADR",)
CONTACT: Final[tuple[CategoryCode, ...]] = ("CNT",)
IDENTITY: Final[tuple[CategoryCode, ...]] = ("IDN",)
ADDRESS: Final = "case.address_recorded.v1"


def trail_of(here: Midorino, who: Someone) -> Trail | None:
    return House(here.world).trail(who, here.case)


def told(here: Midorino, who: Someone) -> Trail:
    found = trail_of(here, who)
    assert found is not None
    return found


def shared(trail: Trail) -> list[Shared]:
    return [each for each in trail.items if isinstance(each, Shared)]


def purges(trail: Trail) -> list[PurgeAsked]:
    return [each for each in trail.items if isinstance(each, PurgeAsked)]


def taken_away(trail: Trail) -> list[TakenAway]:
    return [each for each in trail.items if isinstance(each, TakenAway)]


def paths(trail: Trail) -> set[str]:
    """Which fields of hers are said to have been shared, by ``type/field``."""
    return {
        f"{told.type}/{name}"
        for each in shared(trail)
        for on in each.shared
        for told in on.told
        for name in told.fields
    }


def helping(here: Midorino, who: Someone) -> None:
    answers = here.centre if here.answers_for_her == here.centre.agency else here.city
    here.says(answers, AssignRole(function="SERVICE_PROVIDER", agency_id=who.agency))


def asked_of(here: Midorino, who: Someone) -> PurgeId:
    (purge,) = (
        each.said.purge_id
        for each in here.world.log
        if isinstance(each.said, PurgeRequested) and each.said.recipient == who.agency
    )
    return purge


def shared_with(here: Midorino, *agencies: Someone) -> GrantId:
    """She agrees, they take part, and read."""
    grant = here.agrees(*agencies)
    for each in agencies:
        helping(here, each)
        reads(here.world, each, here.case)
    return grant


def withdrawn(here: Midorino, grant: GrantId) -> None:
    here.says(here.city, WithdrawConsent(grant_id=grant))
    settles(here.world)


# What was shared


@accepted("INV-E5")
def test_who_obtained_her_consent_tells_her_with_whom_what_was_shared_and_why() -> None:
    here = midorino()
    grant = shared_with(here, here.centre)
    (item,) = shared(told(here, here.city))
    assert (item.to.id, item.to.kind) == (here.centre.agency, "WOMENS_SUPPORT_CENTRE")
    (on,) = item.shared
    assert (on.why.basis, on.why.grant, on.why.purpose) == ("CONSENT", grant, "PROTECTION")
    assert on.categories == ("CNT", "IDN")
    assert {HER_NAME, HER_TELEPHONE} <= paths(told(here, here.city))


def test_nothing_was_shared_before_somebody_read() -> None:
    here = midorino()
    here.agrees(here.centre)
    helping(here, here.centre)
    assert told(here, here.city).items == ()


def test_what_was_told_by_law_names_the_law() -> None:
    here = midorino()
    division = here.world.joins("DISABILITY_WELFARE_DIVISION", "CASEWORKER")
    file = FileStatutory(
        provision="DISABILITY_ABUSE_PREVENTION_7",
        recipient=division.agency,
        categories=frozenset({"IDN"}),
    )
    here.says(here.city, file)
    reads(here.world, division, here.case)
    (item,) = shared(told(here, here.city))
    (on,) = item.shared
    assert (on.why.basis, on.why.provision) == ("STATUTORY", "DISABILITY_ABUSE_PREVENTION_7")


def test_it_holds_no_word_of_hers() -> None:
    here = midorino()
    shared_with(here, here.centre)
    assert "相川みさき" not in msgspec.json.encode(told(here, here.city)).decode()


# Who is told


def auditor(here: Midorino) -> Someone:
    return here.world.enrols(here.world.operator.agency, "AUDITOR")


@refused("INV-E5", guard="services.trailing:_is_its_own", instead=True)
def test_for_all_who_let_nobody_know_anything_there_is_no_such_case() -> None:
    """Whoever received it, whoever leads the network, whoever has nothing to do with her."""
    here = midorino()
    shared_with(here, here.centre)
    never = CaseId(here.world.fresh())
    audits = auditor(here)
    house = House(here.world)
    for who in (here.centre, here.ayumi, here.police, here.world.operator):
        assert house.trail(who, here.case) is None
        assert house.trail(who, never) is None
    assert house.trail(audits, never) is None


def test_an_auditor_is_told_all_of_it_whoever_obtained_her_consent() -> None:
    here = midorino()
    shared_with(here, here.centre)
    here.agrees(here.ayumi, via=here.centre)
    helping(here, here.ayumi)
    reads(here.world, here.ayumi, here.case)
    audit = told(here, auditor(here))
    assert audit.scope == "WHOLE"
    assert {item.to.id for item in shared(audit)} == {here.centre.agency, here.ayumi.agency}
    assert {item.to.id for item in shared(told(here, here.city))} == {here.centre.agency}
    assert {item.to.id for item in shared(told(here, here.centre))} == {here.ayumi.agency}


def test_an_auditor_of_another_agency_is_no_auditor_here() -> None:
    here = midorino()
    shared_with(here, here.centre)
    assert trail_of(here, here.world.enrols(here.police.agency, "AUDITOR")) is None


def test_what_another_recorded_and_may_not_be_seen_is_as_if_it_did_not_exist() -> None:
    """The centre is shown, by the consent that the city obtained, what the city may not see."""
    without, beside = midorino(), midorino()
    for here in (without, beside):
        here.agrees(here.centre, here.ayumi, categories=("ADR", "IDN"))
        helping(here, here.centre)
        helping(here, here.ayumi)
        if here is beside:
            lived = RecordAddress(kind="FORMER", address="白浜県、海の見える町")
            here.says(here.ayumi, lived)
        reads(here.world, here.centre, here.case)
    assert ADDRESS in {path.partition("/")[0] for path in paths(told(beside, auditor(beside)))}
    (hidden,), (nothing,) = shared(told(beside, beside.city)), shared(told(without, without.city))
    assert [on.told for on in hidden.shared] == [on.told for on in nothing.shared]
    assert [on.categories for on in hidden.shared] == [on.categories for on in nothing.shared]


def test_whom_she_has_shut_out_is_told_nothing_any_more() -> None:
    here = midorino()
    here.takes_over(here.centre)
    shared_with(here, here.ayumi)
    assert told(here, here.city).items
    here.says(here.centre, SetExclusion(agency_id=here.city.agency))
    assert trail_of(here, here.city) is None


def test_that_somebody_read_it_stands_in_the_access_log() -> None:
    here = midorino()
    shared_with(here, here.centre)
    house = House(here.world)
    house.trail(here.city, here.case)
    house.trail(here.police, here.case)
    city = here.city
    assert [*house.access] == [Noted(city.agency, city.staff, "TRAIL", here.case)]


# What became of it


def test_k_of_m_who_were_asked_have_answered() -> None:
    here = midorino()
    grant = shared_with(here, here.centre, here.ayumi, here.hospital)
    withdrawn(here, grant)
    here.says(here.centre, AcknowledgePurge(purge_id=asked_of(here, here.centre)))
    kept = DeclinePurge(purge_id=asked_of(here, here.hospital), ground="MEDICAL_RECORDS")
    here.says(here.hospital, kept)
    (item,) = taken_away(told(here, here.city))
    assert (item.cause, item.grant) == ("WITHDRAWN", grant)
    assert item.answers == Answers(asked=3, acknowledged=1, declined=1, overdue=0, waiting=1)
    by = {each.of.id: (each.state, each.ground) for each in purges(told(here, here.city))}
    assert by == {
        here.centre.agency: ("ACKNOWLEDGED", None),
        here.ayumi.agency: ("REQUESTED", None),
        here.hospital.agency: ("DECLINED", "MEDICAL_RECORDS"),
    }


def test_an_answer_is_overdue_when_its_day_is_over_in_japan() -> None:
    here = midorino()
    grant = shared_with(here, here.centre)
    withdrawn(here, grant)
    (asked,) = purges(told(here, here.city))
    over = end_of(asked.due)
    assert over.hour == 15  # Midnight there.
    stands = {}
    for at in (over - timedelta(seconds=1), over):
        here.world.at = at
        (asked,), (item,) = purges(told(here, here.city)), taken_away(told(here, here.city))
        stands[at] = asked.state, item.answers.waiting, item.answers.overdue
    assert [*stands.values()] == [("REQUESTED", 1, 0), ("OVERDUE", 0, 1)]


def test_who_received_nothing_is_asked_nothing() -> None:
    here = midorino()
    grant = here.agrees(here.centre)
    helping(here, here.centre)
    withdrawn(here, grant)
    (item,) = told(here, here.city).items
    assert isinstance(item, TakenAway)
    assert item.answers == Answers(asked=0, acknowledged=0, declined=0, overdue=0, waiting=0)
    assert item.settled_at is not None


def test_before_it_is_settled_nobody_is_said_to_have_been_asked() -> None:
    here = midorino()
    grant = shared_with(here, here.centre)
    here.says(here.city, WithdrawConsent(grant_id=grant))
    (item,) = taken_away(told(here, here.city))
    assert (item.settled_at, item.answers.asked) == (None, 0)


@pytest.mark.parametrize("away", ["exclusion", "part"])
def test_of_what_was_taken_away_behind_it_whoever_obtained_it_learns_only_that_it_was(
    away: str,
) -> None:
    """Whom she has shut out stands with those to whom she has said so."""
    here = midorino()
    here.takes_over(here.centre)
    shared_with(here, here.ayumi)
    if away == "exclusion":
        here.says(here.centre, SetExclusion(agency_id=here.ayumi.agency))
    else:
        here.says(here.centre, EndParticipation(agency_id=here.ayumi.agency))
    settles(here.world)
    trail = told(here, here.city)
    (asked,) = purges(trail)
    assert (asked.of.id, asked.of.kind, asked.categories, asked.cause) == (None, None, (), None)
    assert taken_away(trail) == []
    (known,) = purges(told(here, auditor(here)))
    assert known.of.id == here.ayumi.agency


@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize("before", [True, False])
def test_why_whoever_takes_over_sees_less_is_known_to_whom_she_told_whom_she_shut_out(
    *, before: bool, heard: bool
) -> None:
    """Whoever was before, and it is asked for what it knew; or whoever takes over, and they are."""
    here = midorino()
    heir = here.world.joins("PRIVATE_SUPPORT_ORGANISATION", "REPRESENTATIVE")
    here.takes_over(here.centre)
    knows, shut_out = (heir, here.ayumi) if before else (here.ayumi, heir)
    for each in (here.ayumi, heir):
        helping(here, each)
    shared_with(here, knows)
    here.says(here.city if heard else here.centre, SetExclusion(agency_id=shut_out.agency))
    settles(here.world)
    succeed = SucceedAgency(agency_id=here.ayumi.agency, successor=heir.agency)
    here.world.says(here.world.operator, succeed)
    settles(here.world)
    (asked,) = purges(told(here, here.city))
    assert (asked.of.id, asked.categories, asked.cause) == (
        (knows.agency, ("CNT", "IDN"), "SUSPENDED") if heard else (None, (), None)
    )


def test_of_what_it_may_not_see_it_is_not_told_what_is_to_be_destroyed() -> None:
    here = midorino()
    grant = here.agrees(here.centre, here.ayumi, categories=("ADR", "IDN"))
    only = here.agrees(here.centre, categories=ADDRESSES)
    helping(here, here.centre)
    helping(here, here.ayumi)
    here.says(here.ayumi, RecordAddress(kind="FORMER", address="白浜県、海の見える町"))
    reads(here.world, here.centre, here.case)
    withdrawn(here, only)
    withdrawn(here, grant)
    assert [each.categories for each in purges(told(here, auditor(here)))] == [("ADR", "IDN")]
    assert [each.categories for each in purges(told(here, here.city))] == [("IDN",)]


def test_who_was_asked_for_several_things_has_answered_when_it_has_answered_all() -> None:
    here = midorino()
    here.agrees(here.centre, categories=CONTACT)
    here.agrees(here.centre, categories=IDENTITY)
    helping(here, here.centre)
    reads(here.world, here.centre, here.case)
    here.says(here.city, SetExclusion(agency_id=here.centre.agency))
    settles(here.world)
    first, second = (e.said for e in here.world.log if isinstance(e.said, PurgeRequested))
    stands: list[tuple[int, int, int]] = []
    for asked in (first, second):
        here.says(here.centre, AcknowledgePurge(purge_id=asked.purge_id))
        (item,) = taken_away(told(here, here.city))
        stands.append((item.answers.asked, item.answers.acknowledged, item.answers.waiting))
    assert stands == [(1, 0, 1), (1, 1, 0)]


def counted(here: Midorino) -> tuple[int, int, int]:
    """Of those who were asked: how many have destroyed it, and for how many it waits."""
    (item,) = taken_away(told(here, here.city))
    return item.answers.asked, item.answers.acknowledged, item.answers.waiting


def suspended_before(here: Midorino, grant: GrantId, who: Someone) -> None:
    here.world.says(here.world.operator, SuspendAgency(agency_id=who.agency))
    settles(here.world)
    withdrawn(here, grant)


def suspended_at_once_before(here: Midorino, grant: GrantId, who: Someone) -> None:
    here.world.says(here.world.operator, SuspendAgency(agency_id=who.agency))
    withdrawn(here, grant)


def asked_for_by_hand(here: Midorino, grant: GrantId, who: Someone) -> None:
    here.says(here.city, WithdrawConsent(grant_id=grant))
    ask = RequestPurge(
        recipient=who.agency,
        covers=frozenset({"CNT", "IDN"}),
        cause="WITHDRAWN",
        grant_id=grant,
    )
    here.says(here.city, ask)
    settles(here.world)


EARLIER: Final = [suspended_before, suspended_at_once_before, asked_for_by_hand]


@pytest.mark.parametrize("takes_back", EARLIER)
def test_who_was_asked_for_the_same_earlier_has_to_destroy_it_too(
    takes_back: Callable[[Midorino, GrantId, Someone], None],
) -> None:
    here = midorino()
    grant = shared_with(here, here.centre, here.ayumi)
    takes_back(here, grant, here.ayumi)
    here.says(here.centre, AcknowledgePurge(purge_id=asked_of(here, here.centre)))
    assert counted(here) == (2, 1, 1)
    assert purged_with(here, here.centre) == {here.centre.agency, here.ayumi.agency}


def purged_with(here: Midorino, who: Someone) -> frozenset[AgencyId]:
    record = record_of(SEALING, here.case, House(here.world).log.cases[here.case])
    found = Purged(record).asked_with(asked_of(here, who))
    return frozenset(each.purge.recipient for each in found)


def test_who_is_shut_out_and_asked_by_hand_at_once_has_to_destroy_it_too() -> None:
    here = midorino()
    grant = shared_with(here, here.ayumi)
    here.says(here.city, SetExclusion(agency_id=here.ayumi.agency))
    ask = RequestPurge(
        recipient=here.ayumi.agency,
        covers=frozenset({"CNT", "IDN"}),
        cause="EXCLUDED",
        grant_id=grant,
    )
    here.says(here.city, ask)
    settles(here.world)
    assert counted(here) == (1, 0, 1)


def test_who_was_asked_for_something_else_earlier_is_not_counted() -> None:
    here = midorino()
    shared_with(here, here.ayumi)
    other = here.agrees(here.centre, categories=CONTACT)
    grant = here.agrees(here.centre, categories=IDENTITY)
    helping(here, here.centre)
    reads(here.world, here.centre, here.case)
    withdrawn(here, other)
    withdrawn(here, grant)
    first, second = taken_away(told(here, here.city))
    assert (first.answers.asked, second.answers.asked) == (1, 1)
    before, _ = (e.said.purge_id for e in here.world.log if isinstance(e.said, PurgeRequested))
    here.says(here.centre, AcknowledgePurge(purge_id=before))
    first, second = taken_away(told(here, here.city))
    assert (first.answers.acknowledged, second.answers.waiting) == (1, 1)


# In pages


def test_pages_make_the_whole_in_the_order_of_the_log() -> None:
    here = midorino()
    grant = shared_with(here, here.centre, here.ayumi)
    withdrawn(here, grant)
    house = House(here.world)
    whole = house.trail(here.city, here.case)
    assert whole is not None
    found: list[TrailItem] = []
    after = None
    for _ in range(20):
        page = house.trail(here.city, here.case, after=after, most=1)
        assert page is not None
        assert len(page.items) == 1
        found += page.items
        after = page.next
        if after is None:
            break
    assert tuple(found) == whole.items
    assert [item.at for item in whole.items] == sorted(item.at for item in whole.items)
    assert any(isinstance(each.said, Disclosed) for each in here.world.log)


def test_a_page_opens_what_stands_on_it_however_much_was_let_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = midorino()
    shared_with(here, here.centre)
    for _ in range(20):
        reads(here.world, here.centre, here.case)
    opened: list[Disclosed] = []

    def letting_out(position: int, disclosed: Disclosed) -> Iterator[LetOut]:
        opened.append(disclosed)
        return let_out(position, disclosed)

    monkeypatch.setattr("services.trailing.let_out", letting_out)
    page = House(here.world).trail(here.city, here.case, most=2)
    assert page is not None
    assert (len(page.items), len(opened)) == (2, 3)  # And whether there is more.
