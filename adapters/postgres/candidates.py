"""Candidates (候補): what may stand in an agency's lists, page by page."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from adapters.postgres.lists import PostgresLists
from domain.model import AgencyId
from projections.case_activity import CASE_ACTIVITY
from projections.case_list import CASE_LIST
from services.listing import RowPlace
from services.viewing import CaseActivity, CaseCandidate, ReferralCandidate

_CASES: Final = """
select since, case_id from views.case_list
where agency = %(agency)s and (since, case_id) > (%(since)s, %(id)s)
order by since, case_id limit %(most)s
"""
# What waits for whoever took over stands where it stood with the first that had it, and stands
# there once; what others answer for does not wait. What it takes part in itself has its own place.
_CASES_WITH_THOSE_BEFORE: Final = """
select since, case_id from (
    (select since, case_id from views.case_list
     where agency = %(agency)s and (since, case_id) > (%(since)s, %(id)s)
     order by since, case_id limit %(most)s)
    union all
    (select l.since, l.case_id from unnest(%(before)s::uuid[]) as before(id) cross join lateral (
        select l.since, l.case_id
        from views.case_list l left join views.case_duty d on d.case_id = l.case_id
        where l.agency = before.id and (l.since, l.case_id) > (%(since)s, %(id)s)
          and (d.agency is null or d.agency = any(%(before)s))
          and not exists (
              select from views.case_list other
              where other.case_id = l.case_id and other.agency = any(%(itself)s)
                and (other.agency = %(agency)s
                     or (other.since, other.agency) < (l.since, l.agency))
          )
        order by l.since, l.case_id limit %(most)s
    ) l)
) its_own_and_theirs
order by since, case_id limit %(most)s
"""
# Each side has its own place for a referral: the sender where it was drafted, the receiver where
# it was sent, so that nothing comes up behind somebody who has already turned the page.
_REFERRALS: Final = """
select since, referral_id, case_id from (
    (select drafted as since, referral_id, case_id from views.referral_board
     where from_agency = %(agency)s and (drafted, referral_id) > (%(since)s, %(id)s)
     order by drafted, referral_id limit %(most)s)
    union all
    (select sent, referral_id, case_id from views.referral_board
     where to_agency = %(agency)s and (sent, referral_id) > (%(since)s, %(id)s)
     order by sent, referral_id limit %(most)s)
) both_sides
order by since, referral_id limit %(most)s
"""
# What has ended is open still to whoever may not see that it has: whom she has shut out may not.
_OPEN_REFERRALS: Final = """
select since, referral_id, case_id from (
    (select drafted as since, referral_id, case_id from views.referral_board
     where from_agency = %(agency)s and is_open and (drafted, referral_id) > (%(since)s, %(id)s)
     order by drafted, referral_id limit %(most)s)
    union all
    (select sent, referral_id, case_id from views.referral_board
     where to_agency = %(agency)s and is_open and (sent, referral_id) > (%(since)s, %(id)s)
     order by sent, referral_id limit %(most)s)
    union all
    (select drafted, referral_id, case_id
     from views.referral_board join views.case_exclusions using (case_id)
     where from_agency = %(agency)s and not is_open
       and (drafted, referral_id) > (%(since)s, %(id)s)
     order by drafted, referral_id limit %(most)s)
    union all
    (select sent, referral_id, case_id
     from views.referral_board join views.case_exclusions using (case_id)
     where to_agency = %(agency)s and not is_open and (sent, referral_id) > (%(since)s, %(id)s)
     order by sent, referral_id limit %(most)s)
) open_to_somebody
order by since, referral_id limit %(most)s
"""
_REACHED: Final = """
select case when count(*) = 2 then min(position) else 0 end
from views.checkpoint where name = any(%(names)s)
"""
# Of two lists one may be behind: what only the other knows of would be passed over for good.
_CHANGED: Final = """
select changed, case_id from views.case_activity join views.case_list using (case_id)
where agency = %(agency)s and changed > %(after)s and changed <= (
    select case when count(*) = 2 then min(position) else 0 end
    from views.checkpoint where name = any(%(names)s)
)
order by changed limit %(most)s
"""
_FOLLOWED: Final = [CASE_LIST.name, CASE_ACTIVITY.name]
_FIRST: Final[tuple[int, str]] = (0, "00000000-0000-0000-0000-000000000000")


class PostgresCandidates:
    """``services.viewing.Candidates``."""

    def __init__(self, lists: PostgresLists) -> None:
        self._lists: Final = lists

    async def cases_of(
        self,
        agency: AgencyId,
        after: RowPlace | None,
        most: int,
        before: AbstractSet[AgencyId] = frozenset(),
    ) -> Sequence[CaseCandidate]:
        asked = page_of(agency, after, most)
        if not before:
            return await self._lists.rows(CaseCandidate, _CASES, asked)
        asked |= {"before": sorted(before), "itself": sorted({agency, *before})}
        return await self._lists.rows(CaseCandidate, _CASES_WITH_THOSE_BEFORE, asked)

    async def referrals_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[ReferralCandidate]:
        return await self._lists.rows(ReferralCandidate, _REFERRALS, page_of(agency, after, most))

    async def open_referrals_of(
        self, agency: AgencyId, after: RowPlace | None, most: int
    ) -> Sequence[ReferralCandidate]:
        asked = page_of(agency, after, most)
        return await self._lists.rows(ReferralCandidate, _OPEN_REFERRALS, asked)

    async def changed_cases(
        self, agency: AgencyId, after: int, most: int
    ) -> Sequence[CaseActivity]:
        asked = {"agency": agency, "after": after, "most": most, "names": _FOLLOWED}
        return await self._lists.rows(CaseActivity, _CHANGED, asked)

    async def reached(self) -> int:
        rows = await self._lists.rows(int, _REACHED, {"names": _FOLLOWED})
        return rows[0] if rows else 0


def page_of(agency: AgencyId, after: RowPlace | None, most: int) -> dict[str, object]:
    since, id_ = after or _FIRST
    return {"agency": agency, "since": since, "id": id_, "most": most}
