import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const tablespacePrivilege: Check<TableContext> = {
  code: 'MayNotUseTablespace',
  title: 'the role has CREATE on the tablespaces of the table and its indexes',
  why: 'The new table and its indexes are made where the old ones are.',
  async run({ session, facts, server, tableSql }) {
    const used = [facts.tablespace, ...facts.indexes.map((index) => index.tablespace)].filter((name) => name !== null);
    if (used.length === 0) {
      return [];
    }
    const missing = await session.query<{ name: string }>(
      /* sql */ `
      SELECT t.spcname AS name
      FROM pg_tablespace AS t
      WHERE t.spcname = ANY ($1::name[])
        AND NOT has_tablespace_privilege(t.oid, 'CREATE')
      ORDER BY 1`,
      [used],
    );
    return missing.map(({ name }) =>
      refuse(
        `${tableSql}, or an index of it, is in tablespace ${name}, where role ${server.role} may not create anything.`,
        `GRANT CREATE ON TABLESPACE ${formatIdentifier(name)} TO ${formatIdentifier(server.role)};`,
      ),
    );
  },
};
