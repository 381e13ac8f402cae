"""Text (文字列): NFC, bounded, without control characters; variant kanji survive."""

import unicodedata
from functools import lru_cache
from typing import Annotated, ClassVar, Final, TypeAlias

from msgspec import Meta

from domain.speech import Refused

# A line names one thing: a name, an address, a telephone number.
Line: TypeAlias = Annotated[
    str, Meta(max_length=300, pattern=r"\A[^\n]*[^\s][^\n]*\Z", extra={"text": "line"})
]
# Free text is a person's own words. It is always NAR, MTG or GRV, whatever it is about.
FreeText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=10_000, extra={"text": "free"})]
# A code carries no person's words and may stand in the clear.
Code: TypeAlias = Annotated[
    str, Meta(max_length=64, pattern=r"\A[A-Za-z0-9._-]+\Z", extra={"text": "code"})
]


class TextNotAccepted(Refused):
    """The text holds a character that cannot be kept: a control or direction-changing one."""

    ja: ClassVar[str] = "保存できない文字（制御文字または書字方向を変える文字）が含まれています。"


class NothingToSee(Refused):
    """The text has no character that can be seen."""

    ja: ClassVar[str] = "目に見える文字が一つもありません。"


# What can turn a line around on screen, so that it reads as something else.
_DIRECTION: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and a symbol that leave nothing on paper: the Hangul fillers, the empty Braille pattern.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_IDEOGRAPHS: Final = range(0x20000, 0x40000)
_SELECTORS: Final = tuple(chr(0xFE00 + n) for n in range(16))


def cleaned(text: str) -> str:
    """The text as it is kept, or ``TextNotAccepted``."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    if not unicodedata.is_normalized("NFC", text):  # As nearly always it is.
        text = unicodedata.normalize("NFC", text.translate(_VARIANTS))
    if not all(map(_may_stay, text)):
        raise TextNotAccepted
    return text


def visible(text: str) -> str:
    """The text, or ``NothingToSee``: a name of spaces and fillers is no name."""
    if not any(map(_is_seen, text)):
        raise NothingToSee
    return text


@lru_cache(maxsize=2**12)  # There are not many that people write.
def _is_seen(character: str) -> bool:
    if character in _BLANK:
        return False
    return unicodedata.category(character)[0] in "LNPS" or ord(character) in _IDEOGRAPHS


@lru_cache(maxsize=2**12)
def _may_stay(character: str) -> bool:
    if character in _DIRECTION:
        return False
    match unicodedata.category(character):
        case "Cc":
            return character == "\n"
        case "Cs" | "Zl" | "Zp":
            return False
        case "Cn":  # A younger Unicode may know a kanji there; never a non-character.
            return ord(character) in _IDEOGRAPHS and ord(character) & 0xFFFE != 0xFFFE  # noqa: PLR2004 (…FFFE and …FFFF)
        case _:
            return True


def _variants() -> dict[int, str]:
    """NFC folds a compatibility ideograph into its base; its variation sequence survives.

    Unicode numbers the sequences of one base in code point order (StandardizedVariants).
    """
    variants: dict[int, str] = {}
    seen: dict[str, int] = {}
    for point in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        base = unicodedata.normalize("NFC", chr(point))
        if base != chr(point) and len(base) == 1:
            number = seen.get(base, 0)
            variants[point] = base + _SELECTORS[number]
            seen[base] = number + 1
    return variants


_VARIANTS: Final = _variants()
