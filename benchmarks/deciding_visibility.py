"""Who may see what of a case of 300 events under 12 consents, for 8 agencies, each in turn."""

import random
import time
from collections.abc import Callable, Hashable
from typing import Final
from uuid import UUID

import msgspec

from benchmarks.measuring import Pace, Sample, Side, by_turns
from benchmarks.report import Figure
from domain.agency import KnownAgency
from domain.agency_codes import AgencyKind
from domain.case import (
    AddressRecorded,
    CaseAccepted,
    CaseOpened,
    CompanionAdded,
    ConsultationRecorded,
    ContactMethodSet,
    NoteRecorded,
    RecordCorrected,
    RoleAssigned,
    SubjectDetailsCorrected,
    SubjectIdentified,
)
from domain.case.support import SupportActivityRecorded
from domain.categories import CategoryCode
from domain.consent_ledger import ConsentGranted
from domain.header import PartLine
from domain.model import AgencyId, Event, EventId, GrantId, NetworkId, PersonId, StaffId, stream_of
from domain.referral import ReferralDrafted, ReferralReceived, ReferralSent
from domain.sharing import Told, replay
from domain.visibility import (
    Look,
    Membership,
    Recipient,
    Roster,
    Visible,
    angle,
    decide,
    looking,
)
from tests.anything import anything
from tests.spec import NOW, an_id
from tests.told import lines

DECIDED: Final = "decision of an event for an agency, every rule walked"
ONCE: Final = "the same, once for what is seen from one angle"
DECODED: Final = "its header decoded"
_EVENTS: Final = 300
_GRANTS: Final = 12
_TARGET_US: Final = 5.0
_ROUNDS: Final = 5
_KINDS: Final[tuple[AgencyKind, ...]] = (
    "MUNICIPAL_WOMENS_SUPPORT_DIVISION",
    "WOMENS_SUPPORT_CENTRE",
    "PRIVATE_SHELTER",
    "WELFARE_OFFICE",
    "CHILD_GUIDANCE_CENTRE",
    "PRIVATE_SUPPORT_ORGANISATION",
    "POLICE",
    "WOMENS_SELF_RELIANCE_FACILITY",
)
_AGENCIES: Final = tuple(AgencyId(an_id(number)) for number in range(1, 1 + len(_KINDS)))
_WOMAN: Final = PersonId(an_id(41))
_NETWORK: Final = NetworkId(an_id(45))
_GRANTED: Final[tuple[CategoryCode, ...]] = (
    "SVC", "IDN", "CNT", "PRB", "RSK", "PLN", "ACC", "HLT", "FAM", "CHD", "ECO", "LOC",
)  # fmt: skip
# Now and then one of these, as often as it happens.
_HAPPENS: Final[tuple[type[Event], ...]] = (
    *[SupportActivityRecorded] * 10,
    *[ConsultationRecorded, NoteRecorded] * 4,
    *[ContactMethodSet, RoleAssigned] * 2,
    AddressRecorded,
    CompanionAdded,
    RecordCorrected,
    ReferralReceived,
    SubjectDetailsCorrected,
)


async def figures(pace: Pace) -> list[Figure]:
    history = _history(random.Random(1))
    parts = [tuple(lines(told.event)) for told in history]
    headers = [_header(told, each) for told, each in zip(history, parts, strict=True)]
    sharing = replay(history)
    roster = Roster(
        {
            agency: KnownAgency(kind=kind, prefecture="06")
            for agency, kind in zip(_AGENCIES, _KINDS, strict=True)
        },
        {_NETWORK: Membership(members=frozenset(_AGENCIES[:5]), coordinating=_AGENCIES[0])},
    )

    def looks() -> list[Look]:
        return [
            looking(
                sharing, Recipient(agency=a, staff=StaffId(an_id(99)), pledged=True), roster, NOW
            )
            for a in _AGENCIES
        ]

    def walked() -> None:
        for look in looks():
            for told, each in zip(history, parts, strict=True):
                decide(look, told, each)

    def once() -> None:
        for look in looks():
            shown: dict[Hashable, Visible] = {}
            for told, each in zip(history, parts, strict=True):
                seen_from = angle(look, told)
                if seen_from not in shown:
                    shown[seen_from] = decide(look, told, each)

    def decoded() -> None:
        for header in headers * len(_AGENCIES):
            msgspec.json.decode(header)

    rounds = await by_turns(
        {
            name: _side(work, pace.seconds)
            for name, work in {DECIDED: walked, ONCE: once, DECODED: decoded}.items()
        },
        max(_ROUNDS, pace.rounds),
    )
    took_us = {name: 1_000_000 / rounds.per_s(name) for name in (DECIDED, ONCE, DECODED)}
    return [
        Figure(
            ONCE,
            took_us[ONCE],
            "µs",
            DECODED,
            rounds.ratio(DECODED, ONCE),
            _TARGET_US,
            took_us[ONCE] <= _TARGET_US,
        ),
        Figure(DECIDED, took_us[DECIDED], "µs", DECODED, rounds.ratio(DECODED, DECIDED)),
        Figure(DECODED, took_us[DECODED], "µs"),
    ]


def _history(chance: random.Random) -> list[Told]:
    """She was handed on from one agency to others; five of them take part."""
    city = _AGENCIES[0]
    begun: list[Event] = [
        anything(CaseOpened, chance, subject_id=_WOMAN, opened_by_agency=city),
        anything(SubjectIdentified, chance, subject_id=_WOMAN),
        anything(CaseAccepted, chance, ledger_network_id=_NETWORK, main_responsible=city),
        anything(ReferralDrafted, chance, from_agency=city, to_agency=_AGENCIES[1]),
        anything(ReferralSent, chance),
        *(
            anything(RoleAssigned, chance, agency_id=agency, person_id=None)
            for agency in _AGENCIES[1:6]
        ),
    ]
    more: list[Event] = [
        anything(chance.choice(_HAPPENS), chance) for _ in range(_EVENTS - len(begun) - _GRANTS)
    ]
    for number in range(_GRANTS):
        more.insert(chance.randrange(len(more)), _granted(chance, number))
    events = [*begun, *more]
    authors = [city] * len(begun) + [chance.choice(_AGENCIES[:6]) for _ in more]
    return [
        Told(
            position,
            stream_of("referral" if "Referral" in type(event).__name__ else "case", "1"),
            author,
            event,
            EventId(UUID(int=position)),
        )
        for position, (author, event) in enumerate(zip(authors, events, strict=True), start=1)
    ]


def _granted(chance: random.Random, number: int) -> ConsentGranted:
    return anything(
        ConsentGranted,
        chance,
        grant_id=GrantId(an_id(200 + number)),
        kind="INFORMATION",
        grantor="SUBJECT",
        grantor_id=_WOMAN,
        recipients=frozenset(chance.sample(_AGENCIES[1:], 3)),
        categories=frozenset(chance.sample(_GRANTED, 7)),
        only_fields=None,
        excluded_fields=frozenset({"case.subject_identified.v1/birth_date"}),
        granted_at=NOW,
        valid_until=None,
        history=chance.choice(("NONE", "SNAPSHOT", "FULL")),
    )


def _header(told: Told, parts: tuple[PartLine, ...]) -> bytes:
    return msgspec.json.encode({"facts": told.event, "parts": parts, "agency": told.agency})


def _side(work: Callable[[], None], seconds: float) -> Side:
    async def measure() -> Sample:
        took_s: list[float] = []
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            work()
            took_s.append(time.perf_counter() - began)
        return Sample(per_s=_EVENTS * len(_AGENCIES) * len(took_s) / sum(took_s))

    return measure
