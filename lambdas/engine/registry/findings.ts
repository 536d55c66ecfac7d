import type { Queryable } from '../postgres/session.ts';

export interface NewFinding {
  readonly runId: bigint;
  readonly kind: string;
  readonly constraintName: string | null;
  /** A SELECT of ours that yields `row_key` (jsonb). Runs in the server: keys never leave the database (I-13). */
  readonly keysSql: string;
  readonly keysListed: number;
  readonly detail?: string;
}

/** Records a finding; returns its id, which is all that errors, logs and states may hold of it (I-13). */
export async function insertFinding(client: Queryable, finding: NewFinding): Promise<bigint> {
  const [row] = await client.query<{ finding_id: bigint }>(
    /* sql */ `
    INSERT INTO shadowstep.finding (run_id, kind, constraint_name, detail, row_count, row_keys)
    SELECT $1, $2, $3, $4, pg_catalog.count(*),
           COALESCE(pg_catalog.jsonb_agg(k.row_key) FILTER (WHERE k.number <= $5), '[]')
    FROM (SELECT f.row_key, pg_catalog.row_number() OVER () AS number FROM (${finding.keysSql}) AS f) AS k
    RETURNING finding_id`,
    [finding.runId, finding.kind, finding.constraintName, finding.detail ?? '', finding.keysListed],
  );
  return row?.finding_id ?? 0n;
}
