"""What is known of a case: how it stands, who takes part and why, and who is with her."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import Meta

from domain.case.aftercare import Aftercare
from domain.case.legal import LegalSteps
from domain.case.plans import Plans
from domain.case.services import Services
from domain.case.stay_rules import Stays
from domain.case.support import Support
from domain.case_codes import CompanionKind, Stage, Status
from domain.codes import SupportFunction
from domain.model import AgencyId, CaseId, NetworkId, PersonId, ReferralId
from domain.speech import Refused

CaseNumber: TypeAlias = Annotated[
    str, Meta(max_length=14, pattern=r"\A[0-9]{4}-[0-9]{4,9}\Z", extra={"text": "code"})
]
# Why an agency takes part. Two reasons are two: with one of them gone it still does.
Reason: TypeAlias = Literal["OPENED", "MAIN_RESPONSIBLE", "REFERRER"] | SupportFunction


class NoCase(msgspec.Struct, frozen=True):
    pass


class KnownCase(msgspec.Struct, frozen=True, kw_only=True):
    subject_id: PersonId
    opened_by: AgencyId  # Or, until it is accepted, whoever opened it again in its place,
    stands_in: bool = False  # and that has come to answer for her by doing so.
    reasons: frozenset[tuple[AgencyId, Reason]]
    for_children: frozenset[tuple[AgencyId, SupportFunction, PersonId]] = frozenset()
    status: Status = "CONTACT"
    stage: Stage = "CONSULTATION"
    identified: bool = False
    main_responsible: AgencyId | None = None  # From acceptance on there always is one.
    network: NetworkId | None = None  # In whose ledger it stands.
    entered_on: date | None = None  # Since when it stands there, for the last time;
    numbers: Mapping[tuple[NetworkId, int], CaseNumber] = {}  # under which, each fiscal year.
    handed_over_by: ReferralId | None = None  # By which handover, since it came to this network.
    companions: Mapping[PersonId, CompanionKind] = {}  # Those who are with her now,
    persons: frozenset[PersonId] = frozenset()  # and whoever was at any time;
    children: frozenset[PersonId] = frozenset()  # of all these, who has not come of age.
    linked: frozenset[CaseId] = frozenset()
    closed_on: date | None = None  # When support ended, if it has,
    retained_until: date | None = None  # and how long the record is kept for that.
    before_restriction: Status = "CLOSED"
    support: Support = Support()
    plans: Plans = Plans()
    services: Services = Services()
    legal: LegalSteps = LegalSteps()
    stays: Stays = Stays()
    aftercare: Aftercare = Aftercare()


Case: TypeAlias = NoCase | KnownCase


class CaseNotFound(Refused):
    """There is no such case."""

    ja: ClassVar[str] = "該当するケースはありません。"


class OnlyWhoAnswersForHer(Refused):
    """Only the agency that answers for her does this; any agency may end what is its own."""

    ja: ClassVar[str] = (
        "この操作ができるのは、主担当機関（決まる前は受け付けた機関）だけです。"
        "自分の機関の役割や関わりは、自分で終えることができます。"
    )


def year_of(number: CaseNumber) -> int:
    """A number is named for the fiscal year in whose ledger it stands."""
    return int(number.partition("-")[0])


def as_participant(state: Case, agency: AgencyId) -> KnownCase:
    """The case, for an agency that takes part in it; for all others there is none."""
    if isinstance(state, NoCase) or not takes_part(state, agency):
        raise CaseNotFound
    return state


def takes_part(case: KnownCase, agency: AgencyId) -> bool:
    """Whether it is among the ``participants``: asked of every command, all of them of few."""
    return (
        any(each.int == agency.int for each, _ in case.reasons)
        or any(each.int == agency.int for each, _, _ in case.for_children)
        or agency in case.services.providers
    )


def participants(case: Case) -> frozenset[AgencyId]:
    if isinstance(case, NoCase):
        return frozenset()
    return frozenset(
        [
            *[agency for agency, _ in case.reasons],
            *[agency for agency, _, _ in case.for_children],
            *case.services.providers,
        ]
    )


def answering(case: KnownCase) -> AgencyId:
    """Before anybody answers for her, the agency that opened the case does what has to be done."""
    return case.main_responsible or case.opened_by


def check_answers(case: KnownCase, agency: AgencyId) -> None:
    if agency != answering(case):
        raise OnlyWhoAnswersForHer
