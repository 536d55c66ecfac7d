import type { Queryable } from '../postgres/session.ts';
import { FACTS_OF, tableFactsSql } from './facts-sql.ts';
import { fingerprintOf, type UnprintedFacts } from './fingerprint.ts';
import type { TableFacts } from './table-facts.ts';

/** A session knows its server's version; anything else is asked. */
async function serverVersionNum(client: Queryable): Promise<number> {
  if ('serverVersionNum' in client && typeof client.serverVersionNum === 'number') {
    return client.serverVersionNum;
  }
  const [row] = await client.query<{ version: number }>(
    /* sql */ `SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version`,
  );
  return row?.version ?? 0;
}

interface FactsRow {
  facts: UnprintedFacts;
  column_details: unknown;
}

/**
 * What hangs on the table, in one statement and one snapshot; null when the OID names no relation. Takes ACCESS SHARE
 * on catalogs only. The session's search_path must be the pinned one: every definition is printed under it.
 */
export async function readTableFacts(client: Queryable, oid: number): Promise<TableFacts | null> {
  await client.query(/* sql */ `SELECT pg_catalog.set_config($1, $2::pg_catalog.oid::pg_catalog.text, false)`, [
    FACTS_OF,
    oid,
  ]);
  const text = tableFactsSql(await serverVersionNum(client));
  const [row] = await (client.queryPrepared === undefined
    ? client.query<FactsRow>(text)
    : client.queryPrepared<FactsRow>('table facts', text));
  return row === undefined ? null : { ...row.facts, fingerprint: fingerprintOf(row.facts, row.column_details) };
}
