insert into public.feature_flags (name, is_enabled, description) values
  ('commerce', true, 'Selling, buying, refunds, subscriptions and payouts');

-- What Stripe charges with. It takes three decimals in steps of ten, and still counts two of ISK and UGX, which have none.
insert into public.currencies (code, exponent, step_minor, is_enabled)
select code, 2, case when code in ('ISK', 'UGX') then 100 else 1 end, code = 'USD'
from unnest(array[
  'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BMD', 'BND', 'BOB', 'BRL', 'BSD', 'BWP',
  'BYN', 'BZD', 'CAD', 'CDF', 'CHF', 'CNY', 'COP', 'CRC', 'CVE', 'CZK', 'DKK', 'DOP', 'DZD', 'EGP', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL',
  'GIP', 'GMD', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'ISK', 'JMD', 'KES', 'KGS', 'KHR', 'KYD', 'KZT', 'LAK', 'LBP',
  'LKR', 'LRD', 'LSL', 'MAD', 'MDL', 'MKD', 'MMK', 'MNT', 'MOP', 'MUR', 'MVR', 'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR',
  'NZD', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'QAR', 'RON', 'RSD', 'RUB', 'SAR', 'SBD', 'SCR', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD',
  'STD', 'SZL', 'THB', 'TJS', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'UYU', 'UZS', 'WST', 'XCD', 'XCG', 'YER', 'ZAR', 'ZMW'
]) as code
union all
select code, 0, 1, false
from unnest(array[
  'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
]) as code
union all
select code, 3, 10, false
from unnest(array['BHD', 'JOD', 'KWD', 'OMR', 'TND']) as code;

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('private.ledger_accounts', 'owner_id', false, 'retain', 100, 'What was owed and paid is kept as the law of accounts asks; the id then names nobody');
