import { quoteLiteral } from '../../postgres/identifier.ts';
import { dependentCheck } from '../dependents.ts';

export const materializedViews = dependentCheck({
  code: 'MaterializedView',
  kinds: ['materialized view'],
  title: 'no materialized view reads the table',
  why: 'It holds the table by its OID, and PostgreSQL cannot replace its query: it would have to be made and filled anew while its readers wait.',
  message: ({ identity, tableSql }) => `Materialized view ${identity} reads ${tableSql}; it is not carried over yet.`,
  remedy: ({ identity }) =>
    `DROP MATERIALIZED VIEW ${identity}; -- and create it again after the run; keep SELECT pg_get_viewdef(${quoteLiteral(identity)}::regclass)`,
});
