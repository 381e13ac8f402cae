-- The event log: one truth, one way in.
--
-- Whoever reads and appends is tsunagu_app. It may SELECT, and EXECUTE log.append; nothing else.

create schema log authorization tsunagu_log;
set local role tsunagu_log;

create table log.event (
    position bigint primary key check (position > 0),
    stream   uuid   not null,
    version  bigint not null check (version >= 0),
    type     text   not null collate "C",
    entry    bytea  not null,  -- the Merkle leaf: int64 microseconds of recording || header
    unique (stream, version),
    check (octet_length(entry) <= 8 + 60000)
);

create table log.part (
    position   bigint not null,
    field      text   not null collate "C",
    ciphertext bytea  not null,
    primary key (position, field)
);
alter table log.part alter column ciphertext set storage external;  -- ciphertext does not compress

-- Accepted and refused commands, each with the answer that was given.
create table log.command (
    agency uuid  not null,
    id     uuid  not null,
    body   bytea not null,  -- keyed hash: no guessing from the table
    answer bytea not null,
    primary key (agency, id)
);

-- Which positions overtook what someone may have decided upon.
create table log.fence (
    key      text   not null collate "C",
    position bigint not null,
    primary key (key, position)
);

-- How far a follower of the log has come, for followers that record it with what they append.
create table log.tracking (
    name     text   primary key collate "C",
    position bigint not null
);

create function log.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log is append only' using errcode = 'restrict_violation';
end $$;

create trigger append_only before update or delete or truncate on log.event
    for each statement execute function log.refuse_change();
create trigger append_only before update or delete or truncate on log.part
    for each statement execute function log.refuse_change();
create trigger append_only before update or delete or truncate on log.command
    for each statement execute function log.refuse_change();
create trigger append_only before update or delete or truncate on log.fence
    for each statement execute function log.refuse_change();

