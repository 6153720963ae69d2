-- Security definer: service_role deletes nothing of the realtime schema. Payloads name people by their ids, which no erasure looks for there.
create or replace function private.forget_old_broadcasts(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  -- The column has no time zone, and is filled by now().
  v_before constant timestamp := localtimestamp - make_interval(hours => private.setting('broadcast_kept_hours')::int);
  v_count int;
begin
  delete from realtime.messages as message
  where message.inserted_at < v_before
    and message.id = any (array(
      select old.id
      from realtime.messages as old
      where old.extension = 'broadcast' and old.private and old.inserted_at < v_before
      order by old.inserted_at
      limit least(greatest(coalesce(forget_old_broadcasts.size, 1000), 1), 10000)
    ));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
