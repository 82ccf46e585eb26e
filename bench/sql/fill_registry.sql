-- Writes  public.drivers: the first accounts of the ranking.
-- Reads   public.bench_accounts
-- Rerun   no: the keys would be taken.
INSERT INTO public.drivers
SELECT (ranked.account).*
FROM public.bench_accounts AS ranked
WHERE ranked.place <= %(accounts)s::integer
ORDER BY ranked.place
