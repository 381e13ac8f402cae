"""Disaster distribution (災害時の周知): what a network has sent round, and heard back."""

from datetime import date, datetime
from typing import TypeAlias

from contracts.envelope import AgencyShown
from domain.model import Guarded, PostingId, Sealed
from domain.network_codes import NoticeMeans, PostingItem, PostingPlace
from domain.text import Code, Line


class DirectoryDistributed(Guarded, frozen=True, kw_only=True, tag_field="what", tag="DIRECTORY"):
    """A version of the directory of consultation windows, and whom it has reached."""

    version: Code
    published_at: datetime
    windows: tuple[AgencyShown, ...]
    received: tuple[AgencyShown, ...]
    awaited: tuple[AgencyShown, ...]


class Posting(
    Guarded, frozen=True, kw_only=True, tag_field="what", tag="POSTING", omit_defaults=True
):
    posting: PostingId
    agency: AgencyShown
    item: PostingItem
    version: Code | None = None
    place_kind: PostingPlace
    place: Sealed[Line] | None = None
    requested_at: datetime
    confirmed_on: date | None = None


class Notice(Guarded, frozen=True, kw_only=True, tag_field="what", tag="NOTICE"):
    text: Sealed[tuple[Line, ...]]
    areas: Sealed[tuple[Line, ...]]
    via: tuple[NoticeMeans, ...]
    issued_at: datetime


class Disaster(
    Guarded, frozen=True, kw_only=True, tag_field="what", tag="DISASTER", omit_defaults=True
):
    declared_on: date
    ended_on: date | None = None


DisasterLine: TypeAlias = DirectoryDistributed | Posting | Notice | Disaster
