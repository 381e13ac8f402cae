"""What if: what is said to follow is what follows, and nothing is recorded of it."""

from random import Random
from typing import Final

import pytest

from contracts.trail import PurgeAsked, ToldOf
from contracts.what_if import (
    Change,
    If,
    IfExcluded,
    IfGranted,
    IfInvited,
    IfNarrowed,
    IfWithdrawn,
    WhatIf,
)
from domain.case import RecordAddress
from domain.catalogue import AnyCommand
from domain.categories import CategoryCode
from domain.consent_ledger import (
    GrantNotFound,
    NarrowConsent,
    RecordRefusal,
    WithdrawConsent,
)
from domain.exclusions import SetExclusion
from domain.meeting.planning import NotInvolved
from domain.model import AgencyId, CaseId, GrantId, MeetingId, StreamId
from domain.policy import BESIDE
from domain.speech import Spoken
from domain.visibility import fields_of
from services.ports import Fact, LogRefusesWrites, LogUnavailable, Reading
from services.supposing import Overlay
from tests.gates import Noted
from tests.peers import HER_NAME, HER_TELEPHONE, Midorino, midorino
from tests.reading import reads, settles
from tests.sealed import House
from tests.test_peers_japan import TOLD_THERE, convened, with_secretariat
from tests.test_trailing import helping, shared_with, told
from tests.world import Someone

CONTACT: Final[tuple[CategoryCode, ...]] = ("CNT",)
IDENTITY: Final[tuple[CategoryCode, ...]] = ("IDN",)
ADDRESSES: Final[tuple[CategoryCode, ...]] = ("ADR",)


def what_if(here: Midorino, who: Someone, what: If) -> WhatIf | None:
    return House(here.world).suppose(who, here.case, what)


def supposed(here: Midorino, what: If, who: Someone | None = None) -> WhatIf:
    found = what_if(here, who or here.city, what)
    assert found is not None
    return found


def change(which: WhatIf, who: Someone) -> Change:
    (found,) = (each for each in which.changes if each.agency.id == who.agency)
    return found


def paths(told: tuple[ToldOf, ...]) -> set[str]:
    return {f"{each.type}/{name}" for each in told for name in each.fields}


# What is said


def test_a_withdrawal_takes_away_what_rests_on_it_and_asks_for_it_back() -> None:
    here = midorino()
    grant = shared_with(here, here.centre, here.ayumi)
    found = supposed(here, IfWithdrawn(grant=grant))
    for each in (here.centre, here.ayumi):
        assert change(found, each).loses == ("CNT", "IDN")
        assert {HER_NAME, HER_TELEPHONE} <= paths(change(found, each).lost)
    assert {each.agency.id for each in found.asked_back} == {here.centre.agency, here.ayumi.agency}


def test_what_another_consent_still_carries_is_not_said_to_be_lost() -> None:
    here = midorino()
    grant = here.agrees(here.centre)
    here.agrees(here.centre, categories=IDENTITY)
    helping(here, here.centre)
    reads(here.world, here.centre, here.case)
    found = supposed(here, IfWithdrawn(grant=grant))
    assert change(found, here.centre).loses == ("CNT",)


def test_a_narrowing_takes_away_that_alone() -> None:
    here = midorino()
    grant = shared_with(here, here.centre)
    found = supposed(here, IfNarrowed(grant=grant, categories=frozenset({"CNT"})))
    assert change(found, here.centre).loses == ("CNT",)
    assert [each.categories for each in found.asked_back] == [("CNT",)]


def test_an_exclusion_takes_away_all_of_it() -> None:
    here = midorino()
    shared_with(here, here.centre, here.ayumi)
    found = supposed(here, IfExcluded(agency=here.centre.agency))
    assert change(found, here.centre).loses == ("CNT", "IDN")
    assert [each.agency.id for each in found.asked_back] == [here.centre.agency]


