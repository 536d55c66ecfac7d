import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

/** From here on NO INHERIT passes over the parent's own CHECKs. */
const MENDED_IN = 180_000;

export const unlinkableChecks: Check<TableContext> = {
  code: 'UnlinkableCheck',
  title: 'no CHECK … NO INHERIT of a parent bears the name of a child’s own one (up to PostgreSQL 17)',
  why: 'PostgreSQL up to 17 refuses to take such a child from its parent: “has non-inherited constraint”.',
  async run({ session, facts }) {
    if (session.serverVersionNum >= MENDED_IN || facts.partition !== null) {
      return [];
    }
    const clashes = await session.query<{ parent: string; child: string; name: string }>(
      /* sql */ `
      SELECT h.inhparent::regclass::text AS parent, h.inhrelid::regclass::text AS child, own.conname::text AS name
      FROM pg_inherits AS h
      JOIN pg_constraint AS k ON k.conrelid = h.inhparent AND k.contype = 'c' AND k.connoinherit
      JOIN pg_constraint AS own ON own.conrelid = h.inhrelid AND own.contype = 'c' AND own.conname = k.conname
        AND own.coninhcount = 0
      WHERE $1::oid IN (h.inhrelid, h.inhparent)
      ORDER BY 1, 2, 3`,
      [facts.oid],
    );
    return clashes.map(({ parent, child, name }) =>
      refuse(
        `CHECK ${name} of ${parent} is NO INHERIT, and ${child} has one of its own under that name.`,
        `ALTER TABLE ${child} RENAME CONSTRAINT ${formatIdentifier(name)} TO another_name;`,
      ),
    );
  },
};
