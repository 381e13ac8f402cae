"""An explanation on paper (説明の紙面): event by event, which fields are seen and which are not.

Grounds are numbered, and reasons against it have letters; what they are is said beneath. A program
reads all of it with ``--json``.
"""

from collections.abc import Iterator
from string import ascii_lowercase
from typing import Final, TypeAlias

from adapters.cli import explain_words as w
from adapters.cli import replay_words
from adapters.cli.naming import NOBODY, Names
from adapters.cli.paper import MARGIN, Paper
from adapters.cli.record_paper import RecordPaper
from adapters.words import Language
from adapters.wrapping import wrapped
from contracts.explain import Cited, ClosedBy, EventExplained, Explanation, SeenOn
from contracts.replay import BasisShown, Says

Ground: TypeAlias = tuple[BasisShown, Cited | None, Says]


class ExplainPaper(Paper):
    def __init__(
        self, explanation: Explanation, language: Language, columns: int, names: Names = NOBODY
    ) -> None:
        super().__init__(language, columns)
        self._explanation: Final = explanation
        self._names: Final = names
        self._record: Final = RecordPaper(language, names)
        # As they come.
        self._grounds: Final[dict[Ground, int]] = {}
        self._reasons: Final[dict[Says, str]] = {}

    def lines(self) -> Iterator[str]:
        yield from wrapped(self._title(), self._columns)
        yield from wrapped(self._says(w.SCOPES[self._explanation.scope]), self._columns)
        yield self._says(w.SIGNS)
        for event in self._explanation.items:
            yield ""
            yield from self._event(event)
        if self._grounds:
            yield from ("", self._says(replay_words.GROUNDS))
            yield from self._beneath_seen()
        if self._reasons:
            yield from ("", self._says(w.CLOSED))
            for says, letter in self._reasons.items():
                yield from self._indented(f"[{letter}] ", self._label(says))

    def _title(self) -> str:
        view = self._explanation.view
        who = self._names.get(view.agency) or str(view.agency)
        when = self._says(replay_words.NOW)
        if view.at is not None:
            when = self._says(replay_words.AT.about(when=self._record.moment(view.at)))
        return self._says(w.OF.about(who=who)) + self._comma + when

    def _event(self, event: EventExplained) -> Iterator[str]:
        named = f"{self._record.moment(event.occurred_at)} {self._label(event.says)}"
        yield from wrapped(named, self._columns)
        recorded = self._recorded(Cited(recorded_at=event.recorded_at, position=event.position))
        yield from self._indented(MARGIN, self._comma.join([str(event.id), recorded]))
        for seen in event.seen:
            ground = self._grounds.setdefault(_ground(seen), len(self._grounds) + 1)
            yield from self._indented(f"{MARGIN}+ [{ground}] ", self._fields(event, seen))
        for closed in event.closed:
            letter = self._reasons.setdefault(closed.says, _letter(len(self._reasons)))
            yield from self._indented(f"{MARGIN}- [{letter}] ", self._fields(event, closed))

    def _fields(self, event: EventExplained, of: SeenOn | ClosedBy) -> str:
        """In English they go by the names that they have in the contracts."""
        if self._language == "en":
            return self._comma.join(of.fields)
        return self._comma.join(self._record.field(event.type, name) for name in of.fields)

    def _beneath_seen(self) -> Iterator[str]:
        said: set[str] = set()
        for (basis, cited, says), number in self._grounds.items():
            yield from self._indented(f"[{number}] ", self._basis(basis, cited))
            if basis.rule not in said:
                said.add(basis.rule)
                yield from self._indented("    ", self._label(says))

    def _basis(self, basis: BasisShown, cited: Cited | None) -> str:
        """A consent needs no other word before its id; what one is a side of does."""
        rests_on = basis.grant or basis.emergency or basis.statutory
        named = [self._says(replay_words.RULES[basis.rule]), *([str(rests_on)] if rests_on else [])]
        for kind, said in replay_words.SIDE_OF.items():
            if (one := getattr(basis, kind)) is not None:
                named.append(self._says(said.about(id=one)))
        parts = [" ".join(named)]
        if cited is not None:
            parts.append(self._recorded(cited))
            if cited.event is not None:
                parts.append(self._says(w.EVENT.about(id=cited.event)))
        return self._comma.join(parts)

    def _recorded(self, cited: Cited) -> str:
        said = self._says(w.RECORDED.about(when=self._record.moment(cited.recorded_at)))
        if cited.position is None:
            return said
        return self._comma.join([said, self._says(w.POSITION.about(position=cited.position))])


def _ground(seen: SeenOn) -> Ground:
    return seen.basis, seen.cited, seen.says


def _letter(nth: int) -> str:
    """After z comes aa."""
    more, at = divmod(nth, len(ascii_lowercase))
    return (_letter(more - 1) if more else "") + ascii_lowercase[at]
