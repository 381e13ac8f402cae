"""What every run begins with: a case that four agencies were told of, and what takes it from each.

It is decided by the real deciders, once, and sealed as the log holds it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from domain.agency import SuspendAgency
from domain.calendar import date_in_japan
from domain.case import DataRestricted, EndRole
from domain.consent_ledger import NarrowConsent, WithdrawConsent
from domain.exclusions import SetExclusion
from domain.model import (
    AgencyId,
    CaseId,
    ErasureRequestId,
    GrantId,
    StreamId,
    fence_key,
    stream_of,
)
from domain.timers import end_of
from services.ports import StoredEvent
from tests.feeds import keeps_feed
from tests.gate.letting_out import Reading as LetOut
from tests.peers import Midorino, midorino
from tests.sealed import sealed
from tests.world import Someone

Cause: TypeAlias = Literal[
    "WITHDRAWN",
    "NARROWED",
    "EXPIRED",
    "EXCLUDED",
    "PARTICIPATION_ENDED",
    "SUSPENDED",
    "RESTRICTED",
]
CAUSES: Final[tuple[Cause, ...]] = (
    "WITHDRAWN",
    "NARROWED",
    "EXPIRED",
    "EXCLUDED",
    "PARTICIPATION_ENDED",
    "SUSPENDED",
    "RESTRICTED",
)
NAME: Final = "相川みさき"


class Written(NamedTuple):
    """An event as the log holds it, wherever in it it comes to stand."""

    stored: StoredEvent
    case: CaseId | None
    stamps: tuple[str, ...]


class Base(NamedTuple):
    """``ends_at``: when, by the clock alone, the consent ends that was given for a day."""

    log: tuple[Written, ...]
    case: CaseId
    recipients: tuple[Someone, ...]
    grants: Mapping[AgencyId, GrantId]
    begins_at: datetime
    ends_at: datetime


def _told() -> tuple[Midorino, dict[AgencyId, GrantId]]:
    """Always the same, to the last id."""
    here = midorino()
    grants: dict[AgencyId, GrantId] = {}
    for who in (here.centre, here.ayumi, here.hospital, here.shelter):
        day = {"valid_until": date_in_japan(here.world.at)}
        until: dict[str, Any] = day if who == here.shelter else {}
        grants[who.agency] = here.agrees(who, categories=("IDN", "SVC"), **until)
        here.accepts(who, here.sends(here.city, who))
        keeps_feed(here, who)
    return here, grants


@cache
def base() -> Base:
    here, grants = _told()
    day: date = date_in_japan(here.world.at)
    return Base(
        log=tuple(_written(here)),
        case=here.case,
        recipients=(here.centre, here.ayumi, here.hospital, here.shelter),
        grants=grants,
        begins_at=here.world.at,
        ends_at=end_of(day),
    )


@cache
def taking(cause: Cause, which: int) -> Sequence[Written]:
    """What is recorded when this is taken from one of them; nothing, where the clock does it."""
    if cause == "EXPIRED":
        return ()
    here, grants = _told()
    before = len(here.world.log)
    who = base().recipients[which]
    _takes(here, cause, who, grants[who.agency])
    return list(_written(here))[before:]


@cache
def telling(which: int) -> Sequence[Written]:
    """What is recorded when the feed of one of them is read, from nothing."""
    here, _ = _told()
    before = len(here.world.log)
    LetOut(here.world, here.case).reads(base().recipients[which], feed=True)
    return list(_written(here))[before:]


def shows_her_name(after: Cause | None, to: AgencyId) -> bool:
    """Whether they may see it, also once this was taken from them."""
    here, grants = _told()
    who = next(each for each in base().recipients if each.agency == to)
    if after == "EXPIRED":
        here.world.at = base().ends_at
    elif after is not None:
        _takes(here, after, who, grants[to])
    if after == "SUSPENDED":  # It reads nothing at all.
        return False
    return "case.subject_identified.v1/name" in here.sees(who)


def _takes(here: Midorino, cause: Cause, who: Someone, grant: GrantId) -> None:
    match cause:
        case "WITHDRAWN":
            here.says(here.city, WithdrawConsent(grant_id=grant))
        case "NARROWED":
            less = NarrowConsent(grant_id=grant, removed_categories=frozenset({"IDN"}))
            here.says(here.city, less)
        case "EXCLUDED":
            here.says(here.city, SetExclusion(agency_id=who.agency))
        case "PARTICIPATION_ENDED":
            here.says(here.city, EndRole(function="SERVICE_PROVIDER", agency_id=who.agency))
        case "SUSPENDED":
            here.world.says(here.world.operator, SuspendAgency(agency_id=who.agency))
        case "RESTRICTED":
            restricted = DataRestricted(
                request_id=ErasureRequestId(here.world.fresh()),
                decided_by=here.city.agency,
                basis="REQUEST",
                scope=frozenset({here.known.subject_id}),
            )
            stream, owner = stream_of("case", here.case), here.known.subject_id
            here.world.writes(here.city, stream, restricted, here.case, owner)
        case "EXPIRED":
            raise AssertionError


def _written(here: Midorino) -> Iterator[Written]:
    versions = Counter[StreamId]()
    agencies = {stream_of("agency", each): each for each in here.world.roster().agencies}
    for entry in here.world.log:
        stream = entry.told.stream
        versions[stream] += 1
        key = entry.case or agencies.get(stream)
        kinds = type(entry.said).stamps if key else ()
        stamps = tuple(fence_key(kind, key) for kind in kinds) if key else ()
        yield Written(sealed(entry, versions[stream]), entry.case, stamps)
