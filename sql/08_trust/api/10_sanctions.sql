create or replace function public.my_sanctions(after text default null, page_size int default null)
returns setof public.sanction_row
language sql
stable
security invoker
begin atomic
  select row.id, row.kind, row.room_id, row.until, row.reason, row.in_force, row.lifted_at, row.appeal, row.created_at, row.cursor
  from private.my_sanctions(my_sanctions.after, my_sanctions.page_size) as row;
end;
comment on function public.my_sanctions(text, int) is
$$What moderators have imposed on the caller, newest first

Warnings, mutes and bans, also those that are over, with the appeal against each. Open to who is banned. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.appeal(sanction_id uuid, text text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.appeal(appeal.sanction_id, appeal.text);
end;
comment on function public.appeal(uuid, text) is
$$Say something against a sanction: once each

text: 1 to 2000 characters. Somebody else than who imposed it decides. Open to who is banned or muted. Logged. Sent again it returns the same appeal. Returns {sanction_id, status, statement, note, created_at, decided_at}.
Errors: not_signed_in, account_gone (401), account_deactivated (403), sanction_not_found (404), already_appealed, sanction_lifted (409), statement_invalid (422), rate_limited (429).$$;

create or replace function public.decide_appeal(sanction_id uuid, uphold boolean, note text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.decide_appeal(decide_appeal.sanction_id, decide_appeal.uphold, decide_appeal.note);
end;
comment on function public.decide_appeal(uuid, boolean, text) is
$$Decide an appeal: for moderators, but not for who imposed the sanction or reported what it is for

Upheld, the sanction is lifted at once; its bearer is told, with the note. Logged. Returns {sanction_id, status, statement, note, created_at, decided_at}. Errors: not_signed_in, account_gone (401),
account_deactivated, banned, not_allowed, own_case, another_person_needed (403), appeal_not_found, case_not_found (404), appeal_decided, case_claimed, case_decided (409), note_too_long, value_missing (422),
rate_limited (429).$$;

create or replace function public.lift_sanction(sanction_id uuid, note text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select jsonb_build_object('id', lifted.id, 'kind', lifted.kind, 'room_id', lifted.room_id, 'until', lifted.until, 'lifted_at', lifted.lifted_at)
  from private.lift_sanction(lift_sanction.sanction_id, lift_sanction.note) as lifted;
end;
comment on function public.lift_sanction(uuid, text) is
$$Take a warning, a mute or a ban back: for moderators

What it holds back is open again at once, in a room too; its bearer is told, of a mute in a room also as by unmute_member. Logged. Repeating changes nothing.
Returns {id, kind, room_id, until, lifted_at}. Errors: not_signed_in, account_gone (401), account_deactivated, banned, not_allowed, own_case (403),
sanction_not_found (404), note_too_long (422).$$;

grant execute on function
  private.my_sanctions(text, int), public.my_sanctions(text, int),
  private.appeal(uuid, text), public.appeal(uuid, text),
  private.decide_appeal(uuid, boolean, text), public.decide_appeal(uuid, boolean, text),
  private.lift_sanction(uuid, text), public.lift_sanction(uuid, text)
to authenticated;
