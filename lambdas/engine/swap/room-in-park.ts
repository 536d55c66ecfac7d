import type { TableFacts } from '../catalog/table-facts.ts';
import { CopyChangedError } from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';

/**
 * Throws CopyChangedError unless the table in place, with its indexes, identity sequences and statistics objects, can move into `schema`: a
 * person may have dropped that schema, or put something of the same name into it.
 *
 * @param table as SQL writes it, for the error
 */
export async function assertRoomInPark(tx: Queryable, table: string, schema: string, live: TableFacts): Promise<void> {
  const names = [
    live.name,
    ...live.indexes.map((index) => index.name),
    ...live.sequences.filter((sequence) => sequence.kind === 'identity').map((sequence) => sequence.name),
  ];
  const [park] = await tx.query<{ taken: string[] }>(
    /* sql */ `
    SELECT ARRAY(
      SELECT c.relname::pg_catalog.text FROM pg_catalog.pg_class AS c
      WHERE c.relnamespace = n.oid AND c.relname = ANY ($2::pg_catalog.name[])
      UNION
      SELECT t.typname::pg_catalog.text FROM pg_catalog.pg_type AS t
      WHERE t.typnamespace = n.oid AND t.typname = $3
      UNION
      SELECT s.stxname::pg_catalog.text FROM pg_catalog.pg_statistic_ext AS s
      WHERE s.stxnamespace = n.oid AND s.stxname = ANY ($4::pg_catalog.name[])
    ) AS taken
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname = $1`,
    [schema, names, live.name, live.statistics.map((one) => one.name)],
  );
  if (park === undefined) {
    throw new CopyChangedError(table, `schema ${schema} was dropped or renamed`);
  }
  if (park.taken.length > 0) {
    throw new CopyChangedError(
      table,
      `something of the same name was put into schema ${schema}: ${park.taken.join(', ')}`,
    );
  }
}
