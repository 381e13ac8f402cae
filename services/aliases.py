"""Aliases (別名): each agency knows a case by a name of its own, and a place in a list by a cursor.

An alias is the case id itself, put through a permutation that is the agency's own. So there is no
table of them, and whatever is made up names a case that does not exist.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import ClassVar, Final

from contracts.asked import CaseAlias
from domain.model import AgencyId, CaseId
from domain.speech import Refused
from services.keys import derived
from services.ports import SecretKey, Veil

CURSOR_LENGTH_MAX: Final = 200


class CursorNotValid(Refused):
    """This is no place in this list of yours: begin the list again."""

    ja: ClassVar[str] = "この一覧の続きの位置として使えません。一覧の先頭から読み直してください。"


class Aliases:
    """``secret`` is the installation's: the same names everywhere, as long as it lives."""

    def __init__(self, secret: SecretKey, veil: Veil) -> None:
        self._secret: Final = secret
        self._veil: Final = veil

    def alias(self, agency: AgencyId, case: CaseId) -> CaseAlias:
        return CaseAlias(self._veil.veiled(self._key(agency), case))

    def case_of(self, agency: AgencyId, alias: CaseAlias) -> CaseId:
        return CaseId(self._veil.unveiled(self._key(agency), alias))

    def _key(self, agency: AgencyId) -> SecretKey:
        return derived(self._secret, f"alias:{agency}")


class Cursors:
    """What a place is made of can neither be read in a cursor nor be written into one."""

    def __init__(self, secret: SecretKey, veil: Veil) -> None:
        self._key: Final = derived(secret, "cursor")
        self._veil: Final = veil

    def written(self, agency: AgencyId, of: str, place: bytes) -> str:
        closed = self._veil.closed(self._key, place, _bound(agency, of))
        return _text(closed)

    def read(self, agency: AgencyId, of: str, cursor: str) -> bytes:
        """The place, in this list of this agency; or ``CursorNotValid``."""
        if len(cursor) > CURSOR_LENGTH_MAX or not cursor.isascii():
            raise CursorNotValid
        try:
            closed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise CursorNotValid from None
        place = self._veil.opened(self._key, closed, _bound(agency, of))
        if place is None or _text(closed) != cursor:
            raise CursorNotValid
        return place


def _text(closed: bytes) -> str:
    return urlsafe_b64encode(closed).decode().rstrip("=")


def _bound(agency: AgencyId, of: str) -> bytes:
    return agency.bytes + of.encode()
