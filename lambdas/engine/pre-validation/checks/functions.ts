import { quoteLiteral } from '../../postgres/identifier.ts';
import { dependentCheck } from '../dependents.ts';

export const functions = dependentCheck({
  code: 'Function',
  kinds: ['function', 'procedure', 'aggregate'],
  title:
    'no aggregate takes its row type, nothing depends on a function that takes or returns it, and no function that follows is marked DEPENDS ON EXTENSION',
  why: 'Such a function has to be made anew with the new row type, which PostgreSQL allows only while nothing else holds it (a view, an index, a cast, an extension, a grant by another role).',
  message: ({ kind, identity, tableSql }) =>
    `The ${kind} ${identity} uses ${tableSql} or its row type and cannot be made anew without losing something.`,
  remedy: ({ kind, identity }) =>
    kind === 'aggregate'
      ? `DROP AGGREGATE ${identity}; -- and create it again after the run`
      : `DROP ROUTINE ${identity} CASCADE; -- and create it, and what goes with it, again after the run; keep SELECT pg_get_functiondef(${quoteLiteral(identity)}::regprocedure)`,
});
