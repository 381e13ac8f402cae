"""Who may see what, decided twice: by the product, and by the oracle that has not seen it.

Both read the same random histories, for every kind of reader, now and later, of whole logs and of
logs that end earlier. ``python -m tests.histories 7`` tells the history of a seed.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Final, NamedTuple

import msgspec

from domain import agency, network
from domain.agency import Agency, KnownAgency, NoAgency
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
from tests.peers import Midorino, midorino
from tests.plain import Plain, plain
from tests.world import Entry, Someone

SEEDS: Final = range(60)
AT_LEAST: Final = 100_000
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
        """Of agencies of which each may be named: whom an event names is another rule."""
        return Roster({key: _near(each) for key, each in self.agencies.items()}, self.networks)


class Reader(NamedTuple):
    agency: AgencyId
    person: Someone | None

    def recipient(self, then: Then) -> Recipient:
        known = then.agencies[self.agency]
        if self.person is None:
            return whose_feed(self.agency, known)
        return who_reads(self.agency, known, self.person.staff, self.person.role)


def _near(known: Agency) -> Agency:
    if not isinstance(known, KnownAgency):
        return known
    return msgspec.structs.replace(
        known, kind="MUNICIPAL_WOMENS_SUPPORT_DIVISION", prefecture="06", contracts={}
    )


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
            for each in play.agencies
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
    play, chance = history(seed), random.Random(seed)
    log = plain(play.world.log)
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
        # Who keeps her is hidden wherever named, which is another rule as well.
        kept = replay(entry.told for entry in entries)
        sharing = msgspec.structs.replace(kept, keepers=frozenset())
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
            compared["decisions"] += 1
            event = now.log[position]
            for field, one, other in _of_an_event(look, oracle, entry, event):
                yield f"{where}, {event['position']}: {event['tag']}/{field} {one} {other}"
            for rule in oracle.visible(event).values():
                compared[rule] += 1


def _of_an_event(
    look: Look, oracle: Oracle, entry: Entry, event: Plain
) -> Iterator[tuple[str, str | None, str | None]]:
    bases = decide(look, entry.told, entry.parts).bases
    visible = oracle.visible(event)
    for asked in fields_of(look.woman, entry.told, entry.parts):
        basis, other = bases.get(asked.name), visible.get(asked.name)
        one = basis.rule if basis else None
        if (one is None) != (other is None) or other not in {one, "BESIDE"}:
            yield asked.name, one, other
        elif one is None and asked.category not in BESIDE:
            decided = found(look, entry.told, asked)
            _, why = oracle.field(event, asked.name)
            if isinstance(decided, Basis) or decided.rule != why:
                yield asked.name, decided.rule, why


def test_the_product_and_the_oracle_decide_alike() -> None:
    compared: Counter[str] = Counter()
    differing = [each for seed in SEEDS for each in differences(seed, compared)]
    assert not differing, "\n".join([f"{len(differing)} differences", *differing[:20]])
    assert compared["decisions"] >= AT_LEAST
    # Each rule that may open something has opened something.
    assert {"NOTICE", "STATUTORY", "EMERGENCY", "OWN", "PUBLIC", "PARTY", "LEDGER", "CONSENT"} <= {
        *compared
    }, compared


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
