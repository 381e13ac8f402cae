"""What left (送出): whether what came out of a process stands in the log, and came in time.

``check`` reads off the log whether something might be disclosed. Here it is held against the bytes:
whatever came out must have been recorded before, and nothing of it may come out later than the
window after the commit of what took it away.

The log does not say when a row was committed, but that it was before the next append was: rows are
stamped under one lock, which is held until the commit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from tests.gate.checker import Line, Wrong, line_of, lines_of, rests
from tests.gate.log import Header, Log, Row, read
from tests.gate.published import DISCLOSED

WINDOW: Final = timedelta(seconds=1)
GOES_ON_WITHIN: Final = timedelta(seconds=0.1)  # Whoever was stopped, once it is let go.


class Left(NamedTuple):
    """Something of a case that a process handed over: which field of it, to whom, and when."""

    at: datetime
    process: int
    to: str
    case: str
    field: str
    size: int  # Of all that was handed over with it.


class Stop(NamedTuple):
    """From when until when a process was stopped by the machine."""

    process: int
    begun: datetime
    ended: datetime


@dataclass
class Verdict:
    """``under_way``: what came out after it was taken away, while its window was open.

    ``paused_inside_check``: too late, by a process that was stopped until then.
    """

    left: int = 0
    under_way: int = 0
    late_bytes: int = 0
    paused_inside_check: int = 0
    not_recorded: list[Left] = field(default_factory=list)
    late: list[str] = field(default_factory=list)


@dataclass
class Out:
    """One line of a ``Disclosed``, and the last that came out because of it."""

    last: Left
    line: Line | None = None


def left_in_time(
    headers: Iterable[Header], left: Sequence[Left], stops: Sequence[Stop] = ()
) -> Verdict:
    rows = [read(each) for each in headers]
    verdict = Verdict(left=len(left))
    out = _disclosed(rows, left, verdict)
    log, waiting = Log(), defaultdict[str, list[Out]](list)
    for row, committed in zip(rows, _commits(rows), strict=True):
        taken_from = waiting.keys() if row.type.startswith("agency.") else [row.case or ""]
        log.then(row)
        for case in [each for each in taken_from if each in waiting]:
            waiting[case] = list(_still(log, waiting[case], committed, stops, verdict))
        for number, each in out.get(row.position, {}).items():
            each.line = line_of(log, row, list(lines_of(row))[number])
            waiting[each.last.case].append(each)
    return verdict


def _still(
    log: Log, waiting: Iterable[Out], committed: datetime, stops: Sequence[Stop], verdict: Verdict
) -> Iterator[Out]:
    """Those that this row takes nothing from; nor is it asked what came out before it."""
    for each in waiting:
        if each.last.at <= committed:
            continue
        assert each.line
        try:
            rests(log, each.line)
        except Wrong as wrong:
            _came_later(each.last, committed + WINDOW, wrong.clause, stops, verdict)
        else:
            yield each


def _came_later(
    left: Left, until: datetime, clause: str, stops: Sequence[Stop], verdict: Verdict
) -> None:
    if left.at <= until:
        verdict.under_way += 1
    elif any(_was_stopped(left, until, stop) for stop in stops):
        verdict.paused_inside_check += 1
    else:
        verdict.late_bytes += left.size
        verdict.late.append(f"{left.at - until} too late ({clause}): {left}")


def _was_stopped(left: Left, until: datetime, stop: Stop) -> bool:
    goes_on = timedelta(0) <= left.at - stop.ended <= GOES_ON_WITHIN
    return left.process == stop.process and stop.begun <= until and goes_on


def _commits(rows: Sequence[Row]) -> list[datetime]:
    """For each row, until when it was committed."""
    commits: list[datetime] = []
    at = later = rows[-1].at
    for row in reversed(rows):
        if row.at != at:
            at, later = row.at, at
        commits.append(later)
    return commits[::-1]


def _disclosed(
    rows: Sequence[Row], left: Sequence[Left], verdict: Verdict
) -> Mapping[int, Mapping[int, Out]]:
    """Of each ``Disclosed`` the lines that came out, each on the last that was recorded before."""
    told = sorted((row for row in rows if row.type == DISCLOSED), key=lambda row: row.at)
    last: dict[tuple[str, str, str], tuple[int, int]] = {}
    out = defaultdict[int, dict[int, Out]](dict)
    coming = iter(told)
    row = next(coming, None)
    for each in sorted(left):
        while row is not None and row.at <= each.at:
            for number, (_, path, *_) in enumerate(lines_of(row)):
                last[row.facts["recipient"], row.facts["case_id"], path] = row.position, number
            row = next(coming, None)
        found = last.get((each.to, each.case, each.field))
        if found is None:
            verdict.not_recorded.append(each)
            continue
        position, number = found
        before = out[position].get(number)
        out[position][number] = Out(max(before.last, each) if before else each)
    return out
