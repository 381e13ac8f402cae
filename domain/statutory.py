"""Statutory disclosure (法令に基づく情報提供): a legal duty to tell, such as of child abuse.

It prevails over confidentiality: no consent is needed, and no refusal or exclusion stands against
it. One person files it, naming the provision, and it is reviewed afterwards.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, NewType, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.agency import AgencyNotKnown
from domain.calendar import date_in_japan
from domain.categories import CNS, NAR, Category, CategoryCode
from domain.concerned import Concerned
from domain.consent_codes import PROVISIONS, Provision
from domain.items import FieldPath
from domain.model import AgencyId, Command, Context, Event, Sealed
from domain.speech import Refused
from domain.text import FreeText
from domain.timers import review_disclosure_by

StatutoryId = NewType("StatutoryId", UUID)
OnlyFields: TypeAlias = Annotated[frozenset[FieldPath], Meta(min_length=1, max_length=50)]


class StatutoryDisclosureRecorded(
    Event, frozen=True, kw_only=True, tag="consent.statutory_disclosure_recorded.v1"
):
    primary: ClassVar[Category] = CNS
    makes: ClassVar[str | None] = "statutory_id"

    statutory_id: Annotated[StatutoryId, CNS]
    provision: Annotated[Provision, CNS]
    recipient: Annotated[AgencyId, CNS]
    categories: Annotated[frozenset[CategoryCode], CNS]
    only_fields: Annotated[OnlyFields | None, CNS] = None
    filing_agency: Annotated[AgencyId, CNS]
    review_by: Annotated[date | None, CNS] = None
    text: Annotated[Sealed[FreeText | None], NAR]


class FileStatutory(Command, frozen=True, kw_only=True, tag="consent.file_statutory"):
    provision: Provision
    recipient: AgencyId
    categories: frozenset[CategoryCode]
    only_fields: OnlyFields | None = None
    text: FreeText | None = None


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    provision: Provision
    recipient: AgencyId
    categories: frozenset[CategoryCode]
    only_fields: frozenset[FieldPath] | None
    filing_agency: AgencyId


Statutory: TypeAlias = Mapping[StatutoryId, Filed]


class NotUnderThisProvision(Refused):
    """The provision does not reach agencies of this kind: name another recipient or provision."""

    ja: ClassVar[str] = (
        "この法令の規定は、この種別の機関への提供を定めていません。"
        "提供先か根拠規定を改めてください。"
    )


class StatutoryToOneself(Refused):
    """A duty to tell is a duty to tell others: your agency cannot be the recipient."""

    ja: ClassVar[str] = "自分の機関を、法令に基づく情報提供の提供先にすることはできません。"


class MoreThanTheProvision(Refused):
    """The provision does not oblige to tell this: name what it needs, and at least something."""

    ja: ClassVar[str] = (
        "この法令の規定で提供できる範囲ではありません。必要な情報の区分だけを指定してください。"
    )


def decide(
    concerned: Concerned, command: FileStatutory, by: Context
) -> tuple[StatutoryDisclosureRecorded, ...]:
    check_recipient(concerned, command)
    check_not_oneself(command, by)
    check_categories(command)
    return (
        StatutoryDisclosureRecorded(
            statutory_id=StatutoryId(by.new_id),
            provision=command.provision,
            recipient=command.recipient,
            categories=command.categories,
            only_fields=command.only_fields,
            filing_agency=by.agency,
            review_by=review_disclosure_by(by.timers, date_in_japan(by.at)),
            text=command.text,
        ),
    )


def check_recipient(concerned: Concerned, command: FileStatutory) -> None:
    """Neither her refusal nor an exclusion is asked about."""
    recipient = concerned.agencies.get(command.recipient)
    if recipient is None:
        raise AgencyNotKnown
    if recipient.kind not in PROVISIONS[command.provision].recipients:
        raise NotUnderThisProvision


def check_not_oneself(command: FileStatutory, by: Context) -> None:
    """Whoever is shut out would open by this to itself what is shut."""
    if command.recipient == by.agency:
        raise StatutoryToOneself


def check_categories(command: FileStatutory) -> None:
    more = command.categories - PROVISIONS[command.provision].categories
    if more or not command.categories:
        raise MoreThanTheProvision(categories=sorted(more))


def evolve(statutory: Statutory, event: StatutoryDisclosureRecorded) -> Statutory:
    filed = Filed(
        provision=event.provision,
        recipient=event.recipient,
        categories=event.categories,
        only_fields=event.only_fields,
        filing_agency=event.filing_agency,
    )
    return {**statutory, event.statutory_id: filed}
