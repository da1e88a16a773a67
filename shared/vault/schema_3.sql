-- Erasing: a subject's key is destroyed and its row stays as a fence, also where there was no key yet. Writers may do this
-- and change nothing else; what is fenced stays as it is.

create function erase_subjects(named text[], why text, out had_keys int, out fenced_for interval)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into subject_key as k (subject, key_id, erased_at, reason)
        select n.name, gen_random_uuid(), now(), why from unnest(named) as n(name) group by n.name order by n.name
        on conflict (subject) do update set wrapped = null, erased_at = now(), reason = excluded.reason
            where k.wrapped is not null;
    select count(*) filter (where created_at < erased_at), clock_timestamp() - min(erased_at)
        into had_keys, fenced_for from subject_key where subject = any(named);
end $$;
revoke all on function erase_subjects from public;

-- The old version of a row still holds the wrapped key until it is vacuumed: at the next round, not when many have gathered.
alter table subject_key set (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
