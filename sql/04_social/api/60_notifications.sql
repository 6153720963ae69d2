create or replace function public.my_notifications(after text default null, page_size int default null)
returns setof public.notification_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.actors, row.actor_count, row.target_kind, row.target_id, row.target, row.comment, row.data,
    row.created_at, row.is_seen, row.is_read, row.cursor
  from private.my_notifications(my_notifications.after, my_notifications.page_size) as row;
end;
comment on function public.my_notifications(text, int) is
$$What the caller was told of, newest first

A group stands where its first one happened. Without what all whose doing it is are muted, blocked or gone, and without what the caller may
no longer see. New ones are broadcast on the private topic user:<id> as event notification {id, kind, actor, target_kind, target_id,
created_at}. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.unread_count()
returns int
language sql
stable
security invoker
begin atomic
  select private.unread_count();
end;
comment on function public.unread_count() is
$$How many notifications the caller has not read

Counted to 100 at most (setting notification_count_limit). Errors: not_signed_in (401).$$;

create or replace function public.mark_seen(up_to uuid)
returns int
language sql
volatile
security invoker
begin atomic
  select private.mark_seen(mark_seen.up_to);
end;
comment on function public.mark_seen(uuid) is
$$Say that the list was opened

up_to: the id of the newest notification that was shown; it and all older ones are seen. They stay unread. Returns how many were not seen
before. Errors: not_signed_in, account_gone (401), account_deactivated, banned (403), value_missing (422).$$;

create or replace function public.mark_read(ids uuid[] default null)
returns int
language sql
volatile
security invoker
begin atomic
  select private.mark_read(mark_read.ids);
end;
comment on function public.mark_read(uuid[]) is
$$Say that notifications were read

ids: which; all when null. Ids of others' or unknown ones change nothing. What happens after begins a new notification. Returns how many
were unread before. Errors: not_signed_in, account_gone (401), account_deactivated, banned (403).$$;

create or replace function public.set_notification_preference(kind text, channel text, is_enabled boolean)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_notification_preference(
    set_notification_preference.kind, set_notification_preference.channel, set_notification_preference.is_enabled
  );
end;
comment on function public.set_notification_preference(text, text, boolean) is
$$Decide about a kind of notifications

channel: in_app, push or email. What is not wanted in_app comes on no other channel either, and is not kept for later. Returns {kind, channel,
is_enabled}. Errors: not_signed_in, account_gone (401), account_deactivated, banned (403), notification_kind_unknown, channel_unknown, value_missing
(422).$$;

create or replace function public.my_notification_preferences()
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.my_notification_preferences();
end;
comment on function public.my_notification_preferences() is
$$What the caller wants to be told, and how

{kinds: [{kind, category, in_app, push, email}], quiet_hours: {starts, ends, time_zone} or null}: every kind there is, as decided or as it
ships. Errors: not_signed_in (401).$$;

create or replace function public.set_quiet_hours(starts time, ends time)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_quiet_hours(set_quiet_hours.starts, set_quiet_hours.ends);
end;
comment on function public.set_quiet_hours(time, time) is
$$Choose when no push message shall come

From starts until ends in the time zone of the caller's profile, over midnight when ends is the earlier; both null for none. What comes in
between is delivered at the end. Returns {quiet_hours: {starts, ends} or null}. Errors: not_signed_in, account_gone (401),
account_deactivated, banned (403), quiet_hours_invalid (422).$$;

