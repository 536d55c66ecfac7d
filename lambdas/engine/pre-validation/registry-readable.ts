import type { Queryable } from '../postgres/session.ts';
import { registryVersion, VERSION_WITH_WHOLES } from '../registry/schema.ts';

/** False where the role may not look into the registry: MayNotUseRegistry says no then, and the rest is asked later. */
export async function mayReadRegistry(client: Queryable): Promise<boolean> {
  const [has] = await client.query<{ read: boolean }>(/* sql */ `
    SELECT COALESCE(bool_and(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')), true) AS read
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'shadowstep' AND c.relname IN ('migration', 'run', 'whole', 'whole_leaf')`);
  return has?.read ?? true;
}

/** True where the registry can be asked for wholes: it may be read, is there, and not that of an earlier release. */
export async function mayReadWholes(client: Queryable): Promise<boolean> {
  return (await mayReadRegistry(client)) && (await registryVersion(client)) >= VERSION_WITH_WHOLES;
}
