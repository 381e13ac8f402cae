"""The other half of the auditor's rule: what was taken back was brought to its end with everybody.

Each withdrawal, narrowing, end by a date, exclusion, end of participation, suspension, succession,
deactivation and restriction has its ``WithdrawalSettled``, and whoever has received what it may
then see no more, on any basis, is asked to purge it: also who took over from whom she shut out.

Only what was told by her consent is looked at here. Laxer, too: what a refusal, a conflict or an
erasure takes away owes nothing; what she agrees to anew is not owed any more; a purge still open
may have been asked for earlier; and one command is settled once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias

from tests.gate.checker import BASES, JAPAN, Finding, Line, Wrong, line_of, lines_of, rests
from tests.gate.log import Header, Log, Row, read
from tests.gate.published import BESIDE, DISCLOSED

# So much later it is settled: the window, and the time to get it recorded.
WITHIN: Final = timedelta(seconds=10)
ALWAYS: Final = {
    "consent.withdrawn.v1",
    "consent.withdrawn.v2",
    "consent.narrowed.v1",
    "consent.expired.v1",
    "consent.exclusion_set.v1",
    "case.data_restricted.v1",
}
# Where with it somebody loses something, or the last reason to take part.
OTHERS: Final = {
    "consent.superseded.v1",
    "case.participation_ended.v1",
    "case.role_ended.v1",
    "case.service_status_changed.v1",
    "case.responsibility_moved.v1",
}
OF_AN_AGENCY: Final = {"agency.suspended.v1", "agency.succeeded.v1", "agency.deactivated.v1"}
UNNAMED: Final = [
    (each, "") for each in BASES if each not in {"CONSENT", "EMERGENCY", "STATUTORY", "NOTICE"}
]
Key: TypeAlias = tuple[str, str, str]  # To whom, of which event, which field.
Held: TypeAlias = dict[Key, Line]


@dataclass
class Owed:
    """For one cause in one case."""

    cause: Row
    case: str
    had_received: set[str]
    lost: Held
    settled_with: set[str] | None = None

    @property
    def is_open(self) -> bool:
        return self.settled_with is None or bool(self.had_received - self.settled_with or self.lost)


def unsettled(headers: Iterable[Header], within: timedelta = WITHIN) -> list[Finding]:
    owing = Owing()
    for each in headers:
        owing.then(each)
    return owing.left(within)


class Owing:
    """What is owed at a place of the log; what nothing can be found of any more is forgotten."""

    def __init__(self) -> None:
        self._log: Final = Log(by_word=True)
        self._at = datetime.min.replace(tzinfo=UTC)
        self._held: Final = defaultdict[str, Held](dict)
        self._owed: Final = defaultdict[str, list[Owed]](list)
        self._asked: Final[dict[str, Row]] = {}

    def then(self, header: Header) -> None:
        log, row = self._log, read(header)
        self._at = row.at
        before = {
            case: _seen(log, held, _just_before(log, case, row))
            for case, held in self._touched(row)
        }
        log.then(row)
        for case, seen in before.items():
            for each in self._owed[case]:
                each.lost = {key: line for key, line in each.lost.items() if key not in seen}
            left = _seen(log, seen, row.at)
            lost = {key: line for key, line in seen.items() if key not in left}
            if lost or _is_taken(log, case, row):
                had_received = {recipient for recipient, _, _ in lost}
                asked = (each for each in self._asked.values() if each.case == case)
                left_to_ask = _not_asked(log, lost, asked)
                self._owed[case].append(Owed(row, case, had_received, left_to_ask))
        self._answers(row)
        for case in {row.case or "", *before} & self._owed.keys():
            self._owed[case] = [each for each in self._owed[case] if each.is_open]

    def left(self, within: timedelta) -> list[Finding]:
        all_of_it = [each for owed in self._owed.values() for each in owed]
        return [
            finding
            for each in sorted(all_of_it, key=lambda each: each.cause.position)
            if each.cause.at + within <= self._at
            for finding in _still(self._log, each, self._at)
        ]

    def _answers(self, row: Row) -> None:
        """What is held from here on, and what is done of what is owed."""
        log, case, owed = self._log, row.case or "", self._owed[row.case or ""]
        if row.type == DISCLOSED:
            self._held[row.facts["case_id"]] |= _received(log, row)
        elif row.type == "trail.purge_requested.v1":
            self._asked[row.facts["purge_id"]] = row
            self._held[case] = _not_asked(log, self._held[case], [row])
            for each in owed:
                each.lost = _not_asked(log, each.lost, [row])
        elif row.type in {"trail.purge_acknowledged.v1", "trail.purge_declined.v1"}:
            self._asked.pop(row.facts["purge_id"], None)
        elif row.type == "trail.withdrawal_settled.v1":
            for each in (each for each in owed if _settles(log, row, each)):
                with_them = (log.names(agency) for agency in row.facts["recipients"])
                each.settled_with = (each.settled_with or set()).union(*with_them)

    def _touched(self, row: Row) -> Iterator[tuple[str, Held]]:
        """The cases from which it may take something; and of what is held there, what it may be.

        What befalls an agency changes nothing for others; but whether they see again what they had
        lost is looked at here as well.
        """
        if row.type not in OF_AN_AGENCY:
            if row.case and row.type in ALWAYS | OTHERS:
                yield row.case, self._held[row.case]
            return
        agency = self._log.named[row.stream]
        names = self._log.names(agency) | self._log.names(row.facts.get("new") or agency)
        for case, held in self._held.items():
            if any(to in names for to, _, _ in held):
                missed = {key for each in self._owed[case] for key in each.lost}
                yield case, {k: held[k] for k in held if k[0] in names or k in missed}


def _still(log: Log, owed: Owed, at: datetime) -> Iterator[Finding]:
    cause, again = owed.cause, _seen(log, owed.lost, at)
    if owed.settled_with is None:
        about = f"{cause.type} in {owed.case}"
        yield Finding(cause.position, None, "NOT_SETTLED", None, about)
    elif without := owed.had_received - owed.settled_with:
        about = f"{cause.type}: {', '.join(sorted(without))}"
        yield Finding(cause.position, None, "SETTLED_WITHOUT", None, about)
    lost = [line for key, line in owed.lost.items() if key not in again]
    for each in sorted({line.recipient for line in lost}):
        what = ", ".join(sorted({line.category for line in lost if line.recipient == each}))
        yield Finding(cause.position, None, "NOT_PURGED", None, f"{cause.type}: {what} of {each}")


def _is_taken(log: Log, case: str, row: Row) -> bool:
    """Whether it is to be settled, though nobody had received anything."""
    known = log.cases[case]
    if row.type in {"consent.exclusion_set.v1", "case.data_restricted.v1"}:
        return row.position in {*known.out.values(), *known.restricted.values()}
    if row.type in ALWAYS:
        consent = known.consents.get(row.facts["grant_id"])
        return consent is not None and consent.said["kind"] == "INFORMATION"
    return row.position in known.left.values()


def _just_before(log: Log, case: str, row: Row) -> datetime:
    """What ends by the clock has ended before that is recorded."""
    consent = log.cases[case].consents.get(row.facts.get("grant_id", ""))
    until = consent.said.get("valid_until") if consent else None
    if row.type != "consent.expired.v1" or until is None:
        return row.at
    return min(row.at, datetime.combine(date.fromisoformat(until), time.max, JAPAN))


def _seen(log: Log, held: Held, at: datetime) -> Held:
    """On any basis: by it, or by whoever has taken over from it."""
    heirs = {to: _heirs(log, to) for to in {to for to, _, _ in held}}
    return {
        key: line
        for key, line in held.items()
        if any(_rests(log, line._replace(at=at, recipient=each)) for each in heirs[key[0]])
    }


def _heirs(log: Log, agency: str) -> list[str]:
    return [new for new, each in log.agencies.items() if agency in each.before] or [agency]


def _rests(log: Log, line: Line) -> bool:
    """Asked first of what was said last; what has ended opens nothing."""
    case = log.cases[line.case]
    named = {"CONSENT": case.consents, "EMERGENCY": case.emergencies, "STATUTORY": case.statutory}
    bases = [
        (basis, each)
        for basis, all_of_it in named.items()
        for each in reversed(all_of_it)
        if all_of_it[each].ended is None
    ]
    for basis, basis_id in [*bases, *UNNAMED]:
        try:
            rests(log, line._replace(basis=basis, basis_id=basis_id))
        except Wrong:
            continue
        return True
    return False


def _received(log: Log, row: Row) -> Held:
    said = (each for each in lines_of(row) if each[3] == "CONSENT" and each[2] not in BESIDE)
    lines = (line_of(log, row, each) for each in said if each[0] in log.rows)
    return {(line.recipient, line.told.id, line.name): line for line in lines}


def _not_asked(log: Log, lost: Held, purges: Iterable[Row]) -> Held:
    for purge in purges:
        names, covers = log.names(purge.facts["recipient"]), purge.facts["covers"]
        lost = {
            key: line
            for key, line in lost.items()
            if not (line.case == purge.case and line.recipient in names and line.category in covers)
        }
    return lost


def _settles(log: Log, row: Row, owed: Owed) -> bool:
    if row.case != owed.case:
        return False
    named = log.rows.get(row.facts.get("settles") or "")
    if named is not None:
        return named.command == owed.cause.command
    grant = row.facts.get("grant_id")
    return grant is not None and grant == owed.cause.facts.get("grant_id")
