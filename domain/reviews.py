"""Reviews (事後の検証): somebody not involved looks at what was told without her consent."""

from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from domain.categories import CNS, Category, CategoryCode
from domain.consent_codes import Corrective, ReviewOutcome
from domain.model import AgencyId, Command, EmergencyId, Event
from domain.speech import Refused
from domain.statutory import StatutoryId


class EmergencyDisclosureReviewed(
    Event, frozen=True, kw_only=True, tag="trail.emergency_disclosure_reviewed.v1"
):
    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    emergency_id: Annotated[EmergencyId, CNS]
    reviewer: Annotated[AgencyId, CNS]
    outcome: Annotated[ReviewOutcome, CNS]
    corrective: Annotated[Corrective, CNS]


class StatutoryDisclosureReviewed(
    Event, frozen=True, kw_only=True, tag="trail.statutory_disclosure_reviewed.v1"
):
    disclosable: ClassVar[bool] = False
    primary: ClassVar[Category] = CNS

    statutory_id: Annotated[StatutoryId, CNS]
    reviewer: Annotated[AgencyId, CNS]
    outcome: Annotated[ReviewOutcome, CNS]
    corrective: Annotated[Corrective, CNS]


ReviewEvent: TypeAlias = EmergencyDisclosureReviewed | StatutoryDisclosureReviewed
PurgeFrom: TypeAlias = Annotated[frozenset[AgencyId], Meta(max_length=20)]


class ReviewEmergency(Command, frozen=True, kw_only=True, tag="trail.review_emergency"):
    """With the corrective PURGE, ``purge_from`` and ``purge_covers`` say of whom and what."""

    emergency_id: EmergencyId
    outcome: ReviewOutcome
    corrective: Corrective
    purge_from: PurgeFrom = frozenset()
    purge_covers: frozenset[CategoryCode] = frozenset()


class ReviewStatutory(Command, frozen=True, kw_only=True, tag="trail.review_statutory"):
    statutory_id: StatutoryId
    outcome: ReviewOutcome
    corrective: Corrective
    purge_from: PurgeFrom = frozenset()
    purge_covers: frozenset[CategoryCode] = frozenset()


ReviewCommand: TypeAlias = ReviewEmergency | ReviewStatutory


class NothingToReview(Refused):
    """Nothing was told that could be reviewed, under that id."""

    ja: ClassVar[str] = "該当する、検証の対象となる情報提供はありません。"


class StillUnderWay(Refused):
    """It is reviewed once it is over."""

    ja: ClassVar[str] = "緊急時の情報提供が続いています。終わってから検証してください。"


class AlreadyReviewed(Refused):
    """It has been reviewed already."""

    ja: ClassVar[str] = "この情報提供は、すでに検証されています。"


class ReviewedByInvolved(Refused):
    """Whoever takes part, asked for it, answered for it or received it does not review it."""

    ja: ClassVar[str] = "このケースや情報提供に関わった機関は検証できません。"


class CorrectiveDoesNotFit(Refused):
    """What was justified is not purged; what was not needs a corrective, and says what to purge."""

    ja: ClassVar[str] = (
        "検証結果と是正措置が合っていません。"
        "消去を求める場合は、その提供先と情報の区分を、提供した範囲で指定してください。"
    )
