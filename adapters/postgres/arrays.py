"""Values and arrays in PostgreSQL's binary format, each packed in one pass.

psycopg can adapt lists; for a batch of hundreds of commands this costs twice the processor time of
packing them here, on the one core that also serves everybody else.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from struct import Struct, pack, unpack_from
from typing import Final
from uuid import UUID

_INT4: Final = Struct("!i").pack
_SIZED_INT4: Final = Struct("!ii").pack
_SIZED_INT8: Final = Struct("!iq").pack
_SIZED_BOOL: Final = Struct("!i?").pack
_NULL: Final = _INT4(-1)
_SIZE_16: Final = _INT4(16)
_POSTGRES_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_HEAD_BYTES: Final = 20


def uuids(values: Iterable[UUID | None]) -> bytes:
    return _array(2950, [_NULL if v is None else _SIZE_16 + v.int.to_bytes(16) for v in values])


def integers(values: Iterable[int]) -> bytes:
    return _array(23, [_SIZED_INT4(4, value) for value in values])


def bigints(values: Iterable[int | None]) -> bytes:
    return _array(20, [_NULL if v is None else _SIZED_INT8(8, v) for v in values])


def texts(values: Iterable[str | None]) -> bytes:
    return _array(25, [_NULL if v is None else _sized(v.encode()) for v in values])


def byteas(values: Iterable[bytes | None]) -> bytes:
    return _array(17, [_NULL if v is None else _sized(v) for v in values])


def timestamps(values: Iterable[datetime | None]) -> bytes:
    return _array(1184, [_NULL if v is None else _SIZED_INT8(8, _microseconds(v)) for v in values])


def dates(values: Iterable[date | None]) -> bytes:
    return _array(1082, [_NULL if v is None else _SIZED_INT4(4, _days(v)) for v in values])


def booleans(values: Iterable[bool | None]) -> bytes:
    return _array(16, [_NULL if v is None else _SIZED_BOOL(1, v) for v in values])


def smallints_in(array: bytes) -> list[int]:
    (length,) = unpack_from("!i", array, 12) if len(array) >= _HEAD_BYTES else (0,)
    return list(unpack_from("!" + "ih" * length, array, _HEAD_BYTES)[1::2])


def byteas_in(array: bytes) -> list[bytes]:
    found: list[bytes] = []
    at = _HEAD_BYTES
    while at < len(array):
        (size,) = unpack_from("!i", array, at)
        at += 4
        found.append(array[at : at + size])
        at += size
    return found


def _sized(value: bytes) -> bytes:
    return _INT4(len(value)) + value


def _array(element_oid: int, elements: Sequence[bytes]) -> bytes:
    """``elements`` are packed, each with its size before it."""
    if not elements:
        return pack("!3i", 0, 0, element_oid)
    return b"".join((pack("!5i", 1, 1, element_oid, len(elements), 1), *elements))


def _microseconds(at: datetime) -> int:
    since = at - _POSTGRES_EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _days(day: date) -> int:
    return day.toordinal() - _POSTGRES_EPOCH.toordinal()
