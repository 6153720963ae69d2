create or replace function private.lock_told_of_comment(comment public.comments)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.lock_notifications(
    array(
      select told.id
      from public.notifications as told
      where told.target_id = (lock_told_of_comment.comment).id and told.target_kind = 'comment'
    ) || array(
      select told.id
      from public.notifications as told
      join private.notification_actors as act
        on act.notification_id = told.id and act.actor_id = (lock_told_of_comment.comment).author_id
      where told.read_at is null
        and (told.target_id, told.target_kind, told.kind) in (
          ((lock_told_of_comment.comment).parent_id, 'comment', 'reply'),
          ((lock_told_of_comment.comment).target_id, (lock_told_of_comment.comment).target_kind, 'comment')
        )
    )
  )
$$;
comment on function private.lock_told_of_comment(public.comments) is 'Lock all that may have been told of a comment, to whom it names, answers and belongs, before that changes';

create or replace function private.tell_of_comment(comment public.comments, hearer_ids uuid[])
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.notify(
    hearer.id, hearer.kind, (tell_of_comment.comment).author_id, hearer.target_kind, hearer.target_id,
    data => jsonb_build_object('comment_id', (tell_of_comment.comment).id)
  )
  from (
    select distinct on (hearer.id) hearer.id, hearer.kind, hearer.target_kind, hearer.target_id
    from (
      select parent.author_id as id, 1 as place, 'reply' as kind, 'comment' as target_kind, parent.id as target_id
      from public.comments as parent
      where parent.id = (tell_of_comment.comment).parent_id
      union all
      select owner.id, 2, 'comment', (tell_of_comment.comment).target_kind, (tell_of_comment.comment).target_id
      from (
        select private.target_owner((tell_of_comment.comment).target_kind, (tell_of_comment.comment).target_id) as id
      ) as owner
      -- What answers somebody they do not see is not theirs to see either.
      where case
        when (tell_of_comment.comment).parent_id is null then true
        when owner.id = any (tell_of_comment.hearer_ids) then private.sees(owner.id, 'comment', (tell_of_comment.comment).id)
      end
    ) as hearer
    where hearer.id = any (tell_of_comment.hearer_ids)
    order by hearer.id, hearer.place
  ) as hearer
$$;
comment on function private.tell_of_comment(public.comments, uuid[]) is
'Tell those of hearer_ids whom a comment answers, by a reply, and whose the thing is and who sees the comment, by a comment; who is both, by the reply';

-- Security definer: notifications are nobody's to write. One comment is told to one person once: who is named in it by the mention, whom it
-- answers by the reply, whose the thing is by the comment.
create or replace function private.tg_comments__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_owner_id uuid := private.target_owner(new.target_kind, new.target_id);
  v_answered_id uuid;
begin
  if new.parent_id is not null then
    select parent.author_id into v_answered_id from public.comments as parent where parent.id = new.parent_id;
  end if;
  if tg_op = 'UPDATE' then
    perform private.retract(v_answered_id, 'reply', old.author_id, 'comment', new.parent_id);
    perform private.retract(v_owner_id, 'comment', old.author_id, new.target_kind, new.target_id);
    perform private.forget_target('comment', new.id);
    return null;
  end if;

  perform private.tell_of_comment(new, array(
    select hearer.id
    from unnest(array[v_owner_id, v_answered_id]) as hearer (id)
    where not (
      hearer.id in (select person.id from private.people_named(new.author_id, new.body) as person)
      and private.wants_notification(hearer.id, 'mention', 'in_app')
    )
  ));
  return null;
end;
$$;
create trigger _900_notify_insert
  after insert on public.comments
  for each row execute function private.tg_comments__notify();
create trigger _900_notify_update
  after update of author_id, deleted_at on public.comments
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_comments__notify();

-- Comments go for good with what they are about alone, whose notifications go by themselves.
create trigger _900_forget_told
  after delete on public.comments
  for each row execute function private.tg__forget_told('comment');

-- Security definer: as tg_comments__notify. Whoever names somebody again and again is heard so often alone; of a new comment that answers them
-- or is about what is theirs, people are told nevertheless.
create or replace function private.tg_comment_mentions__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_comment public.comments;
begin
  select comment.* into v_comment from public.comments as comment where comment.id = new.comment_id;
  if private.take_token('mention', new.profile_id, v_comment.author_id, or_refuse => false) then
    perform private.notify(new.profile_id, 'mention', v_comment.author_id, 'comment', v_comment.id);
  elsif v_comment.edited_at is null and private.wants_notification(new.profile_id, 'mention', 'in_app') then
    perform private.tell_of_comment(v_comment, array[new.profile_id]);
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert on public.comment_mentions
  for each row execute function private.tg_comment_mentions__notify();

-- Security definer: as tg_comments__notify.
create or replace function private.tg_comment_mentions__retract()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.retract(old.profile_id, 'mention', comment.author_id, 'comment', comment.id)
  from public.comments as comment
  where comment.id = old.comment_id;
  return null;
end;
$$;
create trigger _900_retract
  after delete on public.comment_mentions
  for each row execute function private.tg_comment_mentions__retract();

-- Security definer: as tg_comments__notify.
create or replace function private.tg_comment_reactions__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(comment.author_id, 'reaction', old.user_id, 'comment', comment.id)
    from public.comments as comment
    where comment.id = old.comment_id;
  else
    perform private.notify(
      comment.author_id, 'reaction', new.user_id, 'comment', comment.id, data => jsonb_build_object('emoji', new.emoji)
    )
    from public.comments as comment
    where comment.id = new.comment_id;
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.comment_reactions
  for each row execute function private.tg_comment_reactions__notify();