def test_a_grant_opens_something_to_whoever_takes_part_and_alone_to_nobody() -> None:
    here = midorino()
    helping(here, here.centre)
    to = frozenset({here.centre.agency, here.ayumi.agency})
    found = supposed(
        here, IfGranted(recipients=to, categories=frozenset({"IDN"}), purpose="PROTECTION")
    )
    assert change(found, here.centre).gains == ("IDN",)
    assert HER_NAME in paths(change(found, here.centre).gained)
    assert change(found, here.ayumi).gains == ()


def test_a_referral_that_waits_is_said_to_be_taken_back() -> None:
    here = midorino()
    grant = here.agrees(here.centre)
    referral = here.sends(here.city, here.centre, items=(here.name,))
    (touched,) = supposed(here, IfWithdrawn(grant=grant)).referrals
    assert (touched.referral, touched.withdrawn) == (referral, True)


def test_one_more_at_a_meeting_touches_it_and_is_told_what_is_said_there() -> None:
    here = with_secretariat()
    here.agrees(here.city, here.ayumi, here.hospital, categories=TOLD_THERE)
    meeting = convened(here)
    found = supposed(here, IfInvited(meeting=meeting, agency=here.hospital.agency))
    assert found.meetings == (meeting,)
    gained = {each.type.partition(".")[0] for each in change(found, here.hospital).gained}
    assert gained == {"meeting"}
    with pytest.raises(NotInvolved):
        supposed(here, IfInvited(meeting=meeting, agency=here.police.agency))


# Nothing is recorded, and nobody learns more


def test_nothing_is_recorded_but_that_somebody_asked() -> None:
    here = midorino()
    grant = shared_with(here, here.centre)
    house, before = House(here.world), len(here.world.log)
    house.suppose(here.city, here.case, IfWithdrawn(grant=grant))
    assert len(here.world.log) == before
    city = here.city
    assert [*house.access] == [Noted(city.agency, city.staff, "ANOTHERS_VIEW", here.case)]
    assert told(here, here.city) == told(here, here.city)


