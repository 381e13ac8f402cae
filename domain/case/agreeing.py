"""Agreeing (本人の同意): each kind of decision about her needs her consent of that kind."""

from typing import ClassVar

from domain.case.beside import Beside
from domain.codes import ConsentKind
from domain.model import GrantId
from domain.speech import Refused


class NotAgreedTo(Refused):
    """She has not agreed to this, or no longer does: consent to one thing is none to another."""

    ja: ClassVar[str] = (
        "このことについての本人の同意がありません。別の種類の同意で代えることはできません。"
    )


def check_agreed(beside: Beside, kind: ConsentKind) -> GrantId:
    """INV-C9: each kind of decision needs a consent of its own, and none implies another."""
    consent = beside.agreed.get(kind)
    if consent is None:
        raise NotAgreedTo(kind=kind)
    return consent
