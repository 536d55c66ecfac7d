import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

export const publications: Check<TableContext> = {
  code: 'Published',
  title: 'the table is in no publication',
  why: 'A publication knows the table by its OID: after the swap it would publish the old one.',
  async run({ session, facts, tableSql }) {
    if (dependentsOf(facts, ['publication relation']).length === 0) {
      return [];
    }
    const names = await session.query<{ name: string }>(
      /* sql */ `
      SELECT p.pubname::text AS name
      FROM pg_publication_rel AS r
      JOIN pg_publication AS p ON p.oid = r.prpubid
      WHERE r.prrelid = $1::oid
      ORDER BY 1`,
      [facts.oid],
    );
    return names.map(({ name }) =>
      refuse(
        `${tableSql} is in publication ${name}; publications are not carried over yet.`,
        `ALTER PUBLICATION ${formatIdentifier(name)} DROP TABLE ${tableSql}; -- its subscribers stop receiving the table`,
      ),
    );
  },
};
