"""Her trail on paper (本人に渡す紙面): with whom what was shared and why, and what followed.

However often somebody read the same, she is told once, with the first and the last day. A program
reads each time with ``--json``.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from adapters.cli import trail_words as w
from adapters.cli.naming import NOBODY, Names
from adapters.cli.paper import MARGIN, Paper
from adapters.cli.record_paper import RecordPaper
from adapters.words import Language
from contracts.envelope import AgencyShown
from contracts.trail import PurgeAsked, Shared, SharedOn, TakenAway, Trail, Why
from domain.categories import CategoryCode
from domain.codes import CATEGORIES, PURPOSES
from domain.consent_codes import PROVISION_LABELS, PURGE_CAUSES, PURGE_GROUNDS

DOT: Final = "- "


class Told(NamedTuple):
    """What one agency was told on one basis: when first and last, which fields of which records."""

    first: datetime
    last: datetime
    fields: Mapping[str, Mapping[str, None]]
    categories: Mapping[CategoryCode, None]

    def and_then(self, at: datetime, on: SharedOn) -> "Told":
        fields = {type_: {**names} for type_, names in self.fields.items()}
        for told in on.told:
            fields.setdefault(told.type, {}).update(dict.fromkeys(told.fields))
        more = dict[CategoryCode, None].fromkeys(on.categories)
        categories: Mapping[CategoryCode, None] = {**self.categories, **more}
        return Told(min(self.first, at), max(self.last, at), fields, categories)


class TrailPaper(Paper):
    def __init__(
        self, trail: Trail, language: Language, columns: int, names: Names = NOBODY
    ) -> None:
        super().__init__(language, columns)
        self._trail: Final = trail
        self._record: Final = RecordPaper(language, names)

    def lines(self) -> Iterator[str]:
        yield from self._wrapped(w.TITLE)
        yield from self._wrapped(w.SCOPES[self._trail.scope])
        yield from self._wrapped(w.NO_CONTENTS)
        yield from self._wrapped(w.KEEP_SAFE)
        yield ""
        yield from self._wrapped(w.SHARED)
        yield from self._shared()
        yield ""
        yield from self._wrapped(w.AFTERWARDS)
        yield from self._afterwards()
        yield ""
        yield from self._wrapped(w.ASK)

    # What was shared

    def _shared(self) -> Iterator[str]:
        told: dict[AgencyShown, dict[Why, Told]] = {}
        for item in self._trail.items:
            if isinstance(item, Shared):
                for on in item.shared:
                    by = told.setdefault(item.to, {})
                    before = by.get(on.why) or Told(item.at, item.at, {}, {})
                    by[on.why] = before.and_then(item.at, on)
        if not told:
            yield from self._indented(MARGIN, self._says(w.NOTHING_SHARED))
        for whom, by in told.items():
            yield ""
            yield from self._wrapped(w.TO.about(who=self._record.who(whom)))
            for why, each in by.items():
                yield from self._why(why, each)

    def _why(self, why: Why, told: Told) -> Iterator[str]:
        yield from self._indented(MARGIN, self._says(w.WHY.about(why=self._ground(why))))
        yield from self._indented(MARGIN, self._when(told))
        categories = self._listed([self._label(CATEGORIES[each]) for each in told.categories])
        yield from self._indented(MARGIN, self._says(w.WHAT.about(what=categories)))
        for type_, names in told.fields.items():
            fields = self._listed([self._record.field(type_, name) for name in names])
            between = "：" if self._language == "ja" else ": "
            named = self._record.event(type_)
            yield from self._indented(MARGIN * 2 + DOT, f"{named}{between}{fields}")

    def _when(self, told: Told) -> str:
        first, last = self._record.moment(told.first), self._record.moment(told.last)
        if first == last:
            return first
        return self._says(w.BETWEEN.about(first=first, last=last))

    def _ground(self, why: Why) -> str:
        basis = self._says(w.BASES[why.basis])
        if why.purpose is not None:
            purpose = self._label(PURPOSES[why.purpose])
            return self._says(w.FOR.about(basis=basis, purpose=purpose))
        if why.provision is not None:
            provision = self._label(PROVISION_LABELS[why.provision])
            return self._says(w.UNDER.about(basis=basis, provision=provision))
        return basis

    # What followed

    def _afterwards(self) -> Iterator[str]:
        is_any = False
        for item in self._trail.items:
            if isinstance(item, TakenAway):
                yield from ("", *self._taken_away(item))
            elif isinstance(item, PurgeAsked):
                yield from ("", *self._purge(item))
            is_any = is_any or not isinstance(item, Shared)
        if not is_any:
            yield from self._indented(MARGIN, self._says(w.NOTHING_STOPPED))

    def _taken_away(self, item: TakenAway) -> Iterator[str]:
        cause = self._label(PURGE_CAUSES[item.cause])
        yield from self._indented("", f"{self._record.moment(item.at)} {cause}")
        if item.settled_at is None:
            yield from self._indented(MARGIN, self._says(w.NOT_SETTLED))
            return
        settled = w.SETTLED.about(when=self._record.moment(item.settled_at))
        yield from self._indented(MARGIN, self._says(settled))
        of = item.answers
        counted = w.ANSWERS.about(
            asked=of.asked,
            acknowledged=of.acknowledged,
            declined=of.declined,
            overdue=of.overdue,
            waiting=of.waiting,
        )
        yield from self._indented(MARGIN, self._says(counted if of.asked else w.NOBODY))

    def _purge(self, item: PurgeAsked) -> Iterator[str]:
        is_named = item.of != AgencyShown()
        who = self._record.who(item.of) if is_named else self._says(w.SOMEBODY)
        when = self._record.moment(item.at)
        yield from self._indented("", f"{when} {self._says(w.PURGE.about(who=who))}")
        if item.cause is not None:
            cause = self._label(PURGE_CAUSES[item.cause])
            yield from self._indented(MARGIN, self._says(w.WHY.about(why=cause)))
        if item.categories:
            what = self._listed([self._label(CATEGORIES[each]) for each in item.categories])
            yield from self._indented(MARGIN, self._says(w.WHAT.about(what=what)))
        state = w.STATES[item.state].about(
            due=self._record.day(item.due),
            when=self._record.moment(item.answered_at) if item.answered_at else "",
            ground=self._label(PURGE_GROUNDS[item.ground]) if item.ground else "",
        )
        yield from self._indented(MARGIN, self._says(state))
