-- +goose Up
-- Calls belong to accounts: all connections to one account spend from the same budget. Until a connection's account is
-- known, its budget is kept under the connection's name; then it moves, with all that was asked for, and whoever still asks
-- under the old name is sent on.
ALTER TABLE budgets ADD COLUMN moved text COLLATE "C"; -- the account's budget, where this one has gone

ALTER FUNCTION take_budget(text, text, integer, integer, double precision, integer, integer, double precision, double precision,
    double precision[], timestamptz) RENAME TO spend_budget;

-- +goose StatementBegin
-- take_budget is one Ask of crm.Budget. own is the connection's budget, '' once this process has moved it; account is the
-- account's, '' while it is not known. Times are milliseconds; at is the moment, for tests, or null for the clock's.
CREATE FUNCTION take_budget(own text, account text, taker text, want integer, start integer, hold double precision, adopt integer,
    seen integer, seen_ago double precision, refused double precision, spent double precision[], at timestamptz,
    OUT granted integer, OUT wait double precision, OUT limited integer, OUT sharers integer) LANGUAGE plpgsql AS $$
DECLARE
    b    budgets;
    name text := account;
    t    timestamptz := coalesce(at, clock_timestamp());
    live timestamptz[];
BEGIN
    -- Most that wait for the same place ask in vain: as long as they have nothing to tell, they are told so without a lock.
    IF own = '' AND want > 0 AND adopt = 0 AND seen = 0 AND refused = 0 AND cardinality(spent) = 0 THEN
        SELECT * INTO b FROM budgets x WHERE x.name = account;
        live := ARRAY(SELECT f FROM unnest(b.free) f WHERE f > t ORDER BY f);
        IF (b.takers->>taker)::double precision > extract(epoch FROM t) - 30 AND b.latest <= t
           AND (t < b.until OR cardinality(live) >= b.allowed) THEN
            granted := 0;
            wait := extract(epoch FROM greatest(b.until, live[cardinality(live) - b.allowed + 1]) - t) * 1000;
            limited := b.allowed;
            sharers := (SELECT count(*) FROM jsonb_object_keys(b.takers));
            RETURN;
        END IF;
    END IF;
    IF own <> '' THEN
        INSERT INTO budgets (name, most, allowed) VALUES (own, start, start) ON CONFLICT DO NOTHING;
        SELECT * INTO b FROM budgets x WHERE x.name = own FOR UPDATE; -- always before the account's: nobody waits in a circle
        IF account = '' THEN
            name := coalesce(b.moved, own);
        ELSIF b.moved IS NULL THEN
            INSERT INTO budgets AS x (name, most, allowed, streak, until, latest, free)
                VALUES (account, b.most, b.allowed, b.streak, b.until, b.latest, b.free)
                ON CONFLICT ON CONSTRAINT budgets_pkey DO UPDATE SET free = x.free || excluded.free,
                    until = greatest(x.until, excluded.until), latest = greatest(x.latest, excluded.latest);
        END IF;
        IF account <> '' AND b.moved IS DISTINCT FROM account THEN
            UPDATE budgets x SET moved = account, free = '{}', takers = '{}', until = '-infinity' WHERE x.name = own;
        END IF;
    END IF;
    SELECT s.granted, s.wait, s.limited, s.sharers INTO granted, wait, limited, sharers
        FROM spend_budget(name, taker, want, start, hold, adopt, seen, seen_ago, refused, spent, at) s;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- For processes of the release before this one: a budget by its connection alone.
CREATE FUNCTION take_budget(n text, taker text, want integer, start integer, hold double precision, adopt integer,
    seen integer, seen_ago double precision, refused double precision, spent double precision[], at timestamptz,
    OUT granted integer, OUT wait double precision, OUT limited integer, OUT sharers integer) LANGUAGE sql AS $$
    SELECT t.granted, t.wait, t.limited, t.sharers
        FROM take_budget(n, '', taker, want, start, hold, adopt, seen, seen_ago, refused, spent, at) t
$$;
-- +goose StatementEnd

-- What an account's processes know together of its calls of the day: crm.DayCount.
CREATE TABLE budget_days (
    name  text COLLATE "C" PRIMARY KEY, -- the CRM and the account
    count jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);
COMMENT ON TABLE budget_days IS 'bareme: calls of a day of CRM accounts, as all processes know them together';