create or replace function public.register_push_token(token text, platform text, device_name text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.register_push_token(register_push_token.token, register_push_token.platform, register_push_token.device_name);
end;
comment on function public.register_push_token(text, text, text) is
$$Get push messages on this device

token: Expo's, ExponentPushToken[...]; call it at each start of the app. platform: ios or android. A token that was somebody else's is the caller's
from now on. Of more than 20 devices (setting push_tokens_limit) those not registered for longest go. Returns {token, platform, device_name}.
Errors: not_signed_in, account_gone (401), account_deactivated, banned (403), push_token_invalid, platform_unknown (422), rate_limited (429).$$;

create or replace function public.remove_push_token(token text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.remove_push_token(remove_push_token.token);
end;
comment on function public.remove_push_token(text) is
$$Get no more push messages on this device

To be called before signing out. Returns {is_registered: false}; repeating changes nothing. Errors: not_signed_in, account_gone (401),
account_deactivated (403).$$;

create or replace function backend.notify_likes(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.notify_likes(notify_likes.size);
end;
comment on function backend.notify_likes(int) is
$$Tell owners of the likes that were given and taken back since the last call

Takes at most size (1000 at most) from the queue, and returns how many it took: 0 when there are none, or another call is at it.$$;

create or replace function backend.forget_old_notifications(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.forget_old_notifications(forget_old_notifications.size);
end;
comment on function backend.forget_old_notifications(int) is
$$Delete notifications older than 90 days (setting notification_kept_days), the oldest first

At most size (10000 at most) a call; returns how many. Also deletes push tickets older than a day, whose receipts Expo no longer has.$$;

create or replace function backend.push_messages(notification_ids uuid[])
returns table (notification_id uuid, token text, title text, body text, data jsonb)
language sql
volatile
security invoker
begin atomic
  select message.notification_id, message.token, message.title, message.body, message.data
  from private.push_messages(push_messages.notification_ids) as message;
end;
comment on function backend.push_messages(uuid[]) is
$$What to send for notifications whose outbox message (topic send_push) is due

One row a device. Nothing for a notification that is gone, was read, whose recipient has switched its kind off, blocked or muted its actors, may no
longer see what it is about, or has no device. In quiet hours nothing, too: what was asked for is queued anew for their end. data:
{notification_id, kind, target_kind, target_id}.$$;

create or replace function backend.email_messages(notification_ids uuid[])
returns table (notification_id uuid, email text, display_name text, subject text, body text, data jsonb)
language sql
volatile
security invoker
begin atomic
  select row.notification_id, row.email, row.display_name, row.subject, row.body, row.data
  from private.email_messages(email_messages.notification_ids) as row;
end;
comment on function backend.email_messages(uuid[]) is
$$What is to be sent for messages of the outbox topic send_email

Their payload is {notification_id}. At most one row for each notification: the recipient's address, confirmed, and name; subject and body in
words; data {notification_id, kind, target_kind, target_id}. None where it was read or taken back meanwhile, is not wanted by e-mail, or
its recipient is leaving or has no confirmed address: then there is nothing to send, and the message is done.$$;

create or replace function backend.finish_pushes(outcomes jsonb, tickets jsonb default '[]', gone_tokens text[] default '{}')
returns int
language sql
volatile
security invoker
begin atomic
  select private.finish_pushes(finish_pushes.outcomes, finish_pushes.tickets, finish_pushes.gone_tokens);
end;
comment on function backend.finish_pushes(jsonb, jsonb, text[]) is
$$Say how claimed messages of the topic send_push went, all at once

outcomes: [{id, error}, ...], the outbox's ids, error null when delivered; as finish_outbox, but that unknown ids are passed over. tickets:
[{ticket_id, token}, ...], Expo's, kept until their receipts can be read. gone_tokens: devices that Expo says are no longer registered; they are
forgotten. Returns how many messages there were; repeating changes nothing. Errors: outcomes_invalid, tickets_invalid (422).$$;

create or replace function backend.due_push_tickets(size int default 300)
returns table (ticket_id text, token text)
language sql
volatile
security invoker
begin atomic
  select ticket.ticket_id, ticket.token from private.due_push_tickets(due_push_tickets.size) as ticket;
end;
comment on function backend.due_push_tickets(int) is
$$Tickets whose receipts can be read by now, the oldest first

15 minutes after sending (setting push_receipt_minutes); at most 1000. Until finish_push_tickets they come again every 15 minutes, for a day.$$;

create or replace function backend.finish_push_tickets(ticket_ids text[], gone_ticket_ids text[] default '{}')
returns int
language sql
volatile
security invoker
begin atomic
  select private.finish_push_tickets(finish_push_tickets.ticket_ids, finish_push_tickets.gone_ticket_ids);
end;
comment on function backend.finish_push_tickets(text[], text[]) is
$$Forget tickets whose receipts were read

gone_ticket_ids: those whose device is no longer registered; it is forgotten, unless it was registered anew since. Returns how many devices
were; repeating changes nothing.$$;

grant execute on function
  private.my_notifications(text, int), public.my_notifications(text, int),
  private.unread_count(), public.unread_count(),
  private.mark_seen(uuid), public.mark_seen(uuid),
  private.mark_read(uuid[]), public.mark_read(uuid[]),
  private.set_notification_preference(text, text, boolean), public.set_notification_preference(text, text, boolean),
  private.my_notification_preferences(), public.my_notification_preferences(),
  private.set_quiet_hours(time, time), public.set_quiet_hours(time, time),
  private.register_push_token(text, text, text), public.register_push_token(text, text, text),
  private.remove_push_token(text), public.remove_push_token(text)
to authenticated;

grant execute on function
  private.notify_likes(int), backend.notify_likes(int),
  private.forget_old_notifications(int), backend.forget_old_notifications(int),
  private.push_messages(uuid[]), backend.push_messages(uuid[]),
  private.email_messages(uuid[]), backend.email_messages(uuid[]),
  private.finish_pushes(jsonb, jsonb, text[]), backend.finish_pushes(jsonb, jsonb, text[]),
  private.due_push_tickets(int), backend.due_push_tickets(int),
  private.finish_push_tickets(text[], text[]), backend.finish_push_tickets(text[], text[])
to service_role;
