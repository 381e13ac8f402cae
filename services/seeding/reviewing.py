"""Reviewing (実務者会議): each quarter the practitioners of a city go through every case."""

from datetime import timedelta
from typing import Final

from domain.calendar import date_in_japan
from domain.catalogue import AnyCommand
from domain.meeting.commands import (
    AddInvitee,
    Attendee,
    CloseMeeting,
    ConfirmMinutes,
    ConveneMeeting,
    DeferReview,
    DraftMinutes,
    HoldMeeting,
    PlanMeeting,
    ReviewCase,
    ShareMinutes,
    TableCase,
)
from domain.model import CaseId, MeetingId
from services.seeding import made_up
from services.seeding.acting import Acting, Did
from services.seeding.chance import Chance
from services.seeding.conferring import NO_FILE
from services.seeding.her import Her, Network, Story
from services.seeding.land import City, Region

AN_HOUR: Final = 40  # So many are gone through.


class Rounds:
    def __init__(
        self, acting: Acting, chance: Chance, region: Region, city: City, network: Network
    ) -> None:
        self._acting: Final = acting
        self._chance: Final = chance
        self._city: Final = city
        self._network: Final = network
        self._come: Final = (region.centre, city.npo, city.welfare)
        self._calls: Final = city.division.staff[0]

    def quarters(self) -> Story:
        yield 40 + self._chance.days(20)
        while True:
            yield from self._round()
            yield 62 + self._chance.days(3)

    def _round(self) -> Story:
        """Every active case, be it that she agreed to have it on the table or not."""
        did = self._says(
            PlanMeeting(
                kind="PRACTITIONERS",
                network_id=self._city.network,
                on=date_in_japan(self._acting.at) + timedelta(days=14),
            )
        )
        if did is None or did.made is None:
            return
        meeting = MeetingId(did.made)
        for each in self._come:
            self._says(AddInvitee(meeting_id=meeting, agency_id=each.id))
        self._says(ConveneMeeting(meeting_id=meeting))
        yield 7.0
        yield from self._tabled(meeting)
        yield 5.0
        came = (self._calls, *(each.staff[0] for each in self._come))
        hour = timedelta(hours=1)
        self._says(
            HoldMeeting(
                meeting_id=meeting,
                attendees=tuple(Attendee(agency_id=who.agency, staff_id=who.staff) for who in came),
                started_at=self._acting.at - 3 * hour,
                ended_at=self._acting.at - hour,
            )
        )
        yield from self._reviewed(meeting)
        yield self._chance.days(2)
        self._says(DraftMinutes(meeting_id=meeting, text="協議の記録", hash=NO_FILE))
        self._says(ConfirmMinutes(meeting_id=meeting))
        others = frozenset(who.agency for who in came) - {self._calls.agency}
        self._says(ShareMinutes(meeting_id=meeting, recipients=others))
        self._says(CloseMeeting(meeting_id=meeting))

    def _tabled(self, meeting: MeetingId) -> Story:
        """Those who said that here they may be spoken of."""
        about = TableCase(meeting_id=meeting, categories=frozenset({"SVC"}))
        agreed = [case for case, her in self._network.active.items() if her.conference]
        for nth, case in enumerate(agreed, start=1):
            if case in self._network.active:
                self._says(about, case)
            if nth % AN_HOUR == 0:
                yield 0.0

    def _reviewed(self, meeting: MeetingId) -> Story:
        for nth, (case, her) in enumerate(list(self._network.active.items()), start=1):
            if case in self._network.active:
                self._review(meeting, case, her)
            if nth % AN_HOUR == 0:
                yield 0.0

    def _review(self, meeting: MeetingId, case: CaseId, her: Her) -> None:
        if not her.put_off and self._chance.likely(0.06):
            defer = DeferReview(meeting_id=meeting, reason="担当者が欠席のため。")
            her.put_off = self._says(defer, case) is not None
            return
        review = ReviewCase(
            meeting_id=meeting,
            responsible_agency=her.agency.id,
            situation=self._chance.one(made_up.SITUATIONS),
            policy_change="住まい探しを先にする。" if self._chance.likely(0.1) else None,
        )
        if self._says(review, case):
            her.put_off = False

    def _says(self, command: AnyCommand, case: CaseId | None = None) -> Did | None:
        return self._acting.does(self._calls, command, case)
