import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const schemaPrivilege: Check<TableContext> = {
  code: 'MayNotCreateInSchema',
  title: 'the role has CREATE and USAGE on the table’s schema',
  why: 'The swap moves the new table into it (ALTER TABLE … SET SCHEMA).',
  async run({ session, facts, server }) {
    const [has] = await session.query<{ create: boolean; usage: boolean }>(
      /* sql */ `SELECT has_schema_privilege($1::text, 'CREATE') AS create, has_schema_privilege($1::text, 'USAGE') AS usage`,
      [facts.schema],
    );
    if (has?.create && has.usage) {
      return [];
    }
    return [
      refuse(
        `Role ${server.role} may not create tables in schema ${facts.schema}.`,
        `GRANT CREATE, USAGE ON SCHEMA ${formatIdentifier(facts.schema)} TO ${formatIdentifier(server.role)};`,
      ),
    ];
  },
};
