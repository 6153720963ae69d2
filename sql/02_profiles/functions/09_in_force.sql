-- What moderators have imposed, and what of it stands at this moment: it ends by the clock alone. In this form it becomes part of the one reading
-- of acting_user and of private.writers, which every write pays for; only definer functions read it.
create or replace view private.sanctions_in_force with (security_invoker = true) as
select sanction.user_id, sanction.kind, sanction.room_id, sanction.until
from public.sanctions as sanction
where sanction.lifted_at is null
  and sanction.kind <> 'warn'
  and (sanction.until is null or sanction.until > now());
comment on view private.sanctions_in_force is 'Mutes and bans that neither have ended nor were lifted; room_id is null for those that hold everywhere';

-- Security definer: sanctions are nobody's to read.
create or replace function private.sanction_end(user_id uuid, kind text)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when max(coalesce(sanction.until, 'infinity')) = 'infinity' then 'forever'
    else to_char(max(sanction.until) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  end
  from private.sanctions_in_force as sanction
  where sanction.user_id = sanction_end.user_id and sanction.kind = sanction_end.kind and sanction.room_id is null
$$;
comment on function private.sanction_end(uuid, text) is
'When the last ban, or mute, of somebody ends that holds everywhere: as ISO 8601, or forever; null where there is none';

create or replace function private.refuse_banned(user_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_end constant text := private.sanction_end(refuse_banned.user_id, 'ban');
begin
  if v_end is not null then
    perform private.raise_error(403, 'banned', 'You are banned and may read only.', v_end);
  end if;
end;
$$;
comment on function private.refuse_banned(uuid) is 'Refuse who is banned everywhere: banned (403; hint: its end as ISO 8601, or forever)';

create or replace function private.refuse_muted(user_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_end constant text := private.sanction_end(refuse_muted.user_id, 'mute');
begin
  if v_end is not null then
    perform private.raise_error(403, 'muted', 'You are muted and may not write texts.', v_end);
  end if;
end;
$$;
comment on function private.refuse_muted(uuid) is 'Refuse who is muted everywhere: muted (403; hint: as refuse_banned)';

-- Security definer: as sanction_end.
create or replace function private.is_muted_everywhere()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from private.sanctions_in_force as sanction
    where sanction.user_id = (select auth.uid()) and sanction.kind = 'mute' and sanction.room_id is null
  )
$$;
comment on function private.is_muted_everywhere() is 'Whether the caller may not write texts at present; for policies on what clients write without an RPC';

-- Security definer: as sanction_end.
create or replace function private.is_banned()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from private.sanctions_in_force as sanction
    where sanction.user_id = (select auth.uid()) and sanction.kind = 'ban' and sanction.room_id is null
  )
$$;
comment on function private.is_banned() is 'Whether the caller is banned at present; for policies on storage where can_write is not asked, as what is taken away needs no feature';
