"""A timeline of a thousand events, as an agency that reads by consent: decided, opened, encoded."""

import os
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Final
from uuid import uuid4

import msgspec

from adapters.clock import WallClock
from adapters.crypto import KEY_BYTES, AesVeil, ChaChaCipher
from adapters.postgres.access import PostgresAccessLog
from adapters.postgres.candidates import PostgresCandidates
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.lists import PostgresLists
from benchmarks import pgbench
from benchmarks.cases import RECORD_CONSULTATION
from benchmarks.databases import Bench, grow
from benchmarks.measuring import Pace, Sample, Side, by_clients, by_turns
from benchmarks.notebook import WORRY
from benchmarks.report import Figure
from domain.case import (
    CaseOpened,
    ConsultationId,
    ConsultationRecorded,
    ContactMethodSet,
    NoteId,
    NoteRecorded,
    RoleAssigned,
    SubjectIdentified,
)
from domain.catalogue import EVENTS
from domain.consent_ledger import ConsentGranted
from domain.model import (
    AgencyId,
    CaseId,
    CommandId,
    Context,
    Event,
    GrantId,
    PersonId,
    StaffId,
    StreamKind,
    stream_of,
)
from services.aliases import Aliases, Cursors
from services.disclosing import Gate
from services.ids import uuid7
from services.listing import Listing
from services.looking import Looking, Reader
from services.ports import Keys, NewEvent, SecretKey
from services.sealing import Origin, Place, Sealing
from services.viewing import Viewing
from tests.agencies import Registry
from tests.spec import role_of

WHOLE: Final = "timeline of 1,000 events, opened and encoded"
FIRST: Final = "its first 100 lines"
BESIDE: Final = pgbench.side(pgbench.ONE_ROW, 1)
_TARGETS_MS: Final = {WHOLE: 60.0, FIRST: 15.0}
_MOST: Final = {WHOLE: 1000, FIRST: 100}
_LENGTH: Final = 1000
_ROUNDS: Final = 5

WOMAN: Final = PersonId(uuid4())
CITY: Final = Context(
    agency=AgencyId(uuid4()),
    staff=StaffId(uuid4()),
    role="WOMENS_SUPPORT_COUNSELLOR",
    at=datetime.now(UTC),
    new_id=uuid4(),
)
CENTRE: Final = Reader(agency=AgencyId(uuid4()), staff=StaffId(uuid4()), role="CASEWORKER")
SEALING: Final = Sealing(EVENTS, ChaChaCipher())


async def figures(bench: Bench, events: int, pace: Pace) -> list[Figure]:
    access = await bench.log(events)
    keyring = KeysAtHand()
    case = CaseId(uuid4())
    await grow(access, [stream_of("consent", case)], _sealed("consent", case, _consent(), keyring))
    await grow(access, [stream_of("case", case)], _sealed("case", case, _story(), keyring))
    async with (
        PostgresEventLog(access.app) as log,
        PostgresLists(access.app) as lists,
        PostgresAccessLog(access.app) as read,
    ):
        registry = Registry(log, keyring, SEALING)
        await registry.enrolled(CITY.agency, CITY.staff, role=role_of(CITY))
        await registry.enrolled(CENTRE.agency, CENTRE.staff, role=role_of(CENTRE))
        secret, veil = os.urandom(KEY_BYTES), AesVeil()
        gate = Gate(log, keyring, SEALING, WallClock(), read)
        looking = Looking(log, gate, SEALING, WallClock(), Aliases(secret, veil))
        cursors = Cursors(secret, veil)
        listing = Listing(looking, cursors)
        viewing = Viewing(looking, listing, cursors, PostgresCandidates(lists))
        sides = {name: _reading(viewing, case, most, pace.seconds) for name, most in _MOST.items()}
        beside = (await pgbench.sides(bench, (1,), pace.seconds))[BESIDE]
        rounds = await by_turns({**sides, BESIDE: beside}, max(_ROUNDS, pace.rounds))
    return [
        *(
            Figure(f"{name}: p50", took_ms, "ms", target=target, met=took_ms <= target)
            for name, target in _TARGETS_MS.items()
            for took_ms in (rounds.p50_ms(name),)
        ),
        Figure(f"{BESIDE}, in the same rounds", rounds.per_s(BESIDE), "rows/s"),
    ]


