"""A meeting on paper (会議資料・議事録): its pack or its minutes as a plain document."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from adapters.cli import meeting_words as w
from adapters.cli.columns import code
from adapters.cli.headings import WITHHELD
from adapters.cli.naming import NOBODY, Names
from adapters.cli.record_paper import RecordPaper
from adapters.words import Language, Words
from contracts.envelope import AgencyShown
from contracts.meetings import (
    MINUTES_STATES,
    CaseInMinutes,
    CaseInPack,
    DecisionShown,
    MaterialShown,
    MeetingLine,
    MeetingMinutes,
    MeetingPack,
    ReportShown,
)
from domain.model import Withheld


class MeetingPaper:
    def __init__(self, language: Language, names: Names = NOBODY) -> None:
        self._language: Final[Language] = language
        self._records: Final = RecordPaper(language, names)

    def pack(self, pack: MeetingPack) -> Iterator[str]:
        yield f"# {self._says(w.PACK)}"
        yield ""
        yield from self._head(pack.meeting)
        yield from self._line(w.PLACE, pack.place)
        yield from self._line(w.TRIGGER, self._code("ConferenceTrigger", pack.trigger))
        yield from self._line(w.HELD_WITHIN, pack.held_within)
        agenda = pack.agenda if isinstance(pack.agenda, tuple) else ()
        yield from self._section(
            w.AGENDA, (f"{self._code('AgendaType', each.type)} {each.text}" for each in agenda)
        )
        yield from self._section(
            w.ASKED,
            (f"{self._who(e.agency)} {self._code('MeetingRole', e.role)}" for e in pack.invitees),
        )
        yield from self._materials(pack.materials)
        for case in pack.cases.items:
            yield from self._case_in_pack(case)

    def minutes(self, minutes: MeetingMinutes) -> Iterator[str]:
        state = MINUTES_STATES[minutes.state]
        told = state.ja if self._language == "ja" else state.en
        yield f"# {self._says(w.MINUTES)} ({told})"
        yield ""
        yield from self._head(minutes.meeting)
        if isinstance(minutes.started_at, datetime) and isinstance(minutes.ended_at, datetime):
            begin, end = map(self._records.moment, (minutes.started_at, minutes.ended_at))
            yield f"- {self._says(w.HELD.about(begin=begin, end=end))}"
        yield from self._section(
            w.ATTENDED,
            (f"{self._who(e.agency)} {self._code('StaffRole', e.role)}" for e in minutes.attendees),
        )
        if minutes.text is not None:
            yield from ("", f"## {self._says(w.TEXT)}", "", self._said(minutes.text))
        yield from self._decisions(minutes.decisions)
        for report in minutes.reports:
            yield from self._section(w.REPORT, self._reported(report))
        yield from self._section(
            w.ISSUES,
            (
                f"{self._code('MeetingKind', e.to_kind)} {self._said(e.text)}"
                for e in minutes.issues
            ),
        )
        yield from self._materials(minutes.materials)
        for case in minutes.cases.items:
            yield from self._case_in_minutes(case)
        yield ""
        if minutes.next_not_needed is True:
            yield self._says(w.NO_NEXT)
        elif minutes.next_on is not None:
            yield self._says(w.NEXT.about(text=self._said(minutes.next_on)))

    def _head(self, meeting: MeetingLine) -> Iterator[str]:
        yield from self._line(w.KIND, self._code("MeetingKind", meeting.kind))
        yield from self._line(w.ON, meeting.on)
        yield from self._line(w.CONVENOR, meeting.convenor and self._who(meeting.convenor))
        yield from self._line(w.STATUS, self._code("MeetingStatus", meeting.status))
        yield from self._line(w.MEETING, meeting.meeting)

    def _case_in_pack(self, case: CaseInPack) -> Iterator[str]:
        yield from ("", f"## {self._says(w.CASE.about(case=case.case))}", "")
        yield from self._line(w.NAME, case.view.name)
        if not case.records:
            yield self._says(w.NOTHING_PUT)
            return
        yield from ("", f"### {self._says(w.PUT_BEFORE)}", "")
        for record in case.records:
            yield from self._records.lines(record)

    def _case_in_minutes(self, case: CaseInMinutes) -> Iterator[str]:
        yield from ("", f"## {self._says(w.CASE.about(case=case.case))}")
        if (review := case.review) is not None:
            yield from ("", f"### {self._says(w.REVIEW)}", "")
            if review.round_no is not None:
                on = self._said(review.reviewed_on)
                yield f"- {self._says(w.ROUND.about(no=review.round_no, on=on))}"
            yield from self._line(w.SITUATION, review.situation)
            yield from self._line(w.POLICY, review.policy_change)
            yield from self._line(w.DEFERRED, review.deferred_because)
        yield from self._decisions(case.decisions, "###")
        yield from self._section(
            w.ROLES,
            (
                f"{self._code('AllocatedFunction', e.function)} {self._who(e.agency)}"
                for e in case.roles
            ),
            "###",
        )
        for disagreement in case.disagreements:
            yield from (
                "",
                f"### {self._says(w.DISAGREED.about(text=self._said(disagreement.topic)))}",
            )
            yield from self._line(w.SINCE, disagreement.since)
            for each in disagreement.positions:
                position = w.POSITION.about(who=self._who(each.agency), text=each.position)
                yield f"- {self._says(position)}"
        if (chosen := case.designation) is not None and chosen.agency is not None:
            who = self._who(chosen.agency)
            designated = w.DESIGNATED.about(who=who, text=self._said(chosen.reason))
            yield from ("", f"- {self._says(designated)}")
            by = chosen.designated_by
            yield from self._line(w.DESIGNATED_BY, None if by is None else self._who(by))
            yield from self._line(w.DISSENTING, self._each(chosen.dissenting))
            yield from self._line(w.DISSENT, chosen.dissent)
            yield from self._line(w.HER_WISH, chosen.subject_wish)

    def _decisions(self, decisions: Iterable[DecisionShown], level: str = "##") -> Iterator[str]:
        for nth, each in enumerate(decisions):
            if nth == 0:
                yield from ("", f"{level} {self._says(w.DECISIONS)}", "")
            yield f"{nth + 1}. {self._code('DecisionKind', each.kind)} {self._said(each.text)}"
            yield from self._line(w.AGREED, self._each(each.agreed), "   ")
            yield from self._line(w.DISSENTING, self._each(each.dissenting), "   ")
            yield from self._line(w.DUE, each.due, "   ")
            if each.settles:
                yield f"   - {self._says(w.SETTLES)}"
            yield from self._line(w.ACKNOWLEDGED, self._each(each.acknowledged), "   ")
            if each.progress is not None:
                said = self._said(each.progress_text)
                progress = f"{self._code('ProgressStatus', each.progress)} {said}".strip()
                yield from self._line(w.PROGRESS, progress, "   ")

    def _reported(self, report: ReportShown) -> Iterator[str]:
        """Figures first, then what was said beside them."""
        if isinstance(report.figures, tuple):
            for each in report.figures:
                measure = self._code("ActivityMeasure", each.measure)
                yield self._says(w.FIGURE.about(what=measure, count=each.count))
        else:
            yield self._said(report.figures)
        yield from report.text if isinstance(report.text, tuple) else (self._said(report.text),)

    def _materials(self, materials: Iterable[MaterialShown]) -> Iterator[str]:
        yield from self._section(w.MATERIALS, (self._said(each.name) for each in materials))

    def _section(self, heading: Words, items: Iterable[str], level: str = "##") -> Iterator[str]:
        for nth, item in enumerate(items):
            if nth == 0:
                yield from ("", f"{level} {self._says(heading)}", "")
            yield f"- {item}"

    def _line(self, words: Words, said: object, before: str = "") -> Iterator[str]:
        if said is not None and said != "":
            yield f"{before}- {self._says(words.about(text=self._said(said)))}"

    def _said(self, said: object) -> str:
        match said:
            case None:
                return ""
            case Withheld(withheld=why):
                return WITHHELD[why].spoken(self._language)
            case datetime():
                return self._records.moment(said)
            case date():
                return self._records.day(said)
            case _:
                return str(said)

    def _code(self, name: str, said: object) -> str:
        if said is None or isinstance(said, Withheld):
            return self._said(said)
        return code(name)(said, self._language)

    def _each(self, agencies: Iterable[AgencyShown]) -> str:
        return ("、" if self._language == "ja" else ", ").join(map(self._who, agencies))

    def _who(self, shown: AgencyShown) -> str:
        return self._records.who(shown)

    def _says(self, words: Words) -> str:
        return words.spoken(self._language)
