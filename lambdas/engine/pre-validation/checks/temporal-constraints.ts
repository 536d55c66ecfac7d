import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const temporalConstraints: Check<TableContext> = {
  code: 'TemporalConstraint',
  title: 'no key or foreign key of the table is temporal (WITHOUT OVERLAPS, PERIOD)',
  why: 'Temporal keys are kept by GiST indexes, and are not carried over yet.',
  async run({ session, facts, tableSql }) {
    // The column came with 18; read through jsonb it is simply missing before.
    const found = await session.query<{ name: string; bearer: string; definition: string }>(
      /* sql */ `
      SELECT k.conname::text AS name, k.conrelid::regclass::text AS bearer, pg_get_constraintdef(k.oid) AS definition
      FROM pg_constraint AS k
      WHERE $1::oid IN (k.conrelid, k.confrelid)
        AND (to_jsonb(k) ->> 'conperiod')::bool = true
      ORDER BY 1, 2`,
      [facts.oid],
    );
    return found.map(({ name, bearer, definition }) =>
      refuse(
        `Constraint ${name} of ${bearer}, which ${tableSql} takes part in, is temporal: ${definition}`,
        `ALTER TABLE ${bearer} DROP CONSTRAINT ${formatIdentifier(name)}; -- and add it again after the run`,
      ),
    );
  },
};
