-- The referrals of a case can be found from the case: each has a stream of its own, and its draft
-- says in its facts whose case it is. Nothing more is written for it than an index entry a draft.

set local role tsunagu_log;

-- What is no draft of ours belongs to no case: an entry must never fail to be indexed.
create function log.case_of_draft(entry bytea, facts_at int, facts_size int) returns uuid
language sql immutable strict parallel safe
return substring(
    encode(substr(entry, 9 + facts_at, greatest(0, facts_size)), 'escape')
    from '"case_id":"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"'
)::uuid;

create index draft_of_case on log.event (log.case_of_draft(entry, facts_at, facts_size))
    where type = 'referral.drafted.v1';

revoke execute on function log.case_of_draft from public;
grant execute on function log.case_of_draft to tsunagu_app;

reset role;