-- Appends a batch of commands in one call, so that no client is waited for under the lock.
--
-- Arrays c_* hold one element a command, e_* one an event, and so on; *_command and *_event say to
-- which command or event, counted from 1, an element belongs. What nobody in the batch has
-- (c_not_after, c_follower, c_followed) is an empty array. Each command is decided alone:
--
--   1 appended   its events are in the log           2 repeated   known; answers has its answer
--   4 moved      a stream it writes is elsewhere     3 reused     its id is known with another body
--   5 fenced     what it read up to c_read has been overtaken
--   6 late       its time is past                    7 tracked    its follower has been there
--
-- The outcome is that of walking the batch one by one, in the order of the positions given.
-- Commands that touch nothing in common do not see each other, so the walk goes in rounds: a round
-- decides all that wait for no earlier one, and nearly always there is one round.
create function log.append(
    c_agency uuid[], c_id uuid[], c_body bytea[], c_answer bytea[],
    c_not_after timestamptz[], c_read bigint[], c_follower text[], c_followed bigint[],
    r_command int[], r_key text[],
    e_command int[], e_stream uuid[], e_version bigint[], e_type text[], e_header bytea[],
    p_event int[], p_field text[], p_ciphertext bytea[],
    s_event int[], s_key text[],
    out outcomes int2[], out places bigint[], out answers bytea[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan  -- planning anew costs more than all else
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    waiting  constant int2 := 0;
    ready    constant int2 := 1;
    repeated constant int2 := 2;
    reused   constant int2 := 3;
    moved    constant int2 := 4;
    fenced   constant int2 := 5;
    late     constant int2 := 6;
    tracked  constant int2 := 7;
    done     constant int2 := 8;  -- appended, in a round before this one
    n         constant int := cardinality(c_id);
    head      bigint;
    recorded  bigint;
    now_here  timestamptz;
    gaps      int[];
    held_back int[] := '{}';
    found     record;
begin
    perform pg_advisory_xact_lock(8341690325734100);  -- first, and in a statement of its own

    select e.position, ('x' || encode(substr(e.entry, 1, 8), 'hex'))::bit(64)::bigint
        into head, recorded
        from log.event e order by e.position desc limit 1;
    head := coalesce(head, 0);
    -- Time never runs backwards in the log, even if the clock does.
    recorded := greatest(recorded, (extract(epoch from clock_timestamp()) * 1000000)::bigint);

    now_here := timestamptz 'epoch' + recorded * interval '1 microsecond';

    outcomes := array_fill(waiting, array[n]);
    places := array_fill(0::bigint, array[cardinality(e_stream)]);
    answers := array_fill(null::bytea, array[n]);

    loop
        -- What is known, or has been overtaken in its own stream, stays so: it need not wait.
        for found in
            select c.command, k.body = c.body as same, k.answer
            from unnest(c_agency, c_id, c_body) with ordinality c(agency, id, body, command)
            join log.command k on k.agency = c.agency and k.id = c.id
            where outcomes[c.command] = waiting
        loop
            outcomes[found.command] := case when found.same then repeated else reused end;
            answers[found.command] := case when found.same then found.answer end;
        end loop;
        gaps := '{}';
        for found in
            select w.command, bool_or(w.broken or stored.version >= w.first) as overtaken
            from (
                select e.command, e.stream, min(e.version) as first,
                       max(e.version) - min(e.version) + 1 <> count(*) as broken
                from unnest(e_command, e_stream, e_version) e(command, stream, version)
                where outcomes[e.command] = waiting
                group by e.command, e.stream
            ) w
            cross join lateral (
                select (select e.version from log.event e where e.stream = w.stream
                        order by e.version desc limit 1) as version
            ) stored
            where case when w.first > 1 then stored.version is distinct from w.first - 1
                       else stored.version >= w.first end
               or w.broken
            group by w.command
        loop
            if found.overtaken then
                outcomes[found.command] := moved;
            else  -- Only what it waits for could still fill the gap.
                gaps := gaps || found.command;
            end if;
        end loop;

        if n > 1 then
            held_back := array(
                select w.command from (
                    select e.command, min(e.command) over (partition by e.stream) as first
                    from unnest(e_command, e_stream) e(command, stream)
                    where outcomes[e.command] = waiting
                ) w where w.command > w.first
                union
                select w.command from (
                    select c.command, min(c.command) over (partition by c.agency, c.id) as first
                    from unnest(c_agency, c_id) with ordinality c(agency, id, command)
                    where outcomes[c.command] = waiting
                ) w where w.command > w.first
                union
                select w.command from (
                    select c.command, min(c.command) over (partition by c.follower) as first
                    from unnest(c_follower) with ordinality c(follower, command)
                    where outcomes[c.command] = waiting and c.follower is not null
                ) w where w.command > w.first
                union
                select r.command
                from unnest(s_event, s_key) s(event, key)
                join unnest(r_command, r_key) r(command, key) on r.key = s.key
                where outcomes[r.command] = waiting and outcomes[e_command[s.event]] = waiting
                  and e_command[s.event] < r.command
            );
        end if;
        for command in 1 .. n loop
            if outcomes[command] = waiting and command <> all (held_back) then
                outcomes[command] := case when command = any (gaps) then moved else ready end;
            end if;
        end loop;

        if r_key <> '{}' then
            for found in
                select distinct r.command
                from unnest(r_command, r_key) r(command, key)
                where outcomes[r.command] = ready
                  and exists (select from log.fence f
                              where f.key = r.key and f.position > c_read[r.command])
            loop
                outcomes[found.command] := fenced;
            end loop;
        end if;

        if c_not_after <> '{}' then
            for command in 1 .. n loop
                if outcomes[command] = ready and c_not_after[command] < now_here then
                    outcomes[command] := late;
                end if;
            end loop;
        end if;

        if c_follower <> '{}' then
            for found in
                select c.command
                from unnest(c_follower, c_followed) with ordinality c(follower, followed, command)
                join log.tracking t on t.name = c.follower
                where t.position >= c.followed and outcomes[c.command] = ready
            loop
                outcomes[found.command] := tracked;
            end loop;
        end if;

        for event in 1 .. cardinality(e_command) loop
            if outcomes[e_command[event]] = ready then
                head := head + 1;
                places[event] := head;
            end if;
        end loop;

        insert into log.event (position, stream, version, type, entry)
            select places[e.event], e.stream, e.version, e.type, int8send(recorded) || e.header
            from unnest(e_command, e_stream, e_version, e_type, e_header)
                 with ordinality e(command, stream, version, type, header, event)
            where outcomes[e.command] = ready;
        insert into log.part (position, field, ciphertext)
            select places[p.event], p.field, p.ciphertext
            from unnest(p_event, p_field, p_ciphertext) p(event, field, ciphertext)
            where outcomes[e_command[p.event]] = ready;
        insert into log.command (agency, id, body, answer)
            select c.agency, c.id, c.body, c.answer
            from unnest(c_agency, c_id, c_body, c_answer)
                 with ordinality c(agency, id, body, answer, command)
            where outcomes[c.command] = ready;
        if s_key <> '{}' then
            insert into log.fence (key, position)
                select s.key, places[s.event] from unnest(s_event, s_key) s(event, key)
                where outcomes[e_command[s.event]] = ready;
        end if;
        if c_follower <> '{}' then
            insert into log.tracking (name, position)
                select c.follower, c.followed
                from unnest(c_follower, c_followed) with ordinality c(follower, followed, command)
                where outcomes[c.command] = ready and c.follower is not null
                on conflict (name) do update set position = excluded.position;
        end if;

        exit when held_back = '{}';
        for command in 1 .. n loop
            if outcomes[command] = ready then outcomes[command] := done; end if;
        end loop;
    end loop;

    outcomes := array_replace(outcomes, done, ready);
    if 0 < any (places) then
        perform pg_notify('tsunagu_log', head::text);
    end if;
end $$;

grant usage on schema log to tsunagu_app;
grant select on all tables in schema log to tsunagu_app;
revoke execute on all functions in schema log from public;
grant execute on function log.append to tsunagu_app;

reset role;
