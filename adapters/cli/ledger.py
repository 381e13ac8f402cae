"""Form 1 (様式1 ケース進行管理台帳) as a plain document: a network's ledger of a fiscal year."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from adapters.cli import ledger_words as w
from adapters.cli.columns import code, in_short
from adapters.cli.fetching import fetched
from adapters.cli.headings import NOT_NAMED, WITHHELD
from adapters.cli.naming import NOBODY, Names
from adapters.settings import Settings
from adapters.words import Language, Words
from contracts.envelope import AgencyShown
from contracts.ledger import CompanionLine, Ledger, LedgerRow, RemarkShown, RoundShown
from domain.calendar import APRIL, wareki
from domain.model import Withheld
from domain.policy.naming import PROTECTIVE

PAGE: Final = 1000
ON_A_SHEET: Final = 4  # So many rounds the form has; what follows is continued on another.


def ledger_of(
    settings: Settings, token: Path | None, network: UUID, year: int | None, as_of: date | None
) -> Ledger:
    """All pages of it, as one."""
    asked = {"fiscal_year": year, "as_of": as_of}
    query = {name: str(said) for name, said in asked.items() if said is not None}
    after = {"check": "true"}  # Once, with the first page.
    rows: list[LedgerRow] = []
    first: Ledger | None = None
    while True:
        path = f"/v1/networks/{network}/ledger?{urlencode({**query, 'most': str(PAGE), **after})}"
        page = msgspec.json.decode(fetched(settings, token, path), type=Ledger)
        first = first or page
        rows += page.items
        if page.next is None:
            return msgspec.structs.replace(first, items=tuple(rows), next=None)
        # What it is today is said once: a ledger is not to turn a year while it is read.
        query = {"fiscal_year": str(first.fiscal_year), "as_of": first.as_of.isoformat()}
        after = {"after": page.next}


class LedgerPaper:
    def __init__(self, ledger: Ledger, language: Language, names: Names = NOBODY) -> None:
        self._ledger: Final = ledger
        self._names: Final = names
        self._language: Final[Language] = language

    def lines(self) -> Iterator[str]:
        ledger, year = self._ledger, date(self._ledger.fiscal_year, APRIL, 1)
        said = str(year.year) if self._language == "en" else f"{wareki(year).split('年')[0]}年度"
        yield f"# {self._says(w.TITLE.about(year=said))}"
        yield ""
        yield self._says(w.AUTHORITY if ledger.copy == "AUTHORITY" else w.ATTENDEE)
        yield self._says(w.ISSUED.about(on=self._day(ledger.as_of)))
        # By its number; what has none of this year yet stands after those.
        rows = sorted(ledger.items, key=_by_number)
        for row in rows:
            yield from ("", "---", "", *self._row(row))
        if not rows:
            yield from ("", self._says(w.NOTHING))
        if ledger.check is not None:
            complete, missing = ledger.check.complete, ledger.check.missing
            yield from ("", self._says(w.COMPLETE if complete else w.MISSING.about(count=missing)))
            if ledger.check.unnumbered:
                yield self._says(w.UNNUMBERED.about(count=ledger.check.unnumbered))

    def _row(self, row: LedgerRow) -> Iterator[str]:
        if self._ledger.copy == "AUTHORITY":
            number = row.number or self._says(w.NO_NUMBER)
            yield self._says(w.NUMBER.about(text=number))
        yield from self._about_her(row)
        if row.accepted_on is not None:
            yield self._says(w.ACCEPTED.about(on=self._day(row.accepted_on)))
        if row.responsible is not None:
            yield self._says(w.RESPONSIBLE.about(text=self._agency(row.responsible)))
        if row.reviewed is None:
            yield self._says(w.REVIEW_NOT_SHOWN)
        else:
            reviewed = self._says(w.REVIEWED if row.reviewed else w.NOT_REVIEWED)
            yield self._says(w.ROUNDS.about(text=reviewed))
        if not row.masked:
            for each in row.rounds:
                yield from self._round(each)
        remarks = [*map(self._remark, row.remarks), *([self._says(w.PARTLY)] if row.partly else [])]
        if remarks:
            yield self._says(w.REMARKS.about(text=self._and(remarks)))

    def _about_her(self, row: LedgerRow) -> Iterator[str]:
        """In a case of its own, what is not there was not said to whoever reads."""
        no_name = w.NOT_KNOWN if row.own else w.NOT_AGREED
        nothing = w.NOT_KNOWN if row.own else w.NOT_SHOWN
        yield self._says(w.NAME.about(text=self._said(row.name, no_name)))
        if isinstance(row.birth_date, date):
            yield self._says(w.BORN.about(on=self._day(row.birth_date), age=row.age))
        if not row.masked:
            yield self._says(w.ADDRESS.about(text=self._said(row.address, nothing)))
        if row.companions:
            together = self._and(self._who(each, nothing) for each in row.companions)
            yield self._says(w.COMPANIONS.about(text=together))

    def _round(self, said: RoundShown) -> Iterator[str]:
        if said.no % ON_A_SHEET == 1 and said.no > ON_A_SHEET:
            yield f"  {self._says(w.CONTINUED)}"
        yield f"  {self._says(w.ROUND.about(no=said.no))}"
        yield f"    {self._says(w.MEETING_DAY.about(on=self._day(said.on)))}"
        if said.responsible is not None:
            yield f"    {self._says(w.RESPONSIBLE.about(text=self._agency(said.responsible)))}"
        if said.situation is not None:
            words = self._said(said.situation, w.NOT_SHOWN)
            yield f"    {self._says(w.SITUATION.about(text=words))}"
        elif said.stage is not None:
            yield f"    {self._says(w.SITUATION.about(text=STAGE(said.stage, self._language)))}"
        if said.policy_change is not None:
            words = self._said(said.policy_change, w.NOT_SHOWN)
            yield f"    {self._says(w.POLICY.about(text=words))}"

    def _who(self, companion: CompanionLine, instead: Words) -> str:
        name = self._said(companion.name, instead)
        if companion.age is None:
            return name
        return self._says(w.OF_AGE.about(name=name, age=companion.age))

    def _remark(self, said: RemarkShown) -> str:
        who = self._agency(said.agency) if said.agency else ""
        return self._says(w.REMARK[said.kind].about(on=self._day(said.on), who=who))

    def _agency(self, shown: AgencyShown) -> str:
        if shown.id is not None:
            return self._names.get(shown.id) or in_short(shown.id, self._language)
        if shown.kind in PROTECTIVE:
            return self._says(w.THE_CENTRE)
        return KIND(shown.kind, self._language) if shown.kind else self._says(NOT_NAMED)

    def _said(self, said: str | Withheld | None, instead: Words) -> str:
        match said:
            case None:
                return self._says(instead)
            case Withheld(withheld=why):
                return self._says(WITHHELD[why])
            case _:
                return said

    def _and(self, several: Iterable[str]) -> str:
        return ("、" if self._language == "ja" else ", ").join(several)

    def _day(self, on: date) -> str:
        return wareki(on) if self._language == "ja" else on.isoformat()

    def _says(self, words: Words) -> str:
        return words.spoken(self._language)


def _by_number(row: LedgerRow) -> tuple[bool, int, str]:
    number = row.number or ""
    return not number, len(number), number


STAGE: Final = code("Stage")
KIND: Final = code("AgencyKind")
