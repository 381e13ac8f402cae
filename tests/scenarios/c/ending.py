"""C13 to C16: agreed after all, ended, and forgotten."""

from datetime import date
from typing import Final

from domain.case import (
    CloseCase,
    SubjectDetailsCorrected,
)
from domain.erasure import DecideErasure, NotYetErasable, RequestErasure
from domain.meeting.commands import (
    AllocateRole,
    RecordDecision,
    ReviewCase,
    TableCase,
)
from domain.model import ErasureRequestId, NetworkId
from domain.trail.notices import AboutId, NotifySubject
from domain.trail.purges import DeclinePurge
from tests.scenarios.c.conference import AT_THE_TABLE
from tests.scenarios.cast import Name
from tests.scenarios.play import Play


def it_is_agreed(play: Play, midorino: NetworkId) -> None:
    """C13."""
    rounds: tuple[tuple[str, str, date], ...] = (
        ("2026-09-15 10:00", "2026-09-16 15:00", date(2026, 9, 16)),
        ("2026-12-15 10:00", "2026-12-16 15:00", date(2026, 12, 16)),
        ("2027-03-16 10:00", "2027-03-17 15:00", date(2027, 3, 17)),
    )
    for called, held, on in rounds:
        name = f"the practitioners of {on}"
        play.at(called)
        play.practitioners(name, "M1", AT_THE_TABLE, on, midorino)
        play.at(held)
        play.holds(name, "M1", AT_THE_TABLE, about_her=False)
        meeting = play.meetings[name]
        play(
            "M1",
            ReviewCase(
                meeting_id=meeting,
                responsible_agency=play.of("M1"),
                situation="訪問看護が続いている。",
            ),
        )
        if on == date(2026, 9, 16):
            play("M1", TableCase(meeting_id=meeting, categories=frozenset({"PLN", "SVC"})))
            play(
                "M1",
                RecordDecision(
                    meeting_id=meeting,
                    kind="ROLE_ALLOCATION",
                    settles=True,
                    text="障害福祉課が主たる支援機関となることに合意した。",
                    agreed=play.all("M1", *AT_THE_TABLE),
                ),
            )
            play(
                "M1",
                AllocateRole(meeting_id=meeting, function="MAIN_SUPPORT", agency_id=play.of("M3")),
            )
        play.closes(name, "M1", AT_THE_TABLE, "全件の状況を確認した。", about_her=False)


def support_ends(play: Play) -> None:
    """C14."""
    play.at("2027-03-31 10:00")
    play(
        "M1",
        CloseCase(
            reason="GOALS_MET", subject_wish="もう一人でやっていける。アフターケアはいらない。"
        ),
    )
    play.at("2027-04-05 10:00")
    for name in TOLD:
        play.acknowledges(name, play.grants["K-C2"])


def she_is_forgotten(play: Play) -> None:
    """C15 and C16."""
    play.at("2030-05-20 10:00")
    her = play.last(SubjectDetailsCorrected).said
    assert isinstance(her, SubjectDetailsCorrected)
    asked = play(
        "PD",
        RequestErasure(
            scope=frozenset({her.subject_id}), requester="SUBJECT", identity_check="ID_DOCUMENT"
        ),
    )
    request = ErasureRequestId(asked.made)
    play.at("2030-06-10 10:00")
    play("PD", DecideErasure(request_id=request, decision="RESTRICT", grounds="RETENTION_RUNNING"))
    erase = DecideErasure(request_id=request, decision="ERASE", grounds="RETENTION_OVER")
    play.refused("PD", erase, NotYetErasable)
    play.at("2032-04-08 10:00")
    play("PD", erase)
    for name in TOLD:
        play.acknowledges(name, play.grants["K-C2"])
    play.at("2032-04-20 10:00")
    play.acknowledges("H1", play.emergencies["H1"])
    of_p1 = play.asked_of("P1", play.emergencies["P1"]).purge_id
    play("P1", DeclinePurge(purge_id=of_p1, ground="INVESTIGATION_RECORDS"))
    play("PD", NotifySubject(about="ERASURE", about_id=AboutId(request)))


# Under what she let them know, and when that ended.
TOLD: Final[tuple[Name, ...]] = ("M3", "C1", "N2")
