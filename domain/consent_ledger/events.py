"""What is recorded of her consent, and what may be asked about it."""

from datetime import date
from typing import Annotated, ClassVar, Final, TypeAlias

from msgspec import Meta

from domain.categories import CNS, NAR, PLN, STF, Category, CategoryCode
from domain.codes import (
    Condition,
    ConsentKind,
    Grantor,
    History,
    Language,
    Method,
    Purpose,
    UntilEvent,
)
from domain.consent_codes import NewCircumstance
from domain.items import FieldPath
from domain.model import (
    AgencyId,
    Command,
    Event,
    GrantId,
    Instant,
    MeetingId,
    PersonId,
    Sealed,
    StaffId,
    Stamp,
    StayId,
)
from domain.text import Code, FreeText

Recipients: TypeAlias = Annotated[frozenset[AgencyId], Meta(min_length=1, max_length=50)]
FieldPaths: TypeAlias = Annotated[frozenset[FieldPath], Meta(min_length=1, max_length=50)]
Digest: TypeAlias = Annotated[
    str, Meta(max_length=64, pattern=r"\A[0-9a-f]{64}\Z", extra={"text": "code"})
]
NARROWING: Final[frozenset[Stamp]] = frozenset({"case"})


class ConsentExplained(Event, frozen=True, kw_only=True, tag="consent.explained.v1"):
    """``asked_again_because``: she had refused some of it, and something has changed since."""

    primary: ClassVar[Category] = CNS
    makes: ClassVar[str | None] = "grant_id"

    grant_id: Annotated[GrantId, CNS]
    kind: Annotated[ConsentKind, CNS]
    purpose: Annotated[Purpose, CNS]
    recipients: Annotated[Recipients, CNS]
    categories: Annotated[frozenset[CategoryCode], CNS]
    explained_by: Annotated[StaffId, STF]
    language: Annotated[Language, CNS]
    interpreter: Annotated[StaffId | None, STF] = None
    material_version: Annotated[Code, CNS]
    asked_again_because: Annotated[NewCircumstance | None, CNS] = None


class ConsentGranted(Event, frozen=True, kw_only=True, tag="consent.granted.v1"):
    """No ``only_fields`` is every field of the categories; no set of them is ever empty.

    ``grantor_id``: for whom it is given: herself, the companion, or the child of the guardian.
    """

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    makes: ClassVar[str | None] = "until_stay"

    grant_id: Annotated[GrantId, CNS]
    kind: Annotated[ConsentKind, CNS]
    grantor: Annotated[Grantor, CNS]
    grantor_id: Annotated[PersonId, CNS]
    recipients: Annotated[Recipients, CNS]
    via_meeting: Annotated[MeetingId | None, CNS] = None
    categories: Annotated[frozenset[CategoryCode], CNS]
    only_fields: Annotated[FieldPaths | None, CNS] = None
    excluded_fields: Annotated[FieldPaths | None, CNS] = None
    purpose: Annotated[Purpose, CNS]
    granted_at: Annotated[Instant, CNS]
    valid_until: Annotated[date | None, CNS] = None
    until_event: Annotated[UntilEvent | None, CNS] = None
    until_stay: Annotated[StayId | None, CNS] = None
    history: Annotated[History, CNS]
    method: Annotated[Method, CNS]
    obtained_by: Annotated[AgencyId, CNS]
    evidence_hash: Annotated[Digest | None, CNS] = None
    late_entry: Annotated[bool, CNS]
    remind_on: Annotated[date | None, CNS] = None
    conditions: Annotated[Sealed[frozenset[Condition]], PLN.about("grantor_id")]
    conditions_text: Annotated[Sealed[FreeText | None], NAR.about("grantor_id")]


class ConsentRefused(Event, frozen=True, kw_only=True, tag="consent.refused.v1"):
    """It stands against an emergency that does not name it, and so narrows."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = NARROWING
    makes: ClassVar[str | None] = "grant_id"

    grant_id: Annotated[GrantId, CNS]
    kind: Annotated[ConsentKind, CNS]
    recipients: Annotated[Recipients, CNS]
    categories: Annotated[frozenset[CategoryCode], CNS]
    purpose: Annotated[Purpose, CNS]
    at: Annotated[Instant, CNS]


class ConsentNarrowed(Event, frozen=True, kw_only=True, tag="consent.narrowed.v1"):
    """What is taken out of a grant; the rest of it goes on."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = NARROWING

    grant_id: Annotated[GrantId, CNS]
    removed_categories: Annotated[frozenset[CategoryCode], CNS] = frozenset()
    removed_recipients: Annotated[Recipients | None, CNS] = None
    removed_fields: Annotated[FieldPaths | None, CNS] = None
    at: Annotated[Instant, CNS]
    via_agency: Annotated[AgencyId, CNS]


class ConsentWithdrawn(Event, frozen=True, kw_only=True, tag="consent.withdrawn.v1"):
    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = NARROWING

    grant_id: Annotated[GrantId, CNS]
    at: Annotated[Instant, CNS]
    via_agency: Annotated[AgencyId, CNS]
    reason: Annotated[Sealed[FreeText | None], NAR]


