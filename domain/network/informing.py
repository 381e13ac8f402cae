"""Informing (周知・情報共有): what a network says to its members and to everybody, about nobody.

A directory lists agencies and says nothing of its own: what is read in it is what each of them has
registered. A place of protection is in none, so no address of one can be.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, TypeAlias, assert_never

from msgspec import Meta
from msgspec.structs import replace

from domain.agency import KnownAgency
from domain.agency_codes import PROTECTIVE
from domain.calendar import date_in_japan
from domain.categories import ENV, PUB, Category
from domain.model import AgencyId, Command, Context, Event, NetworkId, PostingId, Sealed
from domain.network.state import (
    Directory,
    KnownNetwork,
    NotInTheNetwork,
    Posting,
    VersionAlreadyUsed,
    as_keeper,
    keeps,
)
from domain.network_codes import NoticeMeans, PostingItem, PostingPlace
from domain.speech import Refused
from domain.text import Code, Line

Paragraphs: TypeAlias = Annotated[tuple[Line, ...], Meta(min_length=1, max_length=30)]
Areas: TypeAlias = Annotated[tuple[Line, ...], Meta(max_length=50)]
Listed: TypeAlias = Annotated[frozenset[AgencyId], Meta(min_length=1, max_length=300)]
FiscalYear: TypeAlias = Annotated[int, Meta(ge=2000, lt=2200)]


class AnnualPolicySet(Event, frozen=True, kw_only=True, tag="network.annual_policy_set.v1"):
    primary: ClassVar[Category] = PUB
    fiscal_year: Annotated[FiscalYear, PUB]
    text: Annotated[Sealed[Paragraphs], PUB]


class ConsultationDirectoryPublished(
    Event, frozen=True, kw_only=True, tag="network.consultation_directory_published.v1"
):
    primary: ClassVar[Category] = PUB
    version: Annotated[Code, PUB]
    windows: Annotated[Listed, PUB]
    recipients: Annotated[Listed, PUB]


class DirectoryReceived(Event, frozen=True, kw_only=True, tag="network.directory_received.v1"):
    primary: ClassVar[Category] = PUB
    version: Annotated[Code, PUB]
    agency_id: Annotated[AgencyId, PUB]


class PostingRequested(Event, frozen=True, kw_only=True, tag="network.posting_requested.v1"):
    primary: ClassVar[Category] = PUB
    makes: ClassVar[str | None] = "posting_id"

    posting_id: Annotated[PostingId, ENV]
    agency_id: Annotated[AgencyId, PUB]
    item: Annotated[PostingItem, PUB]
    version: Annotated[Code | None, PUB] = None
    place_kind: Annotated[PostingPlace, PUB]
    place: Annotated[Sealed[Line | None], PUB]


class PostingConfirmed(Event, frozen=True, kw_only=True, tag="network.posting_confirmed.v1"):
    primary: ClassVar[Category] = PUB
    posting_id: Annotated[PostingId, ENV]
    on: Annotated[date, PUB]


class DisasterDeclared(Event, frozen=True, kw_only=True, tag="network.disaster_declared.v1"):
    primary: ClassVar[Category] = PUB
    on: Annotated[date, PUB]


class DisasterEnded(Event, frozen=True, kw_only=True, tag="network.disaster_ended.v1"):
    primary: ClassVar[Category] = PUB
    on: Annotated[date, PUB]


class DisasterNoticeIssued(
    Event, frozen=True, kw_only=True, tag="network.disaster_notice_issued.v1"
):
    primary: ClassVar[Category] = PUB
    text: Annotated[Sealed[Paragraphs], PUB]
    areas: Annotated[Sealed[Areas], PUB]
    via: Annotated[frozenset[NoticeMeans], PUB]


class InformationShared(Event, frozen=True, kw_only=True, tag="network.information_shared.v1"):
    """A bulletin: it is about nobody."""

    primary: ClassVar[Category] = PUB
    title: Annotated[Sealed[Line], PUB]
    text: Annotated[Sealed[Paragraphs], PUB]


InformingEvent: TypeAlias = (
    AnnualPolicySet
    | ConsultationDirectoryPublished
    | DirectoryReceived
    | PostingRequested
    | PostingConfirmed
    | DisasterDeclared
    | DisasterEnded
    | DisasterNoticeIssued
    | InformationShared
)


class SetAnnualPolicy(Command, frozen=True, kw_only=True, tag="network.set_annual_policy"):
    network_id: NetworkId
    fiscal_year: FiscalYear
    text: Paragraphs


class PublishConsultationDirectory(
    Command, frozen=True, kw_only=True, tag="network.publish_consultation_directory"
):
    network_id: NetworkId
    version: Code
    windows: Listed
    recipients: Listed


class ReceiveDirectory(Command, frozen=True, kw_only=True, tag="network.receive_directory"):
    network_id: NetworkId
    version: Code


class RequestPosting(Command, frozen=True, kw_only=True, tag="network.request_posting"):
    """``version``: which directory is to be posted."""

    network_id: NetworkId
    agency_id: AgencyId
    item: PostingItem
    version: Code | None = None
    place_kind: PostingPlace
    place: Line | None = None


class ConfirmPosting(Command, frozen=True, kw_only=True, tag="network.confirm_posting"):
    network_id: NetworkId
    posting_id: PostingId


class DeclareDisaster(Command, frozen=True, kw_only=True, tag="network.declare_disaster"):
    network_id: NetworkId


class EndDisaster(Command, frozen=True, kw_only=True, tag="network.end_disaster"):
    network_id: NetworkId


class IssueDisasterNotice(Command, frozen=True, kw_only=True, tag="network.issue_disaster_notice"):
    network_id: NetworkId
    text: Paragraphs
    areas: Areas = ()
    via: frozenset[NoticeMeans]


class ShareInformation(Command, frozen=True, kw_only=True, tag="network.share_information"):
    network_id: NetworkId
    title: Line
    text: Paragraphs


InformingCommand: TypeAlias = (
    SetAnnualPolicy
    | PublishConsultationDirectory
    | ReceiveDirectory
    | RequestPosting
    | ConfirmPosting
    | DeclareDisaster
    | EndDisaster
    | IssueDisasterNotice
    | ShareInformation
)


class ShelterInDirectory(Refused):
    """A place where women are protected is in no directory: leave it out."""

    ja: ClassVar[str] = (
        "女性を保護する施設は、相談窓口一覧に載せられません。一覧から外してください。"
    )


class NameNotForThePublic(Refused):
    """This private body has not agreed to be named in public: leave it out, or ask it first."""

    ja: ClassVar[str] = (
        "名称の公表に同意していない民間の団体・個人は、相談窓口一覧に載せられません。"
        "一覧から外すか、先に確認してください。"
    )


class DirectoryNotFound(Refused):
    """Your agency was sent no such directory, or none of that version was published."""

    ja: ClassVar[str] = "その版の相談窓口一覧は、発行されていないか、所属機関に配布されていません。"


class PostingNotFound(Refused):
    """Your agency was asked for no such posting."""

    ja: ClassVar[str] = "所属機関に対する該当の掲示・配架の依頼はありません。"


def decide(
    operator: AgencyId,
    agencies: Mapping[AgencyId, KnownAgency],
    network: KnownNetwork,
    command: InformingCommand,
    by: Context,
) -> tuple[InformingEvent, ...]:
    on = date_in_japan(by.at)
    match command:
        case ReceiveDirectory():
            return _received(network, command, by)
        case ConfirmPosting():
            return _confirmed(network, command, by)
        case ShareInformation():
            if by.agency not in network.members and not keeps(operator, network, by):
                raise NotInTheNetwork
            return (InformationShared(title=command.title, text=command.text),)
        case _:
            as_keeper(operator, network, by)
    match command:
        case SetAnnualPolicy():
            return (AnnualPolicySet(fiscal_year=command.fiscal_year, text=command.text),)
        case PublishConsultationDirectory():
            return _published(agencies, network, command)
        case RequestPosting():
            return _requested(network, command, by)
        case DeclareDisaster():
            return () if network.disaster else (DisasterDeclared(on=on),)
        case EndDisaster():
            return (DisasterEnded(on=on),) if network.disaster else ()
        case IssueDisasterNotice():
            return (DisasterNoticeIssued(text=command.text, areas=command.areas, via=command.via),)
    assert_never(command)


def evolve(network: KnownNetwork, event: InformingEvent) -> KnownNetwork:
    match event:
        case ConsultationDirectoryPublished(version=version):
            directory = Directory(recipients=event.recipients)
            return replace(network, directories={**network.directories, version: directory})
        case DirectoryReceived(version=version, agency_id=agency):
            known = network.directories[version]
            directory = replace(known, received=known.received | {agency})
            return replace(network, directories={**network.directories, version: directory})
        case PostingRequested(posting_id=posting, agency_id=agency):
            return replace(network, postings={**network.postings, posting: Posting(by=agency)})
        case PostingConfirmed(posting_id=posting):
            confirmed = replace(network.postings[posting], confirmed=True)
            return replace(network, postings={**network.postings, posting: confirmed})
        case (
            AnnualPolicySet()
            | DisasterDeclared()
            | DisasterEnded()
            | DisasterNoticeIssued()
            | InformationShared()
        ):
            return network
    assert_never(event)


def check_lists_no_shelter(
    windows: frozenset[AgencyId], agencies: Mapping[AgencyId, KnownAgency]
) -> None:
    """To be listed is to be found."""
    if any(agencies[window].kind in PROTECTIVE for window in windows):
        raise ShelterInDirectory


def check_lists_only_who_is_named(
    windows: frozenset[AgencyId], agencies: Mapping[AgencyId, KnownAgency]
) -> None:
    """Of a private body it may be told that it is there without telling its name."""
    if not all(agencies[window].named_in_public for window in windows):
        raise NameNotForThePublic


def _published(
    agencies: Mapping[AgencyId, KnownAgency],
    network: KnownNetwork,
    command: PublishConsultationDirectory,
) -> tuple[ConsultationDirectoryPublished]:
    if command.version in network.directories:
        raise VersionAlreadyUsed
    check_lists_no_shelter(command.windows, agencies)
    check_lists_only_who_is_named(command.windows, agencies)
    return (
        ConsultationDirectoryPublished(
            version=command.version, windows=command.windows, recipients=command.recipients
        ),
    )


def _received(
    network: KnownNetwork, command: ReceiveDirectory, by: Context
) -> tuple[DirectoryReceived, ...]:
    directory = network.directories.get(command.version)
    if directory is None or by.agency not in directory.recipients:
        raise DirectoryNotFound
    if by.agency in directory.received:
        return ()
    return (DirectoryReceived(version=command.version, agency_id=by.agency),)


def _requested(
    network: KnownNetwork, command: RequestPosting, by: Context
) -> tuple[PostingRequested]:
    if command.item == "DIRECTORY" and command.version not in network.directories:
        raise DirectoryNotFound
    return (
        PostingRequested(
            posting_id=PostingId(by.new_id),
            agency_id=command.agency_id,
            item=command.item,
            version=command.version,
            place_kind=command.place_kind,
            place=command.place,
        ),
    )


def _confirmed(
    network: KnownNetwork, command: ConfirmPosting, by: Context
) -> tuple[PostingConfirmed, ...]:
    posting = network.postings.get(command.posting_id)
    if posting is None or posting.by != by.agency:
        raise PostingNotFound
    if posting.confirmed:
        return ()
    return (PostingConfirmed(posting_id=command.posting_id, on=date_in_japan(by.at)),)
