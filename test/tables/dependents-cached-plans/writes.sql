PREPARE dcp_put AS INSERT INTO dependents_cached_plans.item VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET n = excluded.n RETURNING *; PREPARE dcp_get AS SELECT * FROM dependents_cached_plans.item WHERE id BETWEEN $1 AND $2 ORDER BY id; PREPARE dcp_drop AS DELETE FROM dependents_cached_plans.item WHERE id = $1 RETURNING note;

EXECUTE dcp_put(100, 5, 'new'); EXECUTE dcp_get(1, 3); SELECT dependents_cached_plans.raise_by(1, 0.5), dependents_cached_plans.doubled(4), dependents_cached_plans.count_of('n%');

BEGIN; DECLARE dcp_held CURSOR WITH HOLD FOR SELECT id, note FROM dependents_cached_plans.item WHERE id < 6 ORDER BY id; FETCH 2 FROM dcp_held; COMMIT;

EXECUTE dcp_put(2, 7, 'again'); SELECT dependents_cached_plans.raise_by(2, 1);

EXECUTE dcp_drop(9); SELECT dependents_cached_plans.doubled(12);

FETCH 2 FROM dcp_held;

EXECUTE dcp_get(1, 4); SELECT dependents_cached_plans.raise_by(3, 1.25);

-- refused 23502
EXECUTE dcp_put(NULL, 7, 'no key');

EXECUTE dcp_put(101, 8, 'newer'); SELECT dependents_cached_plans.raise_by(101, 1), dependents_cached_plans.doubled(3), dependents_cached_plans.count_of('%+');

FETCH ALL FROM dcp_held;

EXECUTE dcp_drop(100); EXECUTE dcp_get(95, 105);

CLOSE dcp_held; DEALLOCATE dcp_put; DEALLOCATE dcp_get; DEALLOCATE dcp_drop;
