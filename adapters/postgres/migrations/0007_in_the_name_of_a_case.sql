-- What happens in meetings, in grievances and in the trail of a case can be found from the case: its
-- header says in whose name it stands. An index entry is written for these streams alone. All others
-- that are read with a case are found as before, also those that were written before headers said so.

set local role tsunagu_log;

-- What is no header of ours belongs to no case: an entry must never fail to be indexed.
create function log.case_named(entry bytea) returns uuid
language sql immutable strict parallel safe
return substring(
    encode(substr(entry, 9, 95), 'escape')
    from '^\{"agency":"[0-9a-f-]{36}","case":"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"'
)::uuid;

create index named_case on log.event (log.case_named(entry))
    where split_part(type, '.', 1) in ('grievance', 'meeting', 'trail');

revoke execute on function log.case_named from public;
grant execute on function log.case_named to tsunagu_app;

reset role;
