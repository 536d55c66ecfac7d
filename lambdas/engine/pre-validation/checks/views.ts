import { quoteLiteral } from '../../postgres/identifier.ts';
import { dependentCheck } from '../dependents.ts';

export const views = dependentCheck({
  code: 'View',
  kinds: ['view'],
  title: 'no view reads the table',
  why: 'A view holds the table by its OID: after the swap it would read the old one.',
  message: ({ identity, tableSql }) => `View ${identity} reads ${tableSql}; views are not carried over yet.`,
  remedy: ({ identity }) =>
    `DROP VIEW ${identity}; -- and create it again after the run; keep SELECT pg_get_viewdef(${quoteLiteral(identity)}::regclass)`,
});
