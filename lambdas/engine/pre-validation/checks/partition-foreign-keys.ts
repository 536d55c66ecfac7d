import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const partitionForeignKeys: Check<TableContext> = {
  code: 'PartitionForeignKey',
  title: 'no foreign key leads from or to the partitioned table of a partition',
  why: 'ATTACH PARTITION checks every row against the one under ACCESS EXCLUSIVE, and DETACH PARTITION refuses rows that the other references.',
  async run({ session, facts, tableSql }) {
    if (facts.partition === null) {
      return [];
    }
    const keys = await session.query<{ name: string; bearer: string; outbound: boolean; definition: string }>(
      /* sql */ `
      WITH RECURSIVE up AS (
        SELECT k.oid, k.conparentid, k.conrelid = $1::oid AS outbound
        FROM pg_constraint AS k
        WHERE k.contype = 'f' AND $1::oid IN (k.conrelid, k.confrelid) AND k.conparentid <> 0
        UNION
        SELECT k.oid, k.conparentid, up.outbound FROM up JOIN pg_constraint AS k ON k.oid = up.conparentid
      )
      SELECT k.conname::text AS name, k.conrelid::regclass::text AS bearer, bool_or(up.outbound) AS outbound,
             pg_get_constraintdef(k.oid) AS definition
      FROM up JOIN pg_constraint AS k ON k.oid = up.oid
      WHERE k.conparentid = 0
      GROUP BY k.oid, k.conname, k.conrelid
      ORDER BY 2, 1`,
      [facts.oid],
    );
    return keys.map(({ name, bearer, outbound, definition }) =>
      refuse(
        outbound
          ? `Foreign key ${name} of ${bearer} would be checked for every row of ${tableSql} under ACCESS EXCLUSIVE.`
          : `Foreign key ${name} of ${bearer} references the partitioned table of ${tableSql}, so that no partition can be detached.`,
        `ALTER TABLE ${bearer} DROP CONSTRAINT ${formatIdentifier(name)}; -- after the run: ` +
          `ALTER TABLE ${bearer} ADD CONSTRAINT ${formatIdentifier(name)} ${definition};` +
          (outbound ? ' first on each partition, NOT VALID and then VALIDATE' : ' NOT VALID, and then VALIDATE'),
      ),
    );
  },
};
