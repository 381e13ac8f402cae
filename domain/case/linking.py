"""Linking (ケースの関連付け): two files that are hers, joined only with her consent."""

from typing import Annotated, ClassVar, TypeAlias

import msgspec

from domain.case.facts import Facts
from domain.case.state import KnownCase, as_participant
from domain.categories import CNS, ENV, Category
from domain.model import CaseId, Command, Context, Event, GrantId
from domain.speech import Refused


class CasesLinked(Event, frozen=True, kw_only=True, tag="case.cases_linked.v1"):
    """``consent_id`` is her consent, in the ledger of this case."""

    primary: ClassVar[Category] = ENV
    state_of: ClassVar[tuple[str, ...]] = ("other_case_id",)

    other_case_id: Annotated[CaseId, ENV]
    consent_id: Annotated[GrantId, CNS]


LinkEvent: TypeAlias = CasesLinked


class LinkCases(Command, frozen=True, kw_only=True, tag="case.link"):
    """Of two cases in which this agency takes part."""

    other_case_id: CaseId


LinkCommand: TypeAlias = LinkCases


class LinkNotAgreed(Refused):
    """Two case files are linked only with her consent: ask her, and record it in each of them."""

    ja: ClassVar[str] = (
        "二つのケースの関連付けには本人の同意が必要です。"
        "本人に確認し、同意をそれぞれのケースに記録してください。"
    )


class LinkedToItself(Refused):
    """A case is linked with another case."""

    ja: ClassVar[str] = "同じケースどうしを関連付けることはできません。"


def decide(
    case: KnownCase, facts: Facts, command: LinkCases, by: Context
) -> tuple[CasesLinked, ...]:
    other = as_participant(facts.linked, by.agency)
    if other.subject_id == case.subject_id:  # Each case has made an id of its own for her.
        raise LinkedToItself
    if command.other_case_id in case.linked:
        return ()
    consent = check_link_agreed(facts)
    return (CasesLinked(other_case_id=command.other_case_id, consent_id=consent),)


def evolve(case: KnownCase, event: CasesLinked) -> KnownCase:
    return msgspec.structs.replace(case, linked=case.linked | {event.other_case_id})


def check_link_agreed(facts: Facts) -> GrantId:
    """Nobody searches for her across agencies, and nobody joins what she keeps apart.

    A consent names no other case: so she agrees in the ledger of each.
    """
    consent = facts.agreed.get("CASE_LINK")
    if consent is None or not facts.linked_agreed:
        raise LinkNotAgreed
    return consent
