"""Meetings (会議で決めた役割): a role that a meeting gives out by agreement comes into the case.

Who answers for her never changes by this: that is handed over, and taken on. And where they did not
agree and one was designated, whoever answers for her gives it the role.
"""

from collections.abc import Iterator
from typing import Final

from domain.case import AssignRole
from domain.meeting.events import MeetingPlanned, RoleAllocated
from services.deciding.allocated import given_out
from services.reacting import Happened, Known, Process, Wanted


def reacts(happened: Happened, known: Known) -> Iterator[Wanted]:
    event = happened.told.event
    assert isinstance(event, RoleAllocated)
    named = event.case_id, event.function, event.agency_id, event.person_id
    if event.function == "MAIN_RESPONSIBLE" or named not in given_out(known.stream):
        return
    role = AssignRole(
        function=event.function,
        agency_id=event.agency_id,
        person_id=event.person_id,
        decided_by=next(e.meeting_id for e in known.stream if isinstance(e, MeetingPlanned)),
    )
    yield Wanted("role", role, happened.case)


MEETINGS: Final = Process("meetings", frozenset({RoleAllocated}), reacts)
