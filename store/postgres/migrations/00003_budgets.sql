-- +goose Up
-- Calls of a CRM's API that all processes spend from together: a sliding window for each limit, by this server's clock.
CREATE TABLE budgets (
    name    text COLLATE "C" PRIMARY KEY,
    most    integer NOT NULL,                           -- what the CRM allows in one window
    allowed integer NOT NULL,                           -- what is used of it: less after refusals
    streak  integer NOT NULL DEFAULT 0,                 -- calls since the last refusal
    until   timestamptz NOT NULL DEFAULT '-infinity',   -- nobody calls before
    latest  timestamptz NOT NULL DEFAULT '-infinity',   -- the last moment this clock showed
    free    timestamptz[] NOT NULL DEFAULT '{}',        -- when each place that is taken is free again, rising
    takers  jsonb NOT NULL DEFAULT '{}'                 -- who asked in the last minute, with when
) WITH (fillfactor = 50);
COMMENT ON TABLE budgets IS 'bareme: calls of CRM APIs that all processes spend from together';

-- +goose StatementBegin
-- take_budget is one Ask of crm.Budget. Times are milliseconds; at is the moment, for tests, or null for the clock's.
CREATE FUNCTION take_budget(n text, taker text, want integer, start integer, hold double precision, adopt integer,
    seen integer, seen_ago double precision, refused double precision, spent double precision[], at timestamptz,
    OUT granted integer, OUT wait double precision, OUT limited integer, OUT sharers integer) LANGUAGE plpgsql AS $$
DECLARE
    b    budgets;
    t    timestamptz;
    ms   CONSTANT interval := interval '1 millisecond';
    live timestamptz[];
    ours integer;
BEGIN
    SELECT * INTO b FROM budgets WHERE name = n FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO budgets (name, most, allowed) VALUES (n, start, start) ON CONFLICT DO NOTHING;
        SELECT * INTO b FROM budgets WHERE name = n FOR UPDATE;
    END IF;
    t := coalesce(at, clock_timestamp()); -- after the lock: calls are in the order of their moments
    IF b.latest > t + hold * ms THEN      -- the clock went back further than a window: begin anew, a whole window later
        b.free := '{}';
        b.until := t + hold * ms;
    ELSE
        t := greatest(t, b.latest);
    END IF;
    IF adopt > 0 AND adopt <> b.most THEN
        IF b.allowed = b.most OR b.allowed > adopt THEN
            b.allowed := adopt;
        END IF;
        b.most := adopt;
    END IF;
    IF refused > 0 THEN
        IF t >= b.until THEN -- one step down for a volley of refusals, not one each
            b.allowed := greatest(1, b.allowed - greatest(1, b.allowed / 10));
            b.streak := 0;
        END IF;
        b.until := greatest(b.until, t + refused * ms);
    END IF;
    b.free := b.free || ARRAY(SELECT t + s * ms FROM unnest(spent) s);
    IF seen > 0 THEN -- somebody else spends from the same allowance; places are kept a moment longer for this count
        SELECT count(*) INTO ours FROM unnest(b.free) f WHERE f > t - seen_ago * ms;
        b.free := b.free || ARRAY(SELECT t + (hold - seen_ago) * ms FROM generate_series(1, least(seen, b.most) - ours));
    END IF;
    live := ARRAY(SELECT f FROM unnest(b.free) f WHERE f > t ORDER BY f);
    granted := 0;
    wait := 0;
    IF want > 0 AND t < b.until THEN
        wait := extract(epoch FROM b.until - t) * 1000;
    ELSIF want > 0 AND cardinality(live) >= b.allowed THEN
        wait := extract(epoch FROM live[cardinality(live) - b.allowed + 1] - t) * 1000;
    ELSIF want > 0 THEN
        granted := least(want, b.allowed - cardinality(live));
        b.free := b.free || array_fill(t + hold * ms, ARRAY[granted]);
        b.streak := b.streak + granted;
        IF b.allowed < b.most AND b.streak >= 50 THEN
            b.streak := 0;
            b.allowed := b.allowed + 1;
        END IF;
    END IF;
    b.takers := coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(b.takers)
        WHERE value::double precision > extract(epoch FROM t) - 60), '{}') || jsonb_build_object(taker, extract(epoch FROM t));
    UPDATE budgets SET most = b.most, allowed = b.allowed, streak = b.streak, until = b.until, latest = t, takers = b.takers,
        free = ARRAY(SELECT f FROM unnest(b.free) f WHERE f > t - 1000 * ms ORDER BY f) WHERE name = n;
    limited := b.allowed;
    sharers := (SELECT count(*) FROM jsonb_object_keys(b.takers));
END $$;
-- +goose StatementEnd
