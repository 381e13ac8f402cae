"""A what-if on paper (本人に渡す紙面): for each agency what would change, in plain words."""

from collections.abc import Iterator, Sequence
from typing import Final

from adapters.cli import trail_words
from adapters.cli import what_if_words as w
from adapters.cli.naming import NOBODY, Names
from adapters.cli.paper import MARGIN, Paper
from adapters.cli.record_paper import RecordPaper
from adapters.words import Language, Words
from contracts.trail import ToldOf
from contracts.what_if import AskedBack, Change, IfGranted, WhatIf
from domain.categories import CategoryCode
from domain.codes import CATEGORIES

DOT: Final = "- "


class WhatIfPaper(Paper):
    def __init__(
        self, what_if: WhatIf, language: Language, columns: int, names: Names = NOBODY
    ) -> None:
        super().__init__(language, columns)
        self._what_if: Final = what_if
        self._record: Final = RecordPaper(language, names)

    def lines(self) -> Iterator[str]:
        found = self._what_if
        yield from self._wrapped(w.QUESTIONS[type(found.suppose)])
        if isinstance(found.suppose, IfGranted):
            kinds = self._kinds(sorted(found.suppose.categories))
            yield from self._indented(MARGIN, self._says(w.WHAT.about(what=kinds)))
        yield from ("", *self._wrapped(w.NOT_YET))
        for change in found.changes:
            yield from ("", self._record.who(change.agency))
            yield from self._change(change)
        if found.referrals:
            withdrawn = sum(each.withdrawn for each in found.referrals)
            counted = w.REFERRALS.about(count=len(found.referrals), withdrawn=withdrawn)
            yield from ("", *self._wrapped(counted))
        if found.meetings:
            yield from ("", *self._wrapped(w.MEETINGS.about(count=len(found.meetings))))
        yield from ("", *self._wrapped(w.AS_FAR))
        yield from self._wrapped(trail_words.KEEP_SAFE)

    def _change(self, change: Change) -> Iterator[str]:
        asked = [each for each in self._what_if.asked_back if each.agency.id == change.agency.id]
        if change.gains:
            yield from self._fields(w.GAINS, change.gains, change.gained)
        elif isinstance(self._what_if.suppose, IfGranted):
            yield from self._indented(MARGIN, self._says(w.LATER))
        if change.loses:
            yield from self._fields(w.LOSES, change.loses, change.lost)
        for each in asked:
            yield from self._asked(each)
        if not (change.gains or change.loses or asked) and not isinstance(
            self._what_if.suppose, IfGranted
        ):
            yield from self._indented(MARGIN, self._says(w.NOTHING_CHANGES))

    def _fields(
        self, said: Words, kinds: Sequence[CategoryCode], told: Sequence[ToldOf]
    ) -> Iterator[str]:
        yield from self._indented(MARGIN, self._says(said.about(what=self._kinds(kinds))))
        between = "：" if self._language == "ja" else ": "
        for each in told:
            fields = self._listed([self._record.field(each.type, name) for name in each.fields])
            named = self._record.event(each.type)
            yield from self._indented(MARGIN * 2 + DOT, f"{named}{between}{fields}")

    def _asked(self, asked: AskedBack) -> Iterator[str]:
        due = self._record.day(asked.due)
        said = w.ASKED_BACK.about(what=self._kinds(asked.categories), due=due)
        yield from self._indented(MARGIN, self._says(said))

    def _kinds(self, kinds: Sequence[CategoryCode]) -> str:
        labels = (CATEGORIES[each] for each in kinds)
        return self._listed([e.ja if self._language == "ja" else e.en for e in labels])