@pytest.mark.parametrize("away", [LogUnavailable, LogRefusesWrites])
@pytest.mark.parametrize("what", ["withdrawal", "narrowing", "exclusion"])
def test_while_the_log_is_away_nothing_is_said_not_to_be_taken_back(
    what: str, away: type[Spoken], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is only supposed: whoever asks may ask again, and for nobody is it loud."""
    here = midorino()
    grant = shared_with(here, here.centre)
    tried: list[StreamId] = []

    async def recall(overlay: Overlay, *streams: StreamId) -> Reading[Fact]:
        del overlay
        tried.append(streams[0])
        raise away

    monkeypatch.setattr("services.handling.RETRY_WITHIN_S", 0.2)
    monkeypatch.setattr(Overlay, "recall", recall)
    supposing: dict[str, If] = {
        "withdrawal": IfWithdrawn(grant=grant),
        "narrowing": IfNarrowed(grant=grant, categories=frozenset({"CNT"})),
        "exclusion": IfExcluded(agency=here.centre.agency),
    }
    with pytest.raises(away):
        what_if(here, here.city, supposing[what])
    assert len(tried) == 1


def test_a_consent_that_another_obtained_is_as_one_that_there_is_not() -> None:
    here = midorino()
    here.takes_over(here.centre)
    theirs = here.agrees(here.ayumi, via=here.centre)
    for grant in (theirs, GrantId(here.world.fresh())):
        with pytest.raises(GrantNotFound):
            what_if(here, here.city, IfWithdrawn(grant=grant))


def test_what_is_refused_was_asked_all_the_same() -> None:
    here = midorino()
    house, city = House(here.world), here.city
    with pytest.raises(GrantNotFound):
        house.suppose(city, here.case, IfWithdrawn(grant=GrantId(here.world.fresh())))
    assert [*house.access] == [Noted(city.agency, city.staff, "ANOTHERS_VIEW", here.case)]


def test_what_she_has_refused_elsewhere_is_not_found_out_by_supposing_that_she_agreed() -> None:
    said: list[WhatIf] = []
    for refused in (False, True):
        here = midorino()
        here.takes_over(here.centre)
        to, of = frozenset({here.ayumi.agency}), frozenset[CategoryCode]({"IDN"})
        if refused:
            no = RecordRefusal(kind="INFORMATION", recipients=to, categories=of, purpose="SERVICE")
            here.says(here.centre, no)
        said.append(supposed(here, IfGranted(recipients=to, categories=of, purpose="SERVICE")))
    assert said[0].changes == said[1].changes


def test_for_whoever_takes_no_part_there_is_no_such_case() -> None:
    here = midorino()
    grant = here.agrees(here.centre)
    asked: tuple[If, ...] = (
        IfWithdrawn(grant=grant),
        IfExcluded(agency=here.centre.agency),
        IfInvited(meeting=MeetingId(here.world.fresh()), agency=here.centre.agency),
    )
    never = CaseId(here.world.fresh())
    house = House(here.world)
    for each in asked:
        assert house.suppose(here.police, here.case, each) is None
        assert house.suppose(here.centre, here.case, each) is None
        assert house.suppose(here.city, never, each) is None


def test_of_nobody_is_it_said_whether_they_have_a_part_behind_the_back_of_who_asks() -> None:
    """The centre has let Ayumi help, and the city does not know."""
    said: list[Change] = []
    for hidden in (False, True):
        here = midorino()
        here.takes_over(here.centre)
        if hidden:
            helping(here, here.ayumi)
        found = supposed(
            here,
            IfGranted(
                recipients=frozenset({here.ayumi.agency}),
                categories=frozenset({"IDN"}),
                purpose="SERVICE",
            ),
        )
        said.append(change(found, here.ayumi))
    assert (said[0].gains, said[0].gained) == (said[1].gains, said[1].gained)


@pytest.mark.parametrize("to_whom", ["city", "both"])
def test_what_another_recorded_is_not_found_out_by_supposing_that_it_were_opened(
    to_whom: str,
) -> None:
    """The city supposes that she lets the city itself see everything."""
    said: list[list[tuple[object, ...]]] = []
    for hidden in (False, True):
        here = midorino()
        here.agrees(here.ayumi, here.centre, categories=("ADR", "IDN"))
        for each in (here.ayumi, here.centre):
            helping(here, each)
        if hidden:
            here.says(here.ayumi, RecordAddress(kind="FORMER", address="白浜県、海の見える町"))
        also = {here.centre.agency} if to_whom == "both" else set[AgencyId]()
        supposing = IfGranted(
            recipients=frozenset({here.city.agency, *also}),
            categories=frozenset({"ADR", "CNT", "IDN"}),
            purpose="SERVICE",
        )
        changes = supposed(here, supposing).changes
        said.append([(e.agency.id, e.gains, e.gained, e.loses, e.lost) for e in changes])
    assert said[0] == said[1]


def test_who_asks_is_told_what_it_would_lose_itself() -> None:
    here = midorino()
    helping(here, here.centre)
    here.says(here.centre, RecordAddress(kind="FORMER", address="白浜県、海の見える町"))
    grant = here.agrees(here.city, categories=ADDRESSES)
    reads(here.world, here.city, here.case)
    assert change(supposed(here, IfWithdrawn(grant=grant)), here.city).loses == ADDRESSES


def test_nor_by_what_somebody_would_lose_who_has_received_nothing() -> None:
    """The city obtained her consent for Ayumi, and does not know that they take part."""
    said: list[Change] = []
    for hidden in (False, True):
        here = midorino()
        here.takes_over(here.centre)
        grant = here.agrees(here.ayumi)
        if hidden:
            helping(here, here.ayumi)
        said.append(change(supposed(here, IfWithdrawn(grant=grant)), here.ayumi))
    assert (said[0].loses, said[0].lost) == (said[1].loses, said[1].lost) == ((), ())


def test_what_rests_on_a_consent_that_another_obtained_is_not_said_to_be_lost() -> None:
    here = midorino()
    here.takes_over(here.centre)
    here.agrees(here.ayumi, categories=CONTACT)
    here.agrees(here.ayumi, categories=IDENTITY, via=here.centre)
    helping(here, here.ayumi)
    reads(here.world, here.ayumi, here.case)
    found = supposed(here, IfExcluded(agency=here.ayumi.agency))
    assert change(found, here.ayumi).loses == ("CNT",)
    assert [each.categories for each in found.asked_back] == [("CNT",)]


def test_what_another_recorded_and_may_not_be_seen_is_not_said_to_be_lost() -> None:
    here = midorino()
    grant = here.agrees(here.centre, here.ayumi, categories=("ADR", "IDN"))
    helping(here, here.centre)
    helping(here, here.ayumi)
    here.says(here.ayumi, RecordAddress(kind="FORMER", address="白浜県、海の見える町"))
    reads(here.world, here.centre, here.case)
    found = supposed(here, IfWithdrawn(grant=grant))
    assert change(found, here.centre).loses == ("IDN",)
    assert ("ADR", "IDN") not in [each.categories for each in found.asked_back]


# What is said is what happens


SAY: Final = range(6)


def sees(here: Midorino, agency: Someone) -> set[str]:
    """Of what the city may see, and others than itself recorded."""
    city = {entry.told.position for entry, _ in here.world.shows(here.city, here.case)}
    return {
        field.path
        for entry, visible in here.world.shows(agency, here.case)
        if entry.told.position in city and entry.told.agency != agency.agency
        for field in fields_of(None, entry.told, entry.parts)
        if field.name in visible.bases and field.category not in BESIDE
    }


def history(seed: int) -> tuple[Midorino, If, AnyCommand]:
    """Some are let know this and some that, some read it, and something is taken back."""
    chance = Random(seed)
    here = midorino()
    others = [here.centre, here.ayumi, here.hospital]
    several: tuple[CategoryCode, ...] = ("CNT", "IDN", "ADR")
    grants: list[tuple[GrantId, tuple[CategoryCode, ...]]] = []
    for _ in range(chance.randint(2, 4)):
        of = tuple(chance.sample(several, chance.randint(1, 3)))
        to = chance.sample(others, chance.randint(1, 3))
        grants.append((here.agrees(*to, categories=of), of))
    for each in others:
        helping(here, each)
        if chance.random() < 2 / 3:
            reads(here.world, each, here.case)
    grant, of = chance.choice(grants)
    match seed % 3:
        case 0:
            return here, IfWithdrawn(grant=grant), WithdrawConsent(grant_id=grant)
        case 1:
            less = frozenset(of[:1])
            narrow = NarrowConsent(grant_id=grant, removed_categories=less)
            return here, IfNarrowed(grant=grant, categories=less), narrow
        case _:
            whom: AgencyId = chance.choice(others).agency
            return here, IfExcluded(agency=whom), SetExclusion(agency_id=whom)


def test_in_these_histories_something_is_lost_and_something_asked_back() -> None:
    found = [supposed(here, what) for here, what, _ in map(history, SAY)]
    assert sum(bool(each.lost) for which in found for each in which.changes) >= len(SAY) / 2
    assert sum(bool(which.asked_back) for which in found) >= len(SAY) / 2


@pytest.mark.parametrize("seed", SAY)
def test_what_is_said_to_follow_is_what_follows(seed: int) -> None:
    here, what, command = history(seed)
    others = (here.centre, here.ayumi, here.hospital)
    said = supposed(here, what)
    before, head = {each: sees(here, each) for each in others}, len(here.world.log)
    here.says(here.city, command)
    settles(here.world)
    assert len(here.world.log) > head
    lost = {each.agency: before[each] - sees(here, each) for each in others}
    told_lost = {each.agency.id: paths(each.lost) for each in said.changes}
    assert {a: p for a, p in lost.items() if p} == {a: p for a, p in told_lost.items() if p}
    asked = {
        (each.of.id, each.categories)
        for each in told(here, here.city).items
        if isinstance(each, PurgeAsked)
    }
    assert asked == {(each.agency.id, each.categories) for each in said.asked_back}
