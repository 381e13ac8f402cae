-- A batch is written at once wherever that comes to the same: also where in it somebody reads what
-- another has stamped, or goes on with a stream, as long as they have seen those before them do it.
-- Until here whoever stamped what anybody in the batch had read made it be decided one by one.

set local role tsunagu_log;

-- Where the demo clock stands, or nothing: then it is the clock on the wall.
create function log.demo_now() returns timestamptz
language sql stable
return (select timestamptz 'epoch' + demo_us * interval '1 microsecond' from log.clock);

-- What time it is for the log; on the wall it goes on within a statement.
create function log.now() returns timestamptz
language sql volatile
return coalesce(log.demo_now(), clock_timestamp());

revoke execute on function log.demo_now, log.now from public;
grant execute on function log.demo_now, log.now to tsunagu_app;

-- Appends a batch of commands in one call, so that no client is waited for under the lock.
--
-- Arrays c_* hold one element a command, e_* one an event; r_* are the fence keys read and s_* those
-- stamped. *_command and *_event say to which command or event, counted from 1, an element belongs,
-- in ascending order. What nobody in the batch has (c_not_after, c_follower, c_followed) is an empty
-- array. Each command is decided as if it came alone, after those before it:
--
--   1 appended   its events are in the log           2 repeated   known: its answer is in answers
--   4 moved      a stream it writes is elsewhere     3 reused     its id is known with another body
--   5 fenced     what it read up to c_read has been overtaken
--   6 late       its time is past                    7 tracked    its follower has been there
--
-- What is appended takes the positions that follow head, in the order of the batch.
create or replace function log.append(
    c_agency uuid[], c_id uuid[], c_body bytea[], c_answer bytea[],
    c_not_after timestamptz[], c_read bigint[], c_follower text[], c_followed bigint[],
    r_command int[], r_key text[],
    e_command int[], e_stream uuid[], e_version bigint[], e_type text[],
    e_header bytea[], e_facts_at int[], e_facts_size int[], e_parts bytea[],
    s_event int[], s_key text[],
    out head bigint, out outcomes int2[], out answers bytea[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan  -- planning anew costs more than all else
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    appended constant int2 := 1;
    repeated constant int2 := 2;
    reused   constant int2 := 3;
    moved    constant int2 := 4;
    fenced   constant int2 := 5;
    late     constant int2 := 6;
    tracked  constant int2 := 7;
    now_us   bigint;
    now_here timestamptz;
    recorded bytea;
    at_once  boolean;  -- the whole batch; otherwise one command after the other
    last     bigint;
    outcome  int2;
    known    log.command;
    c0 int; c1 int; e0 int; e1 int; r0 int; r1 int; s0 int; s1 int;  -- from, to: what is under way
begin
    perform pg_advisory_xact_lock(8341690325734100);  -- first, and in a statement of its own

    select e.position, ('x' || encode(substr(e.entry, 1, 8), 'hex'))::bit(64)::bigint
        into head, now_us
        from log.event e order by e.position desc limit 1;
    head := coalesce(head, 0);
    -- Time never runs backwards in the log, even if the clock does.
    now_us := greatest(now_us, (extract(epoch from log.now()) * 1000000)::bigint);
    now_here := timestamptz 'epoch' + now_us * interval '1 microsecond';
    recorded := int8send(now_us);

    -- Nearly always nobody is too late, and nobody stands in another's way.
    at_once := not (
        c_follower <> '{}'
        or (now_here > any (c_not_after)) is true
        or exists (select from log.fence f
                   where f.position > (select min(read) from unnest(c_read) read))
           and exists (
            select from generate_subscripts(r_key, 1) r
            join log.fence f on f.key = r_key[r] and f.position > c_read[r_command[r]]
        )
        -- Of each stream and of each key, the last that the batch itself says before that counts.
        or exists (
            select from (
                select e_stream[e] as stream, e_version[e] as version,
                       lag(e_version[e]) over (partition by e_stream[e] order by e) as before
                from generate_subscripts(e_stream, 1) e
            ) written
            left join log.event stored
                on before is null
                   and stored.stream = written.stream and stored.version = written.version - 1
            where case when before is not null then written.version <> before + 1
                       else written.version <> 1 and stored.stream is null end
        )
        or cardinality(c_id) > 1 and s_key && r_key and exists (
            select from (
                select up_to, max(stamped) over (
                    partition by key order by command
                    groups between unbounded preceding and 1 preceding
                ) as stamped
                from (
                    select s_key[s] collate "C" as key, e_command[s_event[s]] as command,
                           head + s_event[s] as stamped, null::bigint as up_to
                    from generate_subscripts(s_key, 1) s
                    union all
                    select r_key[r] collate "C", r_command[r], null, c_read[r_command[r]]
                    from generate_subscripts(r_key, 1) r
                ) said
            ) read
            where stamped > up_to
        )
    );

    loop
        last := head;
        outcomes := '{}';
        answers := '{}';
        c1 := 0; e1 := 0; r1 := 0; s1 := 0;
        begin
            while c1 < cardinality(c_id) loop
                c0 := c1 + 1; e0 := e1 + 1; r0 := r1 + 1; s0 := s1 + 1;
                if at_once then
                    c1 := cardinality(c_id); e1 := cardinality(e_stream); s1 := cardinality(s_key);
                    outcomes := array_fill(appended, array[c1]);
                else
                    c1 := c0;
                    while e_command[e1 + 1] = c1 loop e1 := e1 + 1; end loop;
                    while r_command[r1 + 1] = c1 loop r1 := r1 + 1; end loop;
                    while s_event[s1 + 1] <= e1 loop s1 := s1 + 1; end loop;

                    select * into known from log.command k
                        where k.agency = c_agency[c1] and k.id = c_id[c1];
                    outcome := case
                        when known.body = c_body[c1] then repeated
                        when known.body is not null then reused
                        when exists (
                            select from generate_series(e0, e1) e
                            cross join lateral (
                                select e_version[max(own)] as version
                                from generate_series(e0, e - 1) own where e_stream[own] = e_stream[e]
                            ) before
                            cross join lateral (
                                select max(version) as version
                                from log.event where stream = e_stream[e]
                            ) stored
                            where case when before.version is not null
                                       then e_version[e] <> before.version + 1
                                       when e_version[e] > 1
                                       then stored.version is distinct from e_version[e] - 1
                                       else stored.version >= e_version[e] end
                        ) then moved
                        when exists (
                            select from generate_series(r0, r1) r
                            join log.fence f on f.key = r_key[r] and f.position > c_read[c1]
                        ) then fenced
                        when c_not_after[c1] < now_here then late
                        when exists (
                            select from log.tracking t
                            where t.name = c_follower[c1] and t.position >= c_followed[c1]
                        ) then tracked
                        else appended
                    end;
                    outcomes := outcomes || outcome;
                    if outcome = repeated then
                        answers := answers || known.answer;
                    end if;
                    continue when outcome <> appended;
                end if;

                insert into log.event
                    (position, stream, version, type, entry, facts_at, facts_size, parts)
                    select last + e - e0 + 1, e_stream[e], e_version[e], e_type[e],
                           recorded || e_header[e], e_facts_at[e], e_facts_size[e], e_parts[e]
                    from generate_series(e0, e1) e;
                insert into log.command (agency, id, body, answer)
                    select c_agency[c], c_id[c], c_body[c], c_answer[c]
                    from generate_series(c0, c1) c;
                if s0 <= s1 then
                    insert into log.fence (key, position)
                        select s_key[s], last + s_event[s] - e0 + 1 from generate_series(s0, s1) s;
                end if;
                if c_follower[c1] is not null then
                    insert into log.tracking (name, position) values (c_follower[c1], c_followed[c1])
                        on conflict (name) do update set position = excluded.position;
                end if;
                last := last + e1 - e0 + 1;
            end loop;
            exit;
        exception when unique_violation then  -- A command was known, or a stream has moved.
            if not at_once then
                raise;
            end if;
            at_once := false;
        end;
    end loop;

    if last > head then
        perform pg_notify('tsunagu_log', last::text);
    end if;
end $$;

reset role;
