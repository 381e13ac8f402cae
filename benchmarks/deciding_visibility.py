"""Who may see what of a case of 300 events under 12 consents, for 8 agencies, each in turn.

The ledger is folded before. What it comes to for an agency is made once for each that looks; it is
counted by itself, beside the decision of an event.
"""

import random
import time
from collections.abc import Callable, Hashable, Mapping
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
ANEW: Final = "the same, with what the rules come to made anew for each agency"
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
_HOW_OFTEN: Final[Mapping[type[Event], int]] = {
    SupportActivityRecorded: 10,
    ConsultationRecorded: 4,
    NoteRecorded: 4,
    ContactMethodSet: 2,
    RoleAssigned: 2,
    AddressRecorded: 1,
    CompanionAdded: 1,
    RecordCorrected: 1,
    ReferralReceived: 1,
    SubjectDetailsCorrected: 1,
}


async def figures(pace: Pace) -> list[Figure]:
    deciding = _Deciding()
    rounds = await by_turns(
        {
            DECIDED: _side(deciding.walked, pace.seconds),
            ANEW: _side(deciding.anew, pace.seconds),
            ONCE: _side(deciding.once, pace.seconds),
            DECODED: _side(deciding.decoded, pace.seconds),
        },
        max(_ROUNDS, pace.rounds),
    )
    took_us = {name: 1_000_000 / rounds.per_s(name) for name in (DECIDED, ANEW, ONCE, DECODED)}
    return [
        Figure(
            DECIDED,
            took_us[DECIDED],
            "µs",
            DECODED,
            rounds.ratio(DECODED, DECIDED),
            _TARGET_US,
            took_us[DECIDED] <= _TARGET_US,
        ),
        Figure(ANEW, took_us[ANEW], "µs", DECODED, rounds.ratio(DECODED, ANEW)),
        Figure(ONCE, took_us[ONCE], "µs", DECODED, rounds.ratio(DECODED, ONCE)),
        Figure(DECODED, took_us[DECODED], "µs"),
    ]


class _Deciding:
    """The record, and who looks at it."""

    def __init__(self) -> None:
        self._history: Final = _history(random.Random(1))
        self._parts: Final = [tuple(lines(told.event)) for told in self._history]
        recorded = zip(self._history, self._parts, strict=True)
        self._headers: Final = [_header(told, parts) for told, parts in recorded]
        self._sharing: Final = replay(self._history)
        coordinating, *_ = members = _AGENCIES[:5]
        self._roster: Final = Roster(
            {
                agency: KnownAgency(kind=kind, prefecture="06")
                for agency, kind in zip(_AGENCIES, _KINDS, strict=True)
            },
            {_NETWORK: Membership(members=frozenset(members), coordinating=coordinating)},
        )
        self._looked: Final = self._looks()

    def walked(self) -> None:
        self._decide(self._looked)

    def anew(self) -> None:
        self._decide(self._looks())

    def _decide(self, looks: list[Look]) -> None:
        for look in looks:
            for told, parts in zip(self._history, self._parts, strict=True):
                decide(look, told, parts)

    def once(self) -> None:
        for look in self._looks():
            shown: dict[Hashable, Visible] = {}
            for told, parts in zip(self._history, self._parts, strict=True):
                seen_from = angle(look, told)
                if seen_from not in shown:
                    shown[seen_from] = decide(look, told, parts)

    def decoded(self) -> None:
        for header in self._headers * len(_AGENCIES):
            msgspec.json.decode(header)

    def _looks(self) -> list[Look]:
        readers = (
            Recipient(agency=agency, staff=StaffId(an_id(99)), pledged=True) for agency in _AGENCIES
        )
        return [looking(self._sharing, reader, self._roster, NOW) for reader in readers]


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
        anything(kind, chance)
        for kind in chance.choices(
            list(_HOW_OFTEN), list(_HOW_OFTEN.values()), k=_EVENTS - len(begun) - _GRANTS
        )
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
