create or replace function backend.close_season(code text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
-- A season may take its time: PostgREST applies this before the call.
set statement_timeout = '10min'
begin atomic
  select private.close_season(close_season.code);
end;
comment on function backend.close_season(text) is
$$Close a season that is over, some minutes after its end (setting season_grace_minutes)

Counts what is left, freezes its boards with a hash, writes everybody's result and badge, pays the prizes and opens the next season: all or nothing,
and again it only says what it did. settle_deeds is called before it, until it returns 0. Returns {code, people, hash, closed_at, next, winners: {tier:
people}}. Errors: season_not_found (404), season_not_over, season_not_open, season_not_settled (409).$$;

create or replace function backend.seasons_to_close()
returns setof text
language sql
stable
security invoker
begin atomic
  select code from private.seasons_to_close() as code;
end;
comment on function backend.seasons_to_close() is 'The season that is over and still to be closed, if any';

create or replace function backend.tell_season_results(size int default 1000)
returns int
language sql
volatile
security invoker
begin atomic
  select private.tell_season_results(tell_season_results.size);
end;
comment on function backend.tell_season_results(int) is
$$Tell people how a season ended for them

At most size (1000 at most) a call, each once; returns how many.$$;

grant execute on function
  private.close_season(text), backend.close_season(text),
  private.seasons_to_close(), backend.seasons_to_close(),
  private.tell_season_results(int), backend.tell_season_results(int)
to service_role;
