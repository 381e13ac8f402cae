"""Work (業務) as candidates: whose it is follows from who answers, coordinates or asked."""

from collections.abc import Sequence
from typing import Final, LiteralString

from adapters.postgres.lists import PostgresLists
from domain.erasure import DECIDES
from domain.work_codes import AFTERWARDS, PASSED_ON
from services.listing import RowPlace
from services.working import WorkAsked, WorkCandidate, year_of

# What comes after the place, and is asked for.
_ASKED: Final[LiteralString] = """
    (w.due, w.work_id) > (%(due)s, %(id)s)
    and w.due <= coalesce(%(until)s::bigint, 9223372036854775807)
    and (%(kind)s::text is null or w.kind = %(kind)s)
"""
_PAGE: Final[LiteralString] = "order by w.due, w.work_id limit %(most)s"
_WORK_ROW: Final[LiteralString] = """
    w.due, w.work_id, w.kind, w.case_id, w.of, w.names, w.source, w.agency
"""
# What is theirs whosever else it is.
_AS_WELL: Final[LiteralString] = """
    w.due, w.work_id, w.kind, w.case_id, w.of, w.names, w.source, null::uuid as agency
"""
# Nobody whom she has shut out, nor who came in the place of such a one.
_NOT_SHUT_OUT: Final[LiteralString] = """
    not exists (
        select from views.case_absences a
        where a.case_id = w.case_id and a.shut_out and (
            a.agency = able.agency or (a.agency, able.agency) in (select old, new from heirs)
        )
    )
"""
# Nor who has part in the case, or was told of her.
_NOT_INVOLVED: Final[LiteralString] = """
    able.agency <> w.through
    and not exists (
        select from views.case_list t where t.agency = able.agency and t.case_id = w.case_id
    ) and not exists (
        select from views.disclosures t where t.agency = able.agency and t.case_id = w.case_id
    )
"""
_DIVISION: Final[LiteralString] = "able.kind = %(division)s and able.is_active"
_COORDINATES: Final[LiteralString] = f"""
    exists (
        select from views.agency_roster able
        where able.is_active and able.agency <> w.agency and (
            able.agency = n.coordinating
            or (n.coordinating, able.agency) in (select old, new from heirs)
        ) and {_NOT_SHUT_OUT}
    )
"""  # noqa: S608 (what is put together here is all written here)
_OF_THE_PREFECTURE: Final[LiteralString] = f"""
    exists (
        select from views.agency_roster able
        where able.prefecture = w.prefecture and {_DIVISION} and {_NOT_SHUT_OUT}
    )
"""
# Nobody in the prefecture can: the division that stands longest of another one, else the operator.
_OF_ANOTHER: Final[LiteralString] = f"""
    not exists (
        select from views.agency_roster able
        where able.prefecture = w.prefecture and {_DIVISION} and {_NOT_SHUT_OUT}
          and (w.kind = any('{{ERASURE_REQUEST,ERASURE_DUE}}') or ({_NOT_INVOLVED}))
    ) and %(agency)s = coalesce(
        (select able.agency from views.agency_roster able
         where {_DIVISION} and able.prefecture <> w.prefecture
           and {_NOT_SHUT_OUT} and {_NOT_INVOLVED}
         order by able.since limit 1),
        (select agency from views.operator)
    )
"""  # noqa: S608 (of parts written here alone)
# Who has many cases fills a page soonest out of all that waits, in the order in which it is due;
# who has few, case by case. One plan serves every reader and cannot choose: both ways stand in it.
_MANY: Final[LiteralString] = "1000"
# In each part what comes after the place, and no more of it than fills the page. What stands under
# ``offset 0`` is looked up by its key, however much of it the planner expects.
_WORK: Final[LiteralString] = f"""
with recursive heirs as (
    select old, new from views.successions
    union select h.old, s.new from heirs h join views.successions s on s.old = h.new
), passed as (
    select old, position, due, new from views.successions
    union select p.old, s.position, s.due, s.new
    from passed p join views.successions s on s.old = p.new
), me as (
    select agency, kind, prefecture from views.agency_roster where agency = %(agency)s
), mine as (
    select w.*, false as bare from unnest(%(itself)s::uuid[]) as itself(id) cross join lateral (
        select {_WORK_ROW}
        from views.work_queue w left join views.case_duty d on d.case_id = w.case_id
        where w.agency = itself.id and {_ASKED}
          and w.kind <> 'SUCCESSION_NOTICE'
          and (d.is_open is not false or w.kind = any(%(afterwards)s))
        {_PAGE}
    ) w
), duties as (
    select d.* from unnest(%(itself)s::uuid[]) as itself(id) cross join lateral (
        select d.case_id, d.agency, d.is_open
        from views.case_duty d where d.agency = itself.id offset 0
    ) d
), told as (
    select t.* from unnest(%(itself)s::uuid[]) as itself(id) cross join lateral (
        select t.case_id, t.about, t.source
        from views.told_under t where t.agency = itself.id limit {_MANY}
    ) t limit {_MANY}
), many as (
    select (select count(*) from duties) >= {_MANY} as cases,
           (select count(*) from told) >= {_MANY} as told
), gone as (
    select agency from views.agency_roster where not is_active
), of_those_gone as (
    (select w.*, w.kind = 'PURGE_WAITING' as bare from gone cross join lateral (
        select {_WORK_ROW} from views.work_queue w cross join lateral (
            select d.is_open from views.case_duty d
            where d.case_id = w.case_id and d.agency = any(%(itself)s) offset 0
        ) d
        where w.agency = gone.agency and w.kind = any(%(passed_on)s) and {_ASKED}
          and (d.is_open or w.kind = any(%(afterwards)s))
        {_PAGE}
     ) w
     where (select cases from many))
    union all
    (select {_WORK_ROW}, w.kind = 'PURGE_WAITING' as bare from duties d cross join lateral (
        select w.* from views.work_queue w
        where w.case_id = d.case_id and w.agency = any(array(select agency from gone))
          and w.kind = any(%(passed_on)s) and {_ASKED} offset 0
     ) w
     where (d.is_open or w.kind = any(%(afterwards)s))
       and exists (select from gone) and not (select cases from many)
     {_PAGE})
), of_those_absent as (
    select {_WORK_ROW}, w.kind = 'PURGE_WAITING' as bare
    from duties d
    join views.case_absences a on a.case_id = d.case_id and a.agency <> d.agency
    cross join lateral (
        select w.* from views.work_queue w
        where w.case_id = a.case_id and w.agency = a.agency and w.kind = any(%(passed_on)s)
          and {_ASKED} offset 0
    ) w
    where d.is_open or w.kind = any(%(afterwards)s)
    {_PAGE}
), coordinated as (
    select n.network_id, n.stream, n.representatives, n.representatives_since
    from views.network_duty n where n.coordinating = any(%(itself)s)
), reviews as (
    select w.*, false as bare from coordinated n cross join lateral (
        select {_AS_WELL}
        from views.work_queue w where w.network = n.network_id and {_ASKED}
        {_PAGE}
    ) w
), unsettled as (
    select {_AS_WELL}, false as bare
    from views.work_queue w
    join views.case_duty d on d.case_id = w.case_id and d.is_open
    join coordinated n on n.network_id = d.network
    where w.kind = 'CONSULTATION' and {_ASKED}
    {_PAGE}
), stopped as (
    select s.due, d.case_id as work_id, 'RESPONSIBILITY' as kind, d.case_id, d.case_id as of,
           null::uuid as names, d.source, s.agency, d.network,
           coalesce(n.prefecture, its.prefecture) as prefecture
    from views.agencies_stopped s
    join views.agency_roster its on its.agency = s.agency
    join views.case_duty d on d.agency = s.agency and d.is_open
    left join views.network_duty n on n.network_id = d.network
    where s.due is not null
), to_move as (
    select {_AS_WELL}, false as bare
    from stopped w join coordinated n on n.network_id = w.network
    where {_ASKED} {_PAGE}
), to_move_instead as (
    select {_WORK_ROW}, true as bare
    from me
    join stopped w on (me.kind = %(division)s and me.prefecture = w.prefecture)
                   or me.agency in (select agency from views.operator)
    left join views.network_duty n on n.network_id = w.network
    where {_ASKED} and not {_COORDINATES}
      and (me.agency not in (select agency from views.operator)
           or not {_OF_THE_PREFECTURE})
    {_PAGE}
), asked_by_itself as (
    (select w.*, true as bare
     from unnest('{{PURGE_WAITING,HER_NOTICE}}'::text[]) as waiting(kind) cross join lateral (
        select w.due, w.work_id, w.kind, w.case_id, w.of, w.names, t.source, w.agency
        from views.work_queue w cross join lateral (
            select t.source from views.told_under t
            where t.case_id = w.of and t.about = w.through and t.agency = any(%(itself)s) offset 0
        ) t
        where w.kind = waiting.kind and w.agency is null and {_ASKED}
        {_PAGE}
     ) w
     where (select told from many) and (%(kind)s::text is null or waiting.kind = %(kind)s))
    union all
    (select w.due, w.work_id, w.kind, w.case_id, w.of, w.names, t.source, w.agency, true as bare
     from told t cross join lateral (
        select w.* from views.work_queue w
        where w.of = t.case_id and w.through = t.about and w.agency is null
          and w.kind = any('{{PURGE_WAITING,HER_NOTICE}}') and {_ASKED} offset 0
     ) w
     where not (select told from many)
     {_PAGE})
), asked_through_those_gone as (
    select w.due, w.work_id, w.kind, w.case_id, w.of, w.names, w.source, t.agency, true as bare
    from views.work_queue w cross join lateral (
        select d.agency from views.case_duty d
        where d.case_id = w.of and d.agency = any(%(itself)s) offset 0
    ) d
    cross join lateral (
        select t.agency from views.told_under t
        where t.case_id = w.of and t.about = w.through and t.agency <> d.agency
          and (t.agency in (select agency from gone) or exists (
              select from views.case_absences a
              where a.case_id = t.case_id and a.agency = t.agency))
        offset 0
    ) t
    where w.kind = 'HER_NOTICE' and w.agency is null and {_ASKED}
    {_PAGE}
), unacknowledged as (
    (select w.due, w.work_id, w.kind, w.case_id, w.of, w.names, w.source, null::uuid, true as bare
     from views.work_queue w cross join lateral (
        select from views.case_duty d
        where d.case_id = w.of and d.agency = any(%(itself)s) offset 0
     ) d
     where w.kind = 'PURGE_WAITING' and {_ASKED} and (select cases from many)
       and (%(kind)s::text is null or 'PURGE_WAITING' = %(kind)s)
     {_PAGE})
    union all
    (select w.due, w.work_id, w.kind, w.case_id, w.of, w.names, w.source, null::uuid, true as bare
     from duties d cross join lateral (
        select w.* from views.work_queue w
        where w.kind = 'PURGE_WAITING' and w.of = d.case_id and {_ASKED} offset 0
     ) w
     where not (select cases from many)
     {_PAGE})
), after_erasure as (
    select w.due, w.work_id, w.kind, w.case_id, w.of, w.names, w.source, null::uuid, true as bare
    from unnest(%(itself)s::uuid[]) as itself(id) cross join lateral (
        select d.case_id from views.case_duty d where d.erased_by = itself.id offset 0
    ) d
    join views.work_queue w on w.case_id = d.case_id
    where w.kind = any('{{PURGE_WAITING,HER_NOTICE}}') and {_ASKED}
    {_PAGE}
), reviewable as (
    select w.due, w.work_id, w.kind, w.case_id, w.of, w.names, w.source, w.agency, w.through,
           its.prefecture
    from views.work_queue w join views.agency_roster its on its.agency = w.through
    where w.kind = any('{{EMERGENCY_REVIEW,STATUTORY_REVIEW,ERASURE_REQUEST,ERASURE_DUE}}')
      and {_ASKED}
), to_review as (
    select {_WORK_ROW}, false as bare
    from me join reviewable w on w.prefecture = me.prefecture
    where me.kind = %(division)s
    {_PAGE}
), to_review_elsewhere as (
    select {_WORK_ROW}, false as bare
    from me join reviewable w on w.prefecture is distinct from me.prefecture
                              or me.agency in (select agency from views.operator)
    where (me.kind = %(division)s or me.agency in (select agency from views.operator))
      and {_OF_ANOTHER}
    {_PAGE}
), notices as (
    select max(s.due) as due, w.work_id, w.kind, w.case_id, w.of, w.names, w.source,
           case when w.agency = any(%(itself)s) then null else w.agency end as agency,
           false as bare
    from passed s
    cross join lateral (  -- By those who took over: mostly there are none.
        select g.case_id, g.grant_id from views.consents_given_to g where g.agency = s.old offset 0
    ) g
    join views.work_queue w
      on w.kind = 'SUCCESSION_NOTICE' and w.of = g.case_id and w.about = g.grant_id
    left join views.case_duty d on d.case_id = w.case_id
    where (w.agency = any(%(itself)s) or (
            d.agency = any(%(itself)s) and (
                w.agency in (select agency from gone)
                or (w.case_id, w.agency) in (select case_id, agency from views.case_absences))))
      and w.source < s.position and coalesce(w.told, 0) < s.position
      and (%(until)s::bigint is null or s.due <= %(until)s)
      and (%(kind)s::text is null or w.kind = %(kind)s)
    group by w.work_id, w.kind, w.case_id, w.of, w.names, w.source, w.agency
    having (max(s.due), w.work_id) > (%(due)s, %(id)s)
    order by 1, 2 limit %(most)s
), representatives as (
    select {_WORK_ROW}, false as bare from (
        select extract(epoch from make_date(y + 1, 4, 1)::timestamp at time zone 'Asia/Tokyo')
                   ::bigint as due,
               md5(n.network_id::text || y)::uuid as work_id, 'REPRESENTATIVES' as kind,
               null::uuid as case_id, n.stream as of, n.network_id as names, 0::bigint as source,
               null::uuid as agency
        from coordinated n
        cross join lateral generate_series(
            extract(year from n.representatives_since - interval '3 months')::int, %(year)s
        ) y
        where n.representatives > (
            select count(*) from views.representatives_met m
            where m.network_id = n.network_id and m.held_on >= make_date(y, 4, 1)
        ) and not exists (
            select from views.representatives_met m
            where m.network_id = n.network_id and m.held_on >= make_date(y + 1, 4, 1)
        )
    ) w where {_ASKED}
)
select due, work_id, kind, coalesce(case_id, of), case_id is not null, names, source, agency, bare
from (
    select distinct on (due, work_id) * from (
        select 0 as nth, * from mine
        union all select 1, * from asked_by_itself
        union all select 2, * from reviews union all select 2, * from unsettled
        union all select 2, * from to_move union all select 2, * from to_review
        union all select 2, * from notices union all select 2, * from representatives
        union all select 3, * from of_those_gone union all select 3, * from of_those_absent
        union all select 3, * from unacknowledged
        union all select 3, * from asked_through_those_gone
        union all select 3, * from after_erasure
        union all select 3, * from to_move_instead union all select 3, * from to_review_elsewhere
    ) every_part
    order by due, work_id, bare desc, nth, agency nulls first
) all_of_it
order by due, work_id limit %(most)s
"""  # noqa: S608 (of parts written here alone)
_FIRST: Final[tuple[int, str]] = (0, "00000000-0000-0000-0000-000000000000")


class PostgresWork:
    """``services.working.WorkCandidates``."""

    def __init__(self, lists: PostgresLists) -> None:
        self._lists: Final = lists

    async def work_of(
        self, asked: WorkAsked, after: RowPlace | None, most: int
    ) -> Sequence[WorkCandidate]:
        due, id_ = after or _FIRST
        named = {
            "agency": asked.agency,
            "itself": sorted(asked.itself),
            "due": due,
            "id": id_,
            "until": asked.until,
            "kind": asked.kind,
            "afterwards": sorted(AFTERWARDS),
            "passed_on": sorted(PASSED_ON),
            "division": DECIDES,
            "year": year_of(asked.today),
            "most": most,
        }
        return await self._lists.rows(WorkCandidate, _WORK, named)