-- Security definer: as tg_comments__notify; markers are nobody's to write either. Who has muted a conversation is not in its audience.
create or replace function private.tg_direct_messages__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_hearer record;
begin
  if tg_op = 'UPDATE' then
    -- A block does not wait for the conversation.
    perform private.lock_notifications(array(
      select told.id
      from public.notifications as told
      where told.target_id = new.conversation_id
        and told.target_kind = 'conversation'
        and told.read_at is null
        and exists (
          select from private.notification_actors as act where act.notification_id = told.id and act.actor_id = old.sender_id
        )
    ));
    perform private.retract(hearer.member_id, hearer.kind, old.sender_id, 'conversation', new.conversation_id)
    from (
      select member.member_id, kind
      from public.conversation_members as member
      cross join unnest(array['direct_message', 'message_request']) as kind
      where member.conversation_id = new.conversation_id
      order by member.member_id, kind
    ) as hearer;
    return null;
  end if;
  -- The sender has read up to here, which they were told of among the others: in their place, by the order of ids.
  for v_hearer in
    select audience.member_id, audience.is_request
    from private.message_audience(new.conversation_id, new.sender_id) as audience
    union all
    select new.sender_id, false
    order by member_id
  loop
    if v_hearer.member_id = new.sender_id then
      update public.conversation_members as member
      set last_read_message_id = greatest(member.last_read_message_id, new.id)
      where member.conversation_id = new.conversation_id and member.member_id = new.sender_id;
    else
      perform private.notify(
        v_hearer.member_id, case when v_hearer.is_request then 'message_request' else 'direct_message' end,
        new.sender_id, 'conversation', new.conversation_id
      );
    end if;
  end loop;
  return null;
end;
$$;
create trigger _900_notify_insert
  after insert on public.direct_messages
  for each row execute function private.tg_direct_messages__notify();
create trigger _900_notify_update
  after update of deleted_at on public.direct_messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_direct_messages__notify();

-- Security definer: as tg_comments__notify. Whoever has read the conversation has read of it, and whoever leaves it needs no telling.
create or replace function private.tg_conversation_members__read()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  with marked as (
    select told.id
    from public.notifications as told
    where told.target_id = new.conversation_id
      and told.target_kind = 'conversation'
      and told.recipient_id = new.member_id
      and told.read_at is null
    order by told.id
    for no key update
  )
  update public.notifications as told
  set read_at = now(), seen_at = coalesce(told.seen_at, now()), is_open = false
  from marked
  where told.id = marked.id;
  return null;
end;
$$;
create trigger _900_read
  after update of last_read_message_id, state on public.conversation_members
  for each row
  when (old.last_read_message_id is distinct from new.last_read_message_id or old.state <> new.state)
  execute function private.tg_conversation_members__read();

create trigger _900_forget_told
  after delete on public.conversations
  for each row execute function private.tg__forget_told('conversation');

-- Security definer: as tg_comments__notify.
create or replace function private.tg_crate_collaborators__notify()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.retract(old.user_id, 'collaboration', crate.owner_id, 'crate', crate.id)
    from public.crates as crate
    where crate.id = old.crate_id;
  else
    perform private.notify(new.user_id, 'collaboration', crate.owner_id, 'crate', crate.id)
    from public.crates as crate
    where crate.id = new.crate_id;
  end if;
  return null;
end;
$$;
create trigger _900_notify
  after insert or delete on public.crate_collaborators
  for each row execute function private.tg_crate_collaborators__notify();

-- Security definer: as tg_comments__notify. Only of what the owner may see: who shares a crate with their followers tells nobody else.
create or replace function private.tg_posts__tell_of_share()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_owner_id uuid := private.target_owner('crate', coalesce(new.crate_id, old.crate_id));
begin
  if tg_op = 'UPDATE' then
    -- Each share is told by itself, so the one that is taken back is found by its post.
    delete from public.notifications as told
    where told.target_id = old.crate_id
      and told.target_kind = 'crate'
      and told.kind = 'crate_share'
      and told.recipient_id = v_owner_id
      and told.read_at is null
      and told.data ->> 'post_id' = new.id::text;
  elsif private.sees(v_owner_id, 'post', new.id) then
    perform private.notify(
      v_owner_id, 'crate_share', new.author_id, 'crate', new.crate_id, data => jsonb_build_object('post_id', new.id)
    );
  end if;
  return null;
end;
$$;
create trigger _900_tell_of_share
  after insert on public.posts
  for each row
  when (new.crate_id is not null)
  execute function private.tg_posts__tell_of_share();
create trigger _920_tell_of_share
  after update of deleted_at on public.posts
  for each row
  when (old.deleted_at is null and new.deleted_at is not null and old.crate_id is not null)
  execute function private.tg_posts__tell_of_share();

create trigger _900_forget_told
  after delete on public.crates
  for each row execute function private.tg__forget_told('crate');
create trigger _910_forget_told
  after update of deleted_at on public.crates
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg__forget_told('crate');

create trigger _900_forget_told
  after delete on public.tracks
  for each row execute function private.tg__forget_told('track');

-- Security definer: as tg_comments__notify. Every step is a multiple of five, so four plays of five cost nothing.
create or replace function private.tg_tracks__milestone()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.reach_milestone('track', new.id, 'plays', new.play_count, new.artist_id);
  return null;
end;
$$;
create trigger _900_milestone
  after update of play_count on public.tracks
  for each row
  when (new.play_count % 5 = 0)
  execute function private.tg_tracks__milestone();
