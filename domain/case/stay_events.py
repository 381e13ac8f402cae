"""What happens to a stay (一時保護・入所), and what may be asked about one.

Where she is, who keeps her and whether it is in another prefecture is LOC. What is fixed at her
admission, for the figures, is said once: what corrects it later is another event.
"""

from datetime import date
from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from domain.case.aftercare import AftercareTerms
from domain.categories import CNS, ENV, FAM, LOC, NAR, PLN, PRB, RSK, SVC, Category
from domain.codes import AgeBand, Condition
from domain.model import (
    AgencyId,
    Command,
    ContractId,
    Event,
    GrantId,
    PersonId,
    ReferralId,
    Sealed,
    Stamp,
    StayId,
)
from domain.support_codes import (
    CompanionPlace,
    DestinationKind,
    ProtectionDeclineReason,
    ProtectionLegalGround,
    ProtectionReasonCode,
    StayCancelReason,
    StayKind,
    StayScope,
    WithoutAftercare,
)
from domain.text import FreeText, Line

COMPANIONS_MAX = 20
Companions: TypeAlias = Annotated[tuple[PersonId, ...], Meta(max_length=COMPANIONS_MAX)]
Places: TypeAlias = Annotated[tuple[CompanionPlace, ...], Meta(max_length=COMPANIONS_MAX)]
Reasons: TypeAlias = Annotated[frozenset[ProtectionDeclineReason], Meta(min_length=1)]


class ProtectionDeclined(Event, frozen=True, kw_only=True, tag="case.protection_declined.v1"):
    """She did not want to be protected, or not in this way, and may have said why."""

    primary: ClassVar[Category] = SVC
    reasons: Annotated[frozenset[ProtectionDeclineReason], SVC]
    text: Annotated[Sealed[FreeText | None], NAR]


class StayDecided(Event, frozen=True, kw_only=True, tag="case.stay_decided.v1"):
    """``assessment_due``: by when she is heard, where that could not wait for the emergency."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    makes: ClassVar[str | None] = "stay_id"
    state_of: ClassVar[tuple[str, ...]] = ("stay_id",)

    stay_id: Annotated[StayId, ENV]
    kind: Annotated[StayKind, SVC]
    scope: Annotated[Sealed[StayScope], LOC]
    legal_ground: Annotated[Sealed[ProtectionLegalGround | None], RSK]
    decided_by: Annotated[AgencyId, SVC]
    decided_on: Annotated[date, SVC]
    provider_agency_id: Annotated[AgencyId, LOC]
    direct_admission: Annotated[bool, SVC]
    planned_from: Annotated[date, SVC]
    assessment_due: Annotated[date | None, SVC] = None
    contract_id: Annotated[ContractId | None, LOC] = None
    consent_id: Annotated[GrantId, CNS]
    relocation_consent_id: Annotated[GrantId | None, CNS] = None
    referral_id: Annotated[ReferralId | None, ENV] = None


class StayStarted(Event, frozen=True, kw_only=True, tag="case.stay_started.v1"):
    """Of those who are with her, who comes along; and where each of the others is meanwhile."""

    primary: ClassVar[Category] = SVC
    state_of: ClassVar[tuple[str, ...]] = ("stay_id",)

    stay_id: Annotated[StayId, ENV]
    started_on: Annotated[date, SVC]
    location: Annotated[Sealed[Line], LOC]
    companions: Annotated[Companions, FAM]
    elsewhere: Annotated[Companions, FAM]
    elsewhere_places: Annotated[Sealed[Places], LOC]
    age_band: Annotated[Sealed[AgeBand], PRB]
    reason_code: Annotated[Sealed[ProtectionReasonCode | None], PRB]
    conditions: Annotated[Sealed[frozenset[Condition]], PLN]


class StayExtended(Event, frozen=True, kw_only=True, tag="case.stay_extended.v1"):
    primary: ClassVar[Category] = SVC
    state_of: ClassVar[tuple[str, ...]] = ("stay_id",)

    stay_id: Annotated[StayId, ENV]
    until: Annotated[date, SVC]
    reason: Annotated[Sealed[FreeText | None], NAR]


class StayEnded(Event, frozen=True, kw_only=True, tag="case.stay_ended.v1"):
    """``without_aftercare``: why nobody stays in touch with her, as where she declines it."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    state_of: ClassVar[tuple[str, ...]] = ("stay_id",)

    stay_id: Annotated[StayId, ENV]
    ended_on: Annotated[date, SVC]
    destination_kind: Annotated[Sealed[DestinationKind], LOC]
    destination_address: Annotated[Sealed[Line | None], LOC]
    companions_outcome: Annotated[Sealed[Line | None], FAM]
    without_aftercare: Annotated[WithoutAftercare | None, SVC] = None


class StayCancelled(Event, frozen=True, kw_only=True, tag="case.stay_cancelled.v1"):
    """It was decided, and does not begin."""

    primary: ClassVar[Category] = SVC
    stamps: ClassVar[frozenset[Stamp]] = frozenset({"work"})
    state_of: ClassVar[tuple[str, ...]] = ("stay_id",)

    stay_id: Annotated[StayId, ENV]
    reason: Annotated[StayCancelReason, SVC]
    text: Annotated[Sealed[FreeText | None], NAR]


StayEvent: TypeAlias = (
    ProtectionDeclined | StayDecided | StayStarted | StayExtended | StayEnded | StayCancelled
)


class DeclineProtection(Command, frozen=True, kw_only=True, tag="case.decline_protection"):
    """In her name: it was offered to her, and she does not want it."""

    reasons: Reasons
    text: FreeText | None = None


class DecideStay(Command, frozen=True, kw_only=True, tag="case.decide_stay"):
    """``stay_id`` is the one that a consent of hers ends with; without it, the stay gets its own.

    With ``direct_admission`` she goes, or has gone, straight to the commissioned facility.
    """

    stay_id: StayId | None = None
    kind: StayKind
    scope: StayScope
    legal_ground: ProtectionLegalGround | None = None
    provider_agency_id: AgencyId
    direct_admission: bool = False
    planned_from: date
    referral_id: ReferralId | None = None


class StartStay(Command, frozen=True, kw_only=True, tag="case.start_stay"):
    """Without ``started_on``, today. ``elsewhere_places`` says of each ``elsewhere`` where."""

    stay_id: StayId
    started_on: date | None = None
    location: Line
    companions: Companions = ()
    elsewhere: Companions = ()
    elsewhere_places: Places = ()
    age_band: AgeBand
    reason_code: ProtectionReasonCode | None = None
    conditions: frozenset[Condition] = frozenset()


class ExtendStay(Command, frozen=True, kw_only=True, tag="case.extend_stay"):
    stay_id: StayId
    until: date
    reason: FreeText | None = None


class EndStay(Command, frozen=True, kw_only=True, tag="case.end_stay"):
    """With it her aftercare begins, or she declines it, or she moves on to the next stay."""

    narrows_besides: ClassVar[bool] = True

    stay_id: StayId
    ended_on: date | None = None
    destination_kind: DestinationKind
    destination_address: Line | None = None
    companions_outcome: Line | None = None
    aftercare: AftercareTerms | None = None
    without_aftercare: WithoutAftercare | None = None


class CancelStay(Command, frozen=True, kw_only=True, tag="case.cancel_stay"):
    narrows_besides: ClassVar[bool] = True

    stay_id: StayId
    reason: StayCancelReason
    text: FreeText | None = None


StayCommand: TypeAlias = (
    DeclineProtection | DecideStay | StartStay | ExtendStay | EndStay | CancelStay
)