class ConsentWithdrawnWordless(Event, frozen=True, kw_only=True, tag="consent.withdrawn.v2"):
    """The same, when no word of hers can be kept any more: her key was destroyed."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = NARROWING

    grant_id: Annotated[GrantId, CNS]
    at: Annotated[Instant, CNS]
    via_agency: Annotated[AgencyId, CNS]


class ConsentExpired(Event, frozen=True, kw_only=True, tag="consent.expired.v1"):
    """For the record: by a date a grant ends by the clock, whether this is recorded or not."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = NARROWING

    grant_id: Annotated[GrantId, CNS]


class ConsentSuperseded(Event, frozen=True, kw_only=True, tag="consent.superseded.v1"):
    """Another grant has taken its place, in the same append."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = NARROWING

    grant_id: Annotated[GrantId, CNS]
    by_grant: Annotated[GrantId, CNS]


class ConflictRecorded(Event, frozen=True, kw_only=True, tag="consent.conflict_recorded.v1"):
    """Between a child and whoever would agree for it: nobody does, and only the law opens."""

    primary: ClassVar[Category] = CNS
    stamps: ClassVar[frozenset[Stamp]] = NARROWING

    child_id: Annotated[PersonId, CNS]
    via_agency: Annotated[AgencyId, CNS]


class ConflictSettled(Event, frozen=True, kw_only=True, tag="consent.conflict_settled.v1"):
    primary: ClassVar[Category] = CNS

    child_id: Annotated[PersonId, CNS]
    via_agency: Annotated[AgencyId, CNS]


GrantEvent: TypeAlias = (
    ConsentExplained
    | ConsentGranted
    | ConsentRefused
    | ConsentNarrowed
    | ConsentWithdrawn
    | ConsentWithdrawnWordless
    | ConsentExpired
    | ConsentSuperseded
)
ConflictEvent: TypeAlias = ConflictRecorded | ConflictSettled


class ExplainConsent(Command, frozen=True, kw_only=True, tag="consent.explain"):
    kind: ConsentKind
    purpose: Purpose
    recipients: Recipients
    categories: frozenset[CategoryCode]
    language: Language
    interpreter: StaffId | None = None
    material_version: Code
    asked_again_because: NewCircumstance | None = None


class GrantConsent(Command, frozen=True, kw_only=True, tag="consent.grant"):
    """``until_stay``: a stay that is decided or planned; without it, one that is to be decided.

    ``grantor_id``: the companion who agrees, or the child whose guardian does.
    """

    grant_id: GrantId
    kind: ConsentKind
    grantor: Grantor
    grantor_id: PersonId | None = None
    recipients: Recipients
    via_meeting: MeetingId | None = None
    categories: frozenset[CategoryCode]
    only_fields: FieldPaths | None = None
    excluded_fields: FieldPaths | None = None
    purpose: Purpose
    granted_at: Instant | None = None
    valid_until: date | None = None
    until_event: UntilEvent | None = None
    until_stay: StayId | None = None
    history: History
    method: Method
    evidence_hash: Digest | None = None
    conditions: frozenset[Condition] = frozenset()
    conditions_text: FreeText | None = None
    supersedes: GrantId | None = None

    @property
    def takes_back(self) -> bool:
        return self.supersedes is not None


class RecordRefusal(Command, frozen=True, kw_only=True, tag="consent.refuse"):
    """``grant_id`` names what was explained to her; without it, she refused before being asked."""

    narrows: ClassVar[bool] = True

    grant_id: GrantId | None = None
    kind: ConsentKind
    recipients: Recipients
    categories: frozenset[CategoryCode]
    purpose: Purpose


class NarrowConsent(Command, frozen=True, kw_only=True, tag="consent.narrow"):
    narrows: ClassVar[bool] = True

    grant_id: GrantId
    removed_categories: frozenset[CategoryCode] = frozenset()
    removed_recipients: Recipients | None = None
    removed_fields: FieldPaths | None = None


class WithdrawConsent(Command, frozen=True, kw_only=True, tag="consent.withdraw"):
    narrows: ClassVar[bool] = True

    grant_id: GrantId
    reason: FreeText | None = None


class RecordExpiry(Command, frozen=True, kw_only=True, tag="consent.record_expiry"):
    narrows: ClassVar[bool] = True

    grant_id: GrantId


class RecordConflict(Command, frozen=True, kw_only=True, tag="consent.record_conflict"):
    narrows: ClassVar[bool] = True

    child_id: PersonId


class SettleConflict(Command, frozen=True, kw_only=True, tag="consent.settle_conflict"):
    child_id: PersonId


GrantCommand: TypeAlias = (
    ExplainConsent | GrantConsent | RecordRefusal | NarrowConsent | WithdrawConsent | RecordExpiry
)
ConflictCommand: TypeAlias = RecordConflict | SettleConflict
