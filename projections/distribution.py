"""Distribution (災害時の周知の状況): what was sent round in a network, and how far it has come."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from typing import TypeAlias

import msgspec

from domain.model import AgencyId, Guarded, PostingId, Sealed
from domain.network import (
    ConsultationDirectoryPublished,
    DirectoryReceived,
    DisasterDeclared,
    DisasterEnded,
    DisasterNoticeIssued,
    PostingConfirmed,
    PostingRequested,
)
from domain.network_codes import NoticeMeans, PostingItem, PostingPlace
from domain.text import Code, Line
from projections.network_view import Announced


class Directory(msgspec.Struct, frozen=True, kw_only=True):
    version: Code
    published_at: datetime
    windows: frozenset[AgencyId]
    recipients: frozenset[AgencyId]
    received: frozenset[AgencyId] = frozenset()


class Posted(Guarded, frozen=True, kw_only=True):
    posting: PostingId
    agency: AgencyId
    item: PostingItem
    version: Code | None
    place_kind: PostingPlace
    place: Sealed[Line | None]
    requested_at: datetime
    confirmed_on: date | None = None


class Noticed(Guarded, frozen=True, kw_only=True):
    text: Sealed[tuple[Line, ...]]
    areas: Sealed[tuple[Line, ...]]
    via: frozenset[NoticeMeans]
    issued_at: datetime


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    declared_on: date
    ended_on: date | None = None


Sent: TypeAlias = Directory | Posted | Noticed | Declared
Distribution: TypeAlias = Mapping[int, Sent]  # By where it stands in the log.


def project(announced: Iterable[Announced]) -> Distribution:
    nothing: Distribution = {}
    return reduce(evolve, announced, nothing)


def evolve(sent: Distribution, announced: Announced) -> Distribution:  # noqa: PLR0911 (one arm an event)
    position, at, event = announced
    match event:
        case ConsultationDirectoryPublished():
            directory = Directory(
                version=event.version,
                published_at=at,
                windows=event.windows,
                recipients=event.recipients,
            )
            return {**sent, position: directory}
        case DirectoryReceived(version=version, agency_id=agency):
            return {n: _received(each, version, agency) for n, each in sent.items()}
        case PostingRequested():
            posted = Posted(
                posting=event.posting_id,
                agency=event.agency_id,
                item=event.item,
                version=event.version,
                place_kind=event.place_kind,
                place=event.place,
                requested_at=at,
            )
            return {**sent, position: posted}
        case PostingConfirmed(posting_id=posting, on=on):
            return {n: _confirmed(each, posting, on) for n, each in sent.items()}
        case DisasterNoticeIssued(text=text, areas=areas, via=via):
            return {**sent, position: Noticed(text=text, areas=areas, via=via, issued_at=at)}
        case DisasterDeclared(on=on):
            return {**sent, position: Declared(declared_on=on)}
        case DisasterEnded(on=on):
            return {n: _ended(each, on) for n, each in sent.items()}
        case _:
            return sent


def _received(each: Sent, version: Code, agency: AgencyId) -> Sent:
    if not isinstance(each, Directory) or each.version != version:
        return each
    return msgspec.structs.replace(each, received=each.received | {agency})


def _confirmed(each: Sent, posting: PostingId, on: date) -> Sent:
    if not isinstance(each, Posted) or each.posting != posting:
        return each
    return msgspec.structs.replace(each, confirmed_on=on)


def _ended(each: Sent, on: date) -> Sent:
    if not isinstance(each, Declared) or each.ended_on is not None:
        return each
    return msgspec.structs.replace(each, ended_on=on)
