"""Where the code does not stand as the tables do, and why. What no longer deviates has to go."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class As(NamedTuple):
    """A field of the table, as the code has it: in these fields, or in none."""

    fields: Mapping[str, str]
    why: str


class More(NamedTuple):
    category: str
    why: str


class Codes(NamedTuple):
    codes: str
    why: str


IN_THE_CLEAR: Final = "what decides or sorts stands in the clear, as a code that tells nothing"
WORDS: Final = "Python's words: `from`, `to` and `with` cannot name a field"
ALIGNED: Final = "no id stands inside a struct or a sealed value: tuples side by side instead"
ONE_FACT: Final = "the first event of the lifecycle says it, and it does not change"
HEADER: Final = "the header of the event says who, and when"
STREAM: Final = "the stream is named for it"
MORE_BESIDE: Final = "a code says it, and words beside it may say more"
WHO: Final = "a member of staff is STF wherever one is named"
WHOSE: Final = "words about a person say in the clear whose they are"

STANDS_AS: Final[Mapping[tuple[str, str], As]] = {}
BESIDE: Final[Mapping[str, Mapping[str, More]]] = {}
PRIMARY: Final[Mapping[str, More]] = {}
MORE_CODES: Final[Mapping[tuple[str, str], Codes]] = {}
EVENTS_BESIDE: Final[Mapping[str, str]] = {}
# Added and left out, each with its reason; a row as ``before Event after``, an arrow without it.
ARROWS: Final[Mapping[str, tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]]] = {}
MACHINES_BESIDE: Final[Mapping[str, str]] = {}
