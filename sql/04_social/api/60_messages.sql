create or replace function public.start_conversation(usernames text[], title text default null)
returns public.conversation_row
language sql
volatile
security invoker
begin atomic
  select private.start_conversation(start_conversation.usernames, start_conversation.title);
end;
comment on function public.start_conversation(text[], text) is
$$Begin to write to somebody, or to a group

One username without a title: the conversation of these two, the same whoever starts it; an empty one is in nobody's list yet. With a title (1 to 120
characters) a group, of at most 20 with oneself. Who does not let the caller write directly (their dm_permission) is asked first: state requested.
A conversation of two is open once the other has begun, answered or accepted it: only then what they set later does not close it.
Returns the conversation. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403),
messages_not_wanted (403), profile_not_found (404), recipients_invalid, not_yourself, title_invalid (422), rate_limited (429).$$;

create or replace function public.send_direct_message(conversation_id uuid, body text default null, client_id uuid default null, track_id uuid default null, crate_id uuid default null, reply_to uuid default null)
returns public.message_row
language sql
volatile
security invoker
begin atomic
  select private.send_direct_message(send_direct_message.conversation_id, send_direct_message.body, send_direct_message.client_id, send_direct_message.track_id, send_direct_message.crate_id, send_direct_message.reply_to);
end;
comment on function public.send_direct_message(uuid, text, uuid, uuid, uuid, uuid) is
$$Write in a conversation

body: 1 to 2000 characters, or none with a track or a crate, which each reader finds as far as they may see it. client_id: sent again, it returns the same message. reply_to: a message of the same conversation. Answering a
request accepts it. Tells dm:<conversation_id> message_sent. Returns the message. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403),
messages_not_wanted (403; they have neither answered nor accepted, and take none any more), conversation_not_found, direct_message_not_found, track_not_found, crate_not_found (404), recipient_gone, message_request_pending (409; three messages, setting
dm_request_messages, until they accept, or in a group one of them), body_missing, body_too_long, one_thing_at_a_time (422), rate_limited (429).$$;

create or replace function public.delete_direct_message(message_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.delete_direct_message(delete_direct_message.message_id);
end;
comment on function public.delete_direct_message(uuid) is
$$Take one's own message back

Its row stays without what was in it. Tells dm:<conversation_id> message_deleted. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403),
direct_message_not_found (404).$$;

create or replace function public.mark_conversation_read(conversation_id uuid, up_to uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.mark_conversation_read(mark_conversation_read.conversation_id, mark_conversation_read.up_to);
end;
comment on function public.mark_conversation_read(uuid, uuid) is
$$Move the caller's marker to a message

It never goes back; sending moves it too. Others see it in members, and hear conversation_read, once the caller has accepted the conversation. Returns
{last_read_message_id, unread_count}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), conversation_not_found,
direct_message_not_found (404), value_missing (422).$$;

create or replace function public.my_conversations(after text default null, page_size int default null, requests boolean default false)
returns setof public.conversation_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.title, row.state, row.members, row.member_count, row.last_message, row.unread_count,
    row.last_read_message_id, row.muted_until, row.created_at, row.cursor
  from private.my_conversations(my_conversations.after, my_conversations.page_size, my_conversations.requests) as row;
end;
comment on function public.my_conversations(text, int, boolean) is
$$The caller's conversations, those with the newest message first

With the last message, five of the other members and unread_count (at most 100). requests: those that wait to be accepted, instead. A conversation
that moves up while one is paging is not shown a second time. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.conversation(conversation_id uuid)
returns public.conversation_row
language sql
stable
security invoker
begin atomic
  select private.one_conversation(conversation.conversation_id);
end;
comment on function public.conversation(uuid) is
$$One conversation, with all its members

Errors: not_signed_in (401), conversation_not_found (404).$$;

create or replace function public.messages(conversation_id uuid, after text default null, page_size int default null)
returns setof public.message_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.conversation_id, row.sender, row.body, row.track, row.crate, row.reply_to, row.client_id,
    row.like_count, row.liked_by_me, row.created_at, row.deleted_at, row.cursor
  from private.messages(messages.conversation_id, messages.after, messages.page_size) as row;
end;
comment on function public.messages(uuid, text, int) is
$$The messages of a conversation, newest first

Since the caller joined; in groups without those of people across a block. Errors: not_signed_in (401), conversation_not_found (404),
bad_cursor (422).$$;

create or replace function public.direct_message(message_id uuid)
returns public.message_row
language sql
stable
security invoker
begin atomic
  select private.direct_message(direct_message.message_id);
