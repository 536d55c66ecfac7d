import type { Queryable } from '../postgres/session.ts';
import { registryVersion } from '../registry/schema.ts';

/** What the checks may ask of the registry; read once, however many tables they are about. */
export interface RegistryState {
  /** False where the role may not look into it: MayNotUseRegistry says no then, and the rest is asked later. */
  readonly readable: boolean;
  /** 0 where there is none, or the role may not read it. */
  readonly version: number;
}

export async function readRegistryState(client: Queryable): Promise<RegistryState> {
  const [has] = await client.query<{ read: boolean }>(/* sql */ `
    SELECT COALESCE(bool_and(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')), true) AS read
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'shadowstep' AND c.relname IN ('migration', 'run', 'whole', 'whole_leaf')`);
  const readable = has?.read ?? true;
  return { readable, version: readable ? await registryVersion(client) : 0 };
}
