create or replace function backend.claim_outbox(topic text, size int default 100)
returns table (id bigint, payload jsonb, attempts int, created_at timestamptz)
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select claimed.id, claimed.payload, claimed.attempts, claimed.created_at
  from private.claim_outbox(claim_outbox.topic, claim_outbox.size) as claimed;
end;
comment on function backend.claim_outbox(text, int) is
$$Lease the next messages of a topic

Oldest due first, at most 1000. Each must be finished with finish_outbox within the lease (setting outbox_lease_seconds), else it is
given out again. Errors: topic_missing (422).$$;

create or replace function backend.finish_outbox(id bigint, ok boolean, error text default null)
returns text
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.finish_outbox(finish_outbox.id, finish_outbox.ok, finish_outbox.error);
end;
comment on function backend.finish_outbox(bigint, boolean, text) is
$$Say how a claimed message went

Returns delivered, waiting (it will be tried again) or dead. Finishing a delivered message again changes nothing. error is kept to 1000
characters. Errors: message_not_found (404), outcome_missing (422).$$;

create or replace function backend.dead_letters(topic text default null, size int default 100)
returns table (id bigint, topic text, payload jsonb, attempts int, last_error text, created_at timestamptz, dead_at timestamptz)
language sql
stable
security invoker
set search_path = ''
begin atomic
  select letter.id, letter.topic, letter.payload, letter.attempts, letter.last_error, letter.created_at, letter.dead_at
  from private.dead_letters(dead_letters.topic, dead_letters.size) as letter;
end;
comment on function backend.dead_letters(text, int) is
$$Messages that were given up, oldest first

Of one topic, or of all when null; at most 1000.$$;

create or replace function backend.retry_dead_letter(id bigint)
returns boolean
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.retry_dead_letter(retry_dead_letter.id);
end;
comment on function backend.retry_dead_letter(bigint) is
$$Put a dead letter back in the queue with all its attempts

True when it was dead, false when it was not. Errors: message_not_found (404).$$;

create or replace function backend.schema_version()
returns text
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.schema_version();
end;
comment on function backend.schema_version() is
$$The newest migration that is applied

What the function health compares with the version it was built for. Null on a database that the Supabase CLI has not migrated.$$;

create or replace function backend.forget_full_buckets(size int default 1000)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.forget_full_buckets(forget_full_buckets.size);
end;
comment on function backend.forget_full_buckets(int) is
$$Forget the limits about one person or thing that nobody is near any more

At most size (1000; 10000 at most). Returns how many; call it until it is none.$$;

create or replace function backend.forget_old_broadcasts(size int default 1000)
returns int
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.forget_old_broadcasts(forget_old_broadcasts.size);
end;
comment on function backend.forget_old_broadcasts(int) is
$$Delete what was sent on realtime topics a day ago and before (setting broadcast_kept_hours)

At most size (1000; 10000 at most). Returns how many; call it until it is none.$$;

grant execute on function
  private.claim_outbox(text, int), backend.claim_outbox(text, int),
  private.finish_outbox(bigint, boolean, text), backend.finish_outbox(bigint, boolean, text),
  private.dead_letters(text, int), backend.dead_letters(text, int),
  private.retry_dead_letter(bigint), backend.retry_dead_letter(bigint),
  private.schema_version(), backend.schema_version(),
  private.forget_full_buckets(int), backend.forget_full_buckets(int),
  private.forget_old_broadcasts(int), backend.forget_old_broadcasts(int)
to service_role;
