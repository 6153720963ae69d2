create schema bench;

-- A fraction in [0, 1) for a number and a purpose: the same for the same seed, whatever the plan.
create function bench.chance(number bigint, purpose text) returns float8
language sql stable parallel safe
return (
  hashint8extended(number, hashtextextended(purpose, current_setting('bench.seed')::bigint)) & 9007199254740991
) / 9007199254740992.0::float8;

create function bench.uuid_of(number bigint, purpose text) returns uuid
language sql stable parallel safe
return md5(current_setting('bench.seed') || ':' || purpose || ':' || number)::uuid;

-- A time-ordered id as private.uuid_v7() makes them.
create function bench.uuid_at(at timestamptz, number bigint, purpose text) returns uuid
language sql stable parallel safe
return (
  lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
    || substr(md5(current_setting('bench.seed') || ':' || purpose || ':' || number), 1, 3) || '8'
    || substr(md5(current_setting('bench.seed') || ':' || purpose || ':' || number), 5, 15)
)::uuid;
