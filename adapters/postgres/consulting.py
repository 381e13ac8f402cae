"""Candidates (候補) of meetings and grievances: each with its case, or with its stream alone."""

from collections.abc import Sequence
from typing import Final

from adapters.postgres.candidates import page_of
from adapters.postgres.lists import PostgresLists
from domain.model import AgencyId, StreamId
from projections.meetings import MEETING_INVITEES, MEETINGS
from services.grievances import GrievanceCandidate
from services.listing import RowPlace
from services.meetings import CaseOfMeeting, MeetingCandidate

# Whoever is asked finds a meeting where it came to be known to them: where it was convened or,
# asked later, where they were. Of the two lists one may be behind, and then so is this.
_MEETINGS: Final = """
with reached as (
    select case when count(*) = 2 then min(position) else 0 end as position
    from views.checkpoint where name = any(%(names)s)
)
select since, meeting_id, record from (
    (select planned as since, meeting_id, coalesce(case_id, stream) as record
     from views.meetings
     where convenor = %(agency)s and (planned, meeting_id) > (%(since)s, %(id)s)
       and planned <= (select position from reached)
     order by planned, meeting_id limit %(most)s)
    union all
    (select greatest(invited, convened), meeting_id, coalesce(case_id, stream)
     from views.meeting_invitees join views.meetings using (stream)
     where agency = %(agency)s and convenor <> %(agency)s and convened is not null
       and (greatest(invited, convened), meeting_id) > (%(since)s, %(id)s)
       and greatest(invited, convened) <= (select position from reached)
     order by greatest(invited, convened), meeting_id limit %(most)s)
) known_to_it
order by since, meeting_id limit %(most)s
"""
_CASES: Final = """
select since, case_id from views.meeting_cases
where stream = %(stream)s and (since, case_id) > (%(since)s, %(id)s)
order by since, case_id limit %(most)s
"""
_GRIEVANCES: Final = """
select since, grievance_id, coalesce(case_id, stream) from views.grievance_register
where agency = %(agency)s and (since, grievance_id) > (%(since)s, %(id)s)
order by since, grievance_id limit %(most)s
"""
_FOLLOWED: Final = [MEETINGS.name, MEETING_INVITEES.name]


class PostgresConsulting:
    """``services.meetings.MeetingCandidates`` and ``services.grievances.GrievanceCandidates``."""

    def __init__(self, lists: PostgresLists) -> None:
        self._lists: Final = lists

    async def meetings_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[MeetingCandidate]:
        asked = page_of(agency, after, most) | {"names": _FOLLOWED}
        return await self._lists.rows(MeetingCandidate, _MEETINGS, asked)

    async def cases_of_meeting(
        self, meeting: StreamId, after: RowPlace | None, most: int
    ) -> Sequence[CaseOfMeeting]:
        asked = page_of(AgencyId(meeting), after, most) | {"stream": meeting}
        return await self._lists.rows(CaseOfMeeting, _CASES, asked)

    async def grievances_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[GrievanceCandidate]:
        return await self._lists.rows(GrievanceCandidate, _GRIEVANCES, page_of(agency, after, most))
