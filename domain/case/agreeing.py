"""Agreeing (本人の同意): each kind of decision about her needs her consent of that kind."""

from typing import ClassVar

from domain.case.beside import Beside
from domain.codes import ConsentKind
from domain.items import NotAgreedTo
from domain.model import AgencyId, GrantId
from domain.speech import Refused


class ConsentOfThatKindMissing(Refused):
    """She has not agreed to this step itself, or no longer does: ask her, and record it."""

    ja: ClassVar[str] = (
        "この支援そのものへの本人の同意が記録されていないか、すでに終わっています。"
        "本人に確認し、記録してください。"
    )


def check_agreed(beside: Beside, kind: ConsentKind) -> GrantId:
    """INV-C9: each kind of decision needs a consent of its own, and none implies another."""
    consent = beside.agreed.get(kind)
    if consent is None:
        raise ConsentOfThatKindMissing(kind=kind)
    return consent


def check_may_know(beside: Beside, *agencies: AgencyId) -> None:
    """INV-C13: whom she has shut out is given nothing to do; in words that anybody may be told.

    INV-C11: what whoever acts does for her itself, it goes on recording.
    """
    if beside.excluded & {*agencies} - beside.itself:
        raise NotAgreedTo


def check_let_know(beside: Beside, *agencies: AgencyId) -> None:
    """Whoever answers for her brings others in; nobody else does, but whom it knows she lets know.

    So whom she has shut out is refused as anybody is of whom she has said nothing, and so is whom
    others have asked her about.
    """
    others = {*agencies} - beside.itself
    if not (beside.answers or others <= beside.let_know):
        raise NotAgreedTo


def check_may_keep(beside: Beside, kind: ConsentKind, provider: AgencyId) -> None:
    """INV-C13: nor does it take her in itself; it is told what it would be had she not agreed."""
    if provider in beside.excluded:
        raise ConsentOfThatKindMissing(kind=kind)
