"""Declining (断り): which code an error has for the caller, and what else they have to be told."""

from collections.abc import Mapping
from typing import Final

from litestar.exceptions import HTTPException, LitestarException

from contracts.asked import TooLarge
from contracts.problems import MethodNotAllowed, NotHere, RequestNotUnderstood, Unexpected
from domain.speech import Refused, Spoken, code_of

# By status: how to come in, and when to come again.
CHALLENGES: Final[Mapping[int, tuple[tuple[bytes, bytes], ...]]] = {
    401: ((b"www-authenticate", b'Bearer realm="tsunagu"'),),
    503: ((b"retry-after", b"1"),),
}
# What Litestar itself refuses.
_LITESTARS: Final[Mapping[int, type[Refused]]] = {
    400: RequestNotUnderstood,
    404: NotHere,
    405: MethodNotAllowed,
    413: TooLarge,
}


class Declined(Exception):
    """It was decided what was asked, and the answer is no."""

    def __init__(self, code: str, at: str | None = None) -> None:
        super().__init__(code)
        self.code: Final = code
        self.at: Final = at


def declined(error: Exception) -> tuple[str, str | None]:
    """The code, and where in what was sent the cause stands."""
    match error:
        case Declined(code=code, at=at):
            return code, at
        case Refused(code=code, facts={"at": str(at)}):
            return code, at
        case Spoken(code=code):
            return code, None
        case HTTPException(status_code=status) if status in _LITESTARS:
            return code_of(_LITESTARS[status]), None
        case _:
            return code_of(Unexpected), None


def unwrapped(error: Exception) -> Exception:
    """What went wrong in a stream, without what Litestar puts around it."""
    match error:
        case LitestarException(__cause__=Exception() as cause):
            return unwrapped(cause)
        case ExceptionGroup(exceptions=(only,)):
            return unwrapped(only)
        case _:
            return error
