create or replace function private.is_still_so(kind text, actor_id uuid, target_kind text, target_id uuid, since timestamptz)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  -- By ids, as in forget_old_notifications: who says two things at once waits for a lock with the second, and makes its id after that.
  v_from uuid := (lpad(to_hex(floor(extract(epoch from is_still_so.since) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
begin
  return case
    when is_still_so.kind = 'comment' then exists (
      select from public.comments as said
      where said.author_id = is_still_so.actor_id
        and said.id >= v_from
        and said.target_id = is_still_so.target_id
        and said.target_kind = is_still_so.target_kind
        and said.deleted_at is null
    )
    when is_still_so.kind = 'reply' then exists (
      select from public.comments as said
      where said.author_id = is_still_so.actor_id
        and said.id >= v_from
        and said.parent_id = is_still_so.target_id
        and said.deleted_at is null
    )
    when is_still_so.kind = 'reaction' then exists (
      select from public.comment_reactions as given
      where given.comment_id = is_still_so.target_id and given.user_id = is_still_so.actor_id and given.created_at >= is_still_so.since
    ) or exists (
      select from public.activity_reactions as given
      where given.event_id = is_still_so.target_id and given.user_id = is_still_so.actor_id and given.created_at >= is_still_so.since
    )
    when is_still_so.kind in ('direct_message', 'message_request') then exists (
      select from public.direct_messages as message
      where message.conversation_id = is_still_so.target_id
        and message.id >= v_from
        and message.sender_id = is_still_so.actor_id
        and message.deleted_at is null
    )
    else false
  end;
end;
$$;
comment on function private.is_still_so(text, uuid, text, uuid, timestamptz) is
$$Whether something else that somebody did since a moment would be told alike, when one thing has just been taken back

Of what can be done several times alone: comments, replies, reactions, messages. Asked of the things themselves, as not each was told so:
a comment that answers or names its hearer is told by that alone.$$;

create or replace function private.retract_many(recipient_id uuid, kind text, actor_ids uuid[], target_kind text, target_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_ids uuid[];
begin
  v_ids := array(
    select told.id
    from public.notifications as told
    where told.target_id = retract_many.target_id
      and told.target_kind = retract_many.target_kind
      and told.kind = retract_many.kind
      and told.recipient_id = retract_many.recipient_id
      and told.read_at is null
      and exists (
        select from private.notification_actors as act where act.notification_id = told.id and act.actor_id = any (retract_many.actor_ids)
      )
    order by told.id
    for update of told
  );

  -- Who has said two things and takes one of them back has still said the other.
  with gone as (
    delete from private.notification_actors as act
    using public.notifications as told
    where act.notification_id = any (v_ids)
      and act.actor_id = any (retract_many.actor_ids)
      and told.id = act.notification_id
      and not private.is_still_so(
        retract_many.kind, act.actor_id, retract_many.target_kind, retract_many.target_id, told.created_at
      )
    returning act.actor_id
  )
  insert into private.told_and_taken_back as before (recipient_id, actor_id, kind, target_kind, target_id)
  select distinct retract_many.recipient_id, gone.actor_id, retract_many.kind, retract_many.target_kind, retract_many.target_id
  from gone
  on conflict (recipient_id, actor_id, kind, target_id, target_kind) do update set taken_back_at = now();
end;
$$;
comment on function private.retract_many(uuid, text, uuid[], text, uuid) is 'Take back what notify_of_many told, as retract does for one';

create or replace function private.retract(recipient_id uuid, kind text, actor_id uuid, target_kind text, target_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.retract_many(
    retract.recipient_id, retract.kind, array[retract.actor_id], retract.target_kind, retract.target_id
  )
$$;
comment on function private.retract(uuid, text, uuid, text, uuid) is
'Take back what notify told, as far as it is unread: its actor is taken out, and the notification goes with its last one';

create or replace function private.forget_target(target_kind text, target_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.lock_notifications(array(
    select told.id
    from public.notifications as told
    where told.target_id = forget_target.target_id and told.target_kind = forget_target.target_kind
  ));
  delete from public.notifications as told
  where told.target_id = forget_target.target_id and told.target_kind = forget_target.target_kind;
  delete from private.milestones as milestone
  where milestone.target_id = forget_target.target_id and milestone.target_kind = forget_target.target_kind;
  delete from public.activity_events as event
  where event.target_id = forget_target.target_id and event.target_kind = forget_target.target_kind;
$$;
comment on function private.forget_target(text, uuid) is 'Remove every notification and activity about something that is deleted';

-- Security definer: what people were told of is nobody's to delete.
create or replace function private.tg__forget_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_target(tg_argv[0], old.id);
  return null;
end;
$$;
comment on function private.tg__forget_told() is 'forget_target for a row that goes, of the kind that the argument names';

-- Security definer: the counter and the names shown are nobody's to write. Once a statement: a row that is written again and again in one
-- transaction is found through all its versions, which for ten thousand who like one post would be the square of them.
create or replace function private.tg_notification_actors__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.notifications as told
  set actor_count = told.actor_count + joined.actor_count,
      actor_ids = (joined.actor_ids || told.actor_ids)[1:3],
      seen_at = null
  from (
    select
      act.notification_id, count(*) as actor_count,
      (array_agg(act.actor_id order by act.last_at desc, act.actor_id))[1:3] as actor_ids
    from changed as act
    group by act.notification_id
  ) as joined
  where told.id = joined.notification_id;
  return null;
end;
$$;
create trigger _500_count
  after insert on private.notification_actors
  referencing new table as changed
  for each statement execute function private.tg_notification_actors__count();

-- Security definer: as tg_notification_actors__count.
create or replace function private.tg_notification_actors__uncount()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- First those that lose their last actor: what is left of the others afterwards could be as few.
  delete from public.notifications as told
  using (select act.notification_id, count(*) as actor_count from changed as act group by act.notification_id) as left_by
  where told.id = left_by.notification_id and told.actor_count <= left_by.actor_count;
  update public.notifications as told
  set actor_count = told.actor_count - left_by.actor_count,
      actor_ids = case
        when told.actor_ids && left_by.actor_ids then array(
          select act.actor_id
          from private.notification_actors as act
          where act.notification_id = told.id
          order by act.last_at desc, act.actor_id
          limit 3
        )
        else told.actor_ids
      end
  from (
    select act.notification_id, count(*) as actor_count, array_agg(act.actor_id) as actor_ids
    from changed as act
    group by act.notification_id
  ) as left_by
  where told.id = left_by.notification_id;
  return null;
end;
$$;
create trigger _510_uncount
  after delete on private.notification_actors
  referencing old table as changed
  for each statement execute function private.tg_notification_actors__uncount();

-- Security definer: as tg_notification_actors__count. Who does it again comes first again.
create or replace function private.tg_notification_actors__show()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.notifications as told
  set actor_ids = (new.actor_id || array_remove(told.actor_ids, new.actor_id))[1:3], seen_at = null
  where told.id = new.notification_id;
  return null;
end;
$$;
create trigger _520_show
  after update of last_at on private.notification_actors
  for each row execute function private.tg_notification_actors__show();
