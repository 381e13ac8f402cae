-- Which clock the log records by: the one on the wall, or one of its own that stands still until it
-- is moved. It is chosen once, before anything is in the log, and stays.

set local role tsunagu_log;

create table log.clock (
    is_only boolean primary key default true check (is_only),
    demo_us bigint  -- null: the clock on the wall
);

-- What was recorded before there was a choice was recorded by the clock on the wall.
insert into log.clock select where exists (select from log.event);

create function log.refuse_turning_back() returns trigger language plpgsql as $$
begin
    if new.demo_us > old.demo_us then
        return new;
    end if;
    raise exception 'a demo clock runs forwards, and no other is set'
        using errcode = 'restrict_violation';
end $$;

create trigger forwards_only before update on log.clock
    for each row execute function log.refuse_turning_back();
create trigger stays before delete or truncate on log.clock
    for each statement execute function log.refuse_change();

-- Whoever comes first chooses, for all who come later; where something is recorded already, nobody
-- does. Told is what has been chosen: where a demo clock stands, or nothing.
create function log.choose_clock(demo_from timestamptz) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(8341690325734100);
    insert into log.clock (demo_us)
        select case when not exists (select from log.event)
                    then (extract(epoch from demo_from) * 1000000)::bigint end
        on conflict do nothing;
    return (select timestamptz 'epoch' + demo_us * interval '1 microsecond' from log.clock);
end $$;

-- Told is where the clock stands now: later than asked for, if somebody has moved it further.
create function log.move_clock(demo_to timestamptz) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    asked_us constant bigint := (extract(epoch from demo_to) * 1000000)::bigint;
begin
    perform pg_advisory_xact_lock(8341690325734100);  -- Nothing is recorded meanwhile.
    update log.clock set demo_us = asked_us where demo_us < asked_us;
    if found then
        notify tsunagu_clock;
    end if;
    return (select timestamptz 'epoch' + demo_us * interval '1 microsecond' from log.clock);
end $$;

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
    now_us := greatest(now_us, coalesce(
        (select demo_us from log.clock), (extract(epoch from clock_timestamp()) * 1000000)::bigint
    ));
    now_here := timestamptz 'epoch' + now_us * interval '1 microsecond';
    recorded := int8send(now_us);

    -- Nearly always nobody is too late, and nobody stands in another's way.
    at_once := not (
        c_follower <> '{}'
        or (now_here > any (c_not_after)) is true
        or s_key && r_key
        or exists (select from log.fence f
                   where f.position > (select min(read) from unnest(c_read) read))
           and exists (
            select from generate_subscripts(r_key, 1) r
            join log.fence f on f.key = r_key[r] and f.position > c_read[r_command[r]]
        )
        or exists (
            select from generate_subscripts(e_stream, 1) e
            where e_version[e] <> 1
              and (e_stream[e - 1], e_version[e - 1]) is distinct from (e_stream[e], e_version[e] - 1)
              and not exists (select from log.event stored
                              where stored.stream = e_stream[e] and stored.version = e_version[e] - 1)
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

grant select on log.clock to tsunagu_app;
revoke execute on function log.refuse_turning_back from public;
revoke execute on function log.choose_clock, log.move_clock from public;
grant execute on function log.choose_clock, log.move_clock to tsunagu_app;

reset role;
