"""Who may see what, decided twice: by the product, and by the oracle that has not seen it.

Both read the same random histories, for every kind of reader, now and later, of whole logs and of
logs that end earlier. ``python -m tests.histories 7`` tells the history of a seed.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, reduce
from typing import Any, Final, NamedTuple

from domain import agency, network
from domain.agency import Agency, KnownAgency, NoAgency
from domain.catalogue import EVENTS
from domain.consent_ledger import RecordRefusal
from domain.emergency import AuthoriseEmergency, RequestEmergency
from domain.model import AgencyId, CaseId, EmergencyId, NetworkId, StreamId, stream_of
from domain.network import NO_NETWORK
from domain.policy import BESIDE
from domain.sharing import replay
from domain.visibility import (
    Basis,
    Look,
    Membership,
    Recipient,
    Roster,
    decide,
    fields_of,
    found,
    looking,
    membership,
    on_feed,
    who_reads,
    whose_feed,
)
from tests.histories import Play, history
from tests.oracle import Oracle
from tests.oracle_tables import by_the_tables
from tests.peers import Midorino, midorino
from tests.plain import Plain, plain
from tests.world import Entry, Someone

# In the last ones she takes back what she agreed to when all of her that was kept is gone.
SEEDS: Final = (*range(64), 165, 278, 330)
AT_LEAST: Final = 100_000
FIELDS: Final = 150
# How often each rule has decided of a field, at least, and whom to name in it;
DECIDED: Final = {
    "NOTICE": 300,
    "STATUTORY": 200,
    "EMERGENCY": 50,
    "OWN": 50_000,
    "PUBLIC": 1_000,
    "PARTY": 3_000,
    "LEDGER": 100,
    "CONSENT": 3_000,
    "BESIDE": 3_000,
    "NO_PLEDGE": 20_000,
    "ERASED": 5_000,
    "RESTRICTED": 500,
    "SUSPENDED": 2_000,
    "EXCLUDED_PERSON": 2_000,
    "EXCLUDED_AGENCY": 4_000,
    "CASE_NUMBER": 300,
    "ANOTHERS_CONSENT": 2_000,
    "NO_BASIS": 100_000,
    "named": 20_000,
    "not named": 700,
}
# and how often it was asked of an event of these types.
TOLD: Final = {
    "case.record_corrected.v1": 50,
    "case.responsibility_moved.v1": 200,
    "case.stay_ended.v1": 500,
    "case.stay_extended.v1": 100,
    "case.stay_started.v1": 300,
    "case.transferred.v1": 50,
    "consent.emergency_disclosure_authorised.v1": 300,
    "consent.withdrawn.v1": 300,
    "consent.withdrawn.v2": 10,
    "meeting.case_review_deferred.v1": 20,
    "meeting.case_reviewed.v1": 50,
    "meeting.disagreement_recorded.v1": 200,
    "meeting.information_provided.v1": 80,
    "meeting.main_support_agency_designated.v1": 30,
    "meeting.role_allocated.v1": 30,
    "referral.accepted.v1": 300,
    "referral.sent.v1": 500,
}
LATER: Final = (0, 1, 45, 3 * 365)  # Days: a year is more than the last day of most consents.
AUTHORISED: Final = "consent.emergency_disclosure_authorised.v1"  # It opens something for hours.
NOBODYS: Final = "nobody's"


class Then(NamedTuple):
    """A log as far as it went, and what stood then."""

    entries: Sequence[Entry]
    log: Sequence[Plain]
    agencies: dict[AgencyId, Agency]
    networks: dict[NetworkId, Membership]

    @property
    def roster(self) -> Roster:
        return Roster(self.agencies, self.networks)


class Reader(NamedTuple):
    agency: AgencyId
    person: Someone | None

    def recipient(self, then: Then) -> Recipient:
        known = then.agencies[self.agency]
        if self.person is None:
            return whose_feed(self.agency, known)
        return who_reads(self.agency, known, self.person.staff, self.person.role)


@cache
def told(seed: int) -> tuple[Play, Sequence[Plain]]:
    """Told once, and only looked at."""
    play = history(seed)
    return play, plain(play.world.log)


def then(play: Play, log: Sequence[Plain], until: int) -> Then:
    entries = play.world.log[:until]
    streams: dict[StreamId, list[object]] = {}
    for entry in entries:
        streams.setdefault(entry.told.stream, []).append(entry.told.event)
    nobody: Agency = NoAgency()
    return Then(
        entries,
        log[:until],
        {
            each: reduce(agency.evolve, streams.get(stream_of("agency", each), []), nobody)  # type: ignore[arg-type]
            for each in (play.world.operator.agency, *play.agencies)
        },
        {
            each: membership(
                reduce(network.evolve, streams.get(stream_of("network", each), []), NO_NETWORK)  # type: ignore[arg-type]
            )
            for each in play.networks
        },
    )


def readers(play: Play, chance: random.Random) -> Iterator[Reader]:
    for each in chance.sample(play.agencies, min(6, len(play.agencies))):
        yield Reader(each, chance.choice([None, *play.people[each], *play.people[each]]))


def whole_appends(log: Sequence[Plain], end: int) -> int:
    """What ends with an event ends in the same append."""
    while end < len(log) and log[end]["tag"] == "consent.expired.v1":
        end += 1
    return end


def looks(seed: int) -> Iterator[tuple[Then, str, list[int], Reader, datetime]]:
    """A log, a case of it or a thing that is nobody's, where its events stand; who looks, when."""
    (play, log), chance = told(seed), random.Random(seed)
    whole = len(log)
    urgent = [at for at, event in enumerate(log, 1) if event["tag"] == AUTHORISED]
    ends = [whole, chance.randint(whole // 2, whole), *chance.sample(urgent, min(1, len(urgent)))]
    for end in ends:
        until = whole_appends(log, end)
        now = then(play, log, until)
        days = 0 if end in urgent else chance.choice(LATER)
        at = now.entries[-1].at + timedelta(days=days, seconds=1)
        for about, positions in _things(now, play.cases):
            for reader in readers(play, chance):
                yield now, about, positions, reader, at


def _things(now: Then, cases: Sequence[CaseId]) -> Iterator[tuple[str, list[int]]]:
    for case in cases:
        yield str(case), [at for at, entry in enumerate(now.entries) if entry.case == case]
    streams: dict[str, list[int]] = {}
    for at, event in enumerate(now.log):
        if event["case"] is None and event["tag"].split(".")[0] in {"meeting", "grievance"}:
            streams.setdefault(event["stream"], []).append(at)
    for positions in streams.values():
        yield NOBODYS, positions


def differences(seed: int, compared: Counter[str]) -> Iterator[str]:
    for now, about, positions, reader, at in looks(seed):
        entries = [now.entries[each] for each in positions]
        sharing = replay(entry.told for entry in entries)
        look = looking(sharing, reader.recipient(now), now.roster, at)
        person = reader.person
        oracle = Oracle(
            list(now.log),
            about,
            str(reader.agency),
            str(person.staff) if person else None,
            person.role if person else None,
            at,
        )
        where = f"seed {seed}, {about}, {reader}, {at}, log of {len(now.log)}"
        known = now.agencies[reader.agency]
        if person is None and isinstance(known, KnownAgency):
            working = [staff for staff, each in known.staff.items() if each.left is None]
            if on_feed(sharing, working) == oracle.person_excluded:
                yield f"{where}: on the feed, and not"
            if oracle.person_excluded:
                continue  # It is not on the feed, and nobody reads it there.
        for position, entry in zip(positions, entries, strict=True):
            event = now.log[position]
            compared[event["tag"]] += 1
            for field, one, other in _of_an_event(look, oracle, entry, event, compared):
                yield f"{where}, {event['position']}: {event['tag']}/{field} {one} {other}"


def _of_an_event(
    look: Look, oracle: Oracle, entry: Entry, event: Plain, compared: Counter[str]
) -> Iterator[tuple[str, str | None, str | None]]:
    product = decide(look, entry.told, entry.parts)
    reasons = oracle.decided(event)
    bases, visible = product.bases, oracle.visible(event, reasons)
    who, whom = {(name, str(agency)) for name, agency in product.who}, oracle.named(event, visible)
    compared["named"] += len(whom)
    compared["not named"] += len(oracle.mentions(event) - whom) if whom else 0
    for name, one_named in who ^ whom:
        said = (name, one_named) in who
        yield f"{name}, {one_named}", "named" if said else None, None if said else "named"
    for asked in fields_of(look.woman, entry.told, entry.parts):
        basis, other = bases.get(asked.name), visible.get(asked.name)
        one = basis.rule if basis else None
        compared[other or ""] += 1
        if (one is None) != (other is None) or other not in {one, "BESIDE"}:
            yield asked.name, one, other
        elif one is None and asked.category not in BESIDE:
            decided = found(look, entry.told, asked)
            _, why = reasons[asked.name]
            compared[why] += 1
            if isinstance(decided, Basis) or decided.rule != why:
                yield asked.name, decided.rule, why


def test_the_product_and_the_oracle_decide_alike() -> None:
    compared: Counter[str] = Counter()
    differing = [each for seed in SEEDS for each in differences(seed, compared)]
    assert not differing, "\n".join([f"{len(differing)} differences", *differing[:20]])
    events = {tag: number for tag, number in compared.items() if tag in EVENTS.types}
    sys.stdout.write(f"\n{sum(events.values()):7} events, each for one reader\n")
    for what, number in sorted(compared.items()):
        sys.stdout.write(f"{number:7} {what or 'not seen'}\n")
    assert sum(events.values()) >= AT_LEAST
    assert {rule: compared[rule] for rule in DECIDED if compared[rule] < DECIDED[rule]} == {}
    assert {tag: events.get(tag, 0) for tag in TOLD if events.get(tag, 0) < TOLD[tag]} == {}


def test_what_was_sealed_says_the_category_that_the_tables_say() -> None:
    """A correction names the category of what it corrects."""
    sealed = [
        (event["tag"], name, category, by_the_tables(event, name))
        for seed in SEEDS
        for event in told(seed)[1]
        for name, (category, _) in event["sealed"].items()
        if event["tag"] != "case.record_corrected.v1"
    ]
    assert {each for each in sealed if each[2] != each[3]} == set()
    assert len({(tag, name) for tag, name, _, _ in sealed}) >= FIELDS


def test_a_refusal_of_everything_bars_an_emergency_that_was_there_before() -> None:
    """The product and the oracle say so, each for itself."""
    here = midorino()
    head, police = here.world.enrols(here.city.agency, "REPRESENTATIVE"), here.police
    danger: dict[str, Any] = {
        "impracticability": "NO_TIME",
        "danger": frozenset({"ASSAULT"}),
        "danger_place": "NOT_KNOWN",
    }
    asked = RequestEmergency(
        recipients=frozenset({police.agency}),
        categories=frozenset({"IDN"}),
        expires_at=here.world.at + timedelta(hours=72),
        **danger,
    )
    emergency = EmergencyId(here.says(here.city, asked).made)
    here.says(head, AuthoriseEmergency(emergency_id=emergency, **danger))
    refused = RecordRefusal(
        kind="INFORMATION",
        recipients=frozenset({police.agency}),
        categories=frozenset(),
        purpose="PROTECTION",
    )
    assert here.sees(police)
    assert "EMERGENCY" in _rules_of(here, police)
    here.says(here.city, refused)
    assert not here.sees(police)
    assert "EMERGENCY" not in _rules_of(here, police)


def _rules_of(here: Midorino, reader: Someone) -> set[str]:
    log = plain(here.world.log)
    whose = (str(here.case), str(reader.agency), str(reader.staff), reader.role)
    oracle = Oracle(log, *whose, here.world.at)
    of_case = (event for event in log if event["case"] == str(here.case))
    return {rule for event in of_case for rule in oracle.visible(event).values()}
