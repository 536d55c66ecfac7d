import { REGISTRY_SCHEMA } from '../../object-names.ts';
import { IS_REGISTRY_SQL } from '../../registry/schema.ts';
import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type ServerContext } from '../check.ts';

interface RegistryPrivileges {
  readonly schema: boolean;
  readonly tables: boolean;
  readonly sequences: boolean;
}

export const registryPrivileges: Check<ServerContext> = {
  code: 'MayNotUseRegistry',
  title: 'the role may read and write the registry, if there is one',
  why: 'Every unit of work is recorded there in the transaction that does it.',
  async run({ session, server }) {
    const [has] = await session.query<RegistryPrivileges>(
      /* sql */ `
      SELECT has_schema_privilege(n.oid, 'USAGE') AS schema,
             COALESCE(bool_and(has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
                               AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
                      FILTER (WHERE c.relkind = 'r'), true) AS tables,
             -- CASE, since the arguments of a FILTER may be evaluated for rows that it leaves out.
             COALESCE(bool_and(CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'USAGE') ELSE true END), true)
               AS sequences
      FROM pg_namespace AS n
      LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'S')
      WHERE n.nspname = $1::text AND ${IS_REGISTRY_SQL}
      GROUP BY n.oid`,
      [REGISTRY_SCHEMA],
    );
    const role = formatIdentifier(server.role);
    const grants = [
      has?.schema === false ? `GRANT USAGE ON SCHEMA ${REGISTRY_SCHEMA} TO ${role};` : null,
      has?.tables === false
        ? `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${REGISTRY_SCHEMA} TO ${role};`
        : null,
      has?.sequences === false ? `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${REGISTRY_SCHEMA} TO ${role};` : null,
    ].filter((grant) => grant !== null);
    return grants.length === 0
      ? []
      : [refuse(`Role ${server.role} lacks privileges on the registry (schema ${REGISTRY_SCHEMA}).`, grants.join(' '))];
  },
};