def _reading(viewing: Viewing, case: CaseId, most: int, seconds: float) -> Side:
    async def read() -> None:
        page = await viewing.timeline(CENTRE, case, most=most)
        assert page is not None
        assert len(page.items) == most
        assert (page.next is None) == (most == _LENGTH)
        msgspec.json.encode(page)

    async def measure() -> Sample:
        return await by_clients(1, seconds, read)

    return measure


class KeysAtHand:
    """``services.ports.Keyring``, as it is for a minute after it was asked."""

    def __init__(self) -> None:
        self.known: Final[dict[PersonId, SecretKey | None]] = {WOMAN: os.urandom(KEY_BYTES)}

    async def keys(self, persons: frozenset[PersonId]) -> Keys:
        return {person: self.known[person] for person in persons & self.known.keys()}

    async def make(self, person: PersonId) -> None:
        self.known.setdefault(person, os.urandom(KEY_BYTES))


def _sealed(
    kind: StreamKind, case: CaseId, events: list[Event], keyring: KeysAtHand
) -> list[NewEvent]:
    stream = stream_of(kind, case)
    command = CommandId(uuid7(CITY.at))
    origin = Origin(by=CITY, occurred_at=CITY.at, correlation=command, command=command)
    return [
        SEALING.seal(
            event,
            uuid7(CITY.at),
            Place(stream=stream, key=case, version=version, woman=WOMAN, case=case),
            origin,
            keyring.known,
        )
        for version, event in enumerate(events, start=1)
    ]


def _consent() -> list[Event]:
    """To all that is said below, but for what was done to her. It is a line of its own."""
    return [
        ConsentGranted(
            grant_id=GrantId(uuid4()),
            kind="INFORMATION",
            grantor="SUBJECT",
            grantor_id=WOMAN,
            recipients=frozenset({CENTRE.agency}),
            categories=frozenset({"IDN", "CNT", "PRB", "ACC", "SVC", "NAR"}),
            purpose="PROTECTION",
            granted_at=CITY.at,
            valid_until=(CITY.at + timedelta(days=30)).date(),
            history="FULL",
            method="WRITTEN",
            obtained_by=CITY.agency,
            late_entry=False,
            conditions=frozenset(),
            conditions_text=None,
        )
    ]


def _story() -> list[Event]:
    begun: list[Event] = [
        CaseOpened(
            subject_id=WOMAN,
            anonymous=False,
            opened_by_agency=CITY.agency,
            channel="PHONE",
            found_via="SELF",
            frameworks=frozenset({"WOMEN_SUPPORT_ACT"}),
            at_risk_only=False,
        ),
        SubjectIdentified(
            subject_id=WOMAN, name="佐藤 花子", kana="サトウ ハナコ", birth_date=None,
            gender_identity_note=None,
        ),
        RoleAssigned(function="MAIN_SUPPORT", agency_id=CENTRE.agency),
    ]  # fmt: skip
    consulted = ConsultationRecorded(
        consultation_id=ConsultationId(uuid4()),
        channel="PHONE",
        caller_is_subject=True,
        main_problem="SPOUSE_VIOLENCE",
        secondary_problems=RECORD_CONSULTATION.secondary_problems,
        topic=None,
        age_band="30S",
        language="ja",
        sexual_harm_flag=False,
        summary=WORRY,
    )
    contact = ContactMethodSet(
        means="PHONE", value="090-0000-0000", safe_times="昼休み", unsafe_means=frozenset()
    )
    note = NoteRecorded(note_id=NoteId(uuid4()), declared_category="ECO", text=WORRY)
    more: list[Event] = [consulted, note, contact, consulted, note]
    return [*begun, *islice(cycle(more), _LENGTH - len(_consent()) - len(begun))]