end;
comment on function public.direct_message(uuid) is
$$One message, such as one that message_sent told of

Errors: not_signed_in (401), direct_message_not_found (404), also when it is deleted.$$;

create or replace function public.add_to_conversation(conversation_id uuid, usernames text[])
returns public.conversation_row
language sql
volatile
security invoker
begin atomic
  select private.add_to_conversation(add_to_conversation.conversation_id, add_to_conversation.usernames);
end;
comment on function public.add_to_conversation(uuid, text[]) is
$$Take more people into a group

Any member may. They see what is written from then on. Who does not let the caller write directly, or has left, is asked first. Who is in already
stays so. Returns the conversation. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), messages_not_wanted (403), conversation_not_found,
profile_not_found (404), conversation_full (409; hint: the limit), not_a_group, message_request_pending (409), recipients_invalid, not_yourself (422),
rate_limited (429).$$;

create or replace function public.leave_conversation(conversation_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.leave_conversation(leave_conversation.conversation_id);
end;
comment on function public.leave_conversation(uuid) is
$$Leave a group

The caller's messages stay; when nobody is left the group goes with all of them. Returns {is_member: false}; repeating changes nothing. Errors:
not_signed_in (401), account_deactivated, banned, feature_disabled (403), conversation_not_found (404), not_a_group (409).$$;

create or replace function public.rename_conversation(conversation_id uuid, title text)
returns public.conversation_row
language sql
volatile
security invoker
begin atomic
  select private.rename_conversation(rename_conversation.conversation_id, rename_conversation.title);
end;
comment on function public.rename_conversation(uuid, text) is
$$Give a group another title

Any member may. Returns the conversation. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), conversation_not_found (404), not_a_group,
message_request_pending (409), title_invalid (422), rate_limited (429).$$;

create or replace function public.mute_conversation(conversation_id uuid, until timestamptz)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.mute_conversation(mute_conversation.conversation_id, mute_conversation.until);
end;
comment on function public.mute_conversation(uuid, timestamptz) is
$$Have no notifications from a conversation for a while

until: infinity for ever, null or what has passed to hear of it again. Returns {muted_until}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), conversation_not_found (404).$$;

create or replace function public.accept_message_request(conversation_id uuid)
returns public.conversation_row
language sql
volatile
security invoker
begin atomic
  select private.accept_message_request(accept_message_request.conversation_id);
end;
comment on function public.accept_message_request(uuid) is
$$Let somebody write to the caller

Returns the conversation; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), conversation_not_found (404).$$;

create or replace function public.decline_message_request(conversation_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.decline_message_request(decline_message_request.conversation_id);
end;
comment on function public.decline_message_request(uuid) is
$$Not take part in a conversation one was asked into

Whoever asked is not told. Starting the conversation oneself takes it back. Returns {is_member: false}; repeating changes nothing. Errors:
not_signed_in (401), account_deactivated, banned, feature_disabled (403), conversation_not_found (404), message_request_accepted (409).$$;

create or replace function public.set_dm_permission(permission text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_dm_permission(set_dm_permission.permission);
end;
comment on function public.set_dm_permission(text) is
$$Decide who may write to the caller without asking

permission: everyone, followees (those the caller follows; the default), mutuals, or nobody, which also refuses requests. Conversations that are open stay
open. Returns {dm_permission}. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), dm_permission_unknown (422).$$;

grant execute on function
  private.start_conversation(text[], text), public.start_conversation(text[], text),
  private.send_direct_message(uuid, text, uuid, uuid, uuid, uuid), public.send_direct_message(uuid, text, uuid, uuid, uuid, uuid),
  private.delete_direct_message(uuid), public.delete_direct_message(uuid),
  private.mark_conversation_read(uuid, uuid), public.mark_conversation_read(uuid, uuid),
  private.my_conversations(text, int, boolean), public.my_conversations(text, int, boolean),
  private.one_conversation(uuid), public.conversation(uuid),
  private.messages(uuid, text, int), public.messages(uuid, text, int),
  private.direct_message(uuid), public.direct_message(uuid),
  private.add_to_conversation(uuid, text[]), public.add_to_conversation(uuid, text[]),
  private.leave_conversation(uuid), public.leave_conversation(uuid),
  private.rename_conversation(uuid, text), public.rename_conversation(uuid, text),
  private.mute_conversation(uuid, timestamptz), public.mute_conversation(uuid, timestamptz),
  private.accept_message_request(uuid), public.accept_message_request(uuid),
  private.decline_message_request(uuid), public.decline_message_request(uuid),
  private.set_dm_permission(text), public.set_dm_permission(text)
to authenticated;
