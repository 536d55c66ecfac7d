import { REGISTRY_SCHEMA } from '../../object-names.ts';
import { IS_REGISTRY_SQL } from '../../registry/schema.ts';
import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type ServerContext } from '../check.ts';

interface SchemaRow {
  readonly owner: string;
  readonly may_create: boolean;
  /** An object in it, as pg_identify_object names it; null when it is empty. */
  readonly holds: string | null;
}

export const registrySchema: Check<ServerContext> = {
  code: 'RegistrySchemaTaken',
  title: 'schema shadowstep is the registry, or empty and the role’s to use, or not there',
  why: 'The registry is made in it at the first run, and nothing of somebody else’s is touched.',
  async run({ session, server }) {
    const [found] = await session.query<SchemaRow>(
      /* sql */ `
      SELECT pg_get_userbyid(n.nspowner)::text AS owner,
             has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE') AS may_create,
             (SELECT i.type || ' ' || i.identity
              FROM pg_depend AS d
              CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS i
              WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
              ORDER BY 1 LIMIT 1) AS holds
      FROM pg_namespace AS n
      WHERE n.nspname = $1::text AND NOT ${IS_REGISTRY_SQL}`,
      [REGISTRY_SCHEMA],
    );
    if (found === undefined) {
      return [];
    }
    const { owner, may_create, holds } = found;
    if (holds !== null) {
      return [
        refuse(
          `Schema ${REGISTRY_SCHEMA} of role ${owner} is not a registry of ours: it holds the ${holds}.`,
          `ALTER SCHEMA ${REGISTRY_SCHEMA} RENAME TO not_${REGISTRY_SCHEMA}; -- or drop it, if nobody needs it`,
        ),
      ];
    }
    return may_create
      ? []
      : [
          refuse(
            `Schema ${REGISTRY_SCHEMA} is empty and belongs to role ${owner}; role ${server.role} may not make the registry in it.`,
            `GRANT USAGE, CREATE ON SCHEMA ${REGISTRY_SCHEMA} TO ${formatIdentifier(server.role)};`,
          ),
        ];
  },
};
