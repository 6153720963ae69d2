-- That of the day it is installed, and the one after.
insert into public.seasons (code, starts_at, ends_at, status)
select season.code, lower(span.during), upper(span.during), season.status
from (values (private.season_of(now()), 'active'), (private.season_of(now() + interval '3 months'), 'upcoming')) as season (code, status)
cross join lateral private.period_span('season', season.code) as span (during);

insert into private.season_prizes (tier, from_rank, to_rank, credits) values
  ('gold', 1, 1, 500),
  ('silver', 2, 3, 250),
  ('bronze', 4, 10, 100),
  ('participant', 11, null, 0);

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.season_results', 'user_id', true, 'delete', 402, 'The person''s own');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('season_grace_minutes', 10, 0, 10080, 'minutes', 'How long after its end a season is closed: what was under way then still counts');
