import { quoteLiteral } from '../../postgres/identifier.ts';
import { dependentCheck } from '../dependents.ts';

export const functions = dependentCheck({
  code: 'Function',
  kinds: ['function', 'procedure', 'aggregate'],
  title: 'no function takes or returns its row type or reads it in an SQL-standard body',
  why: 'Such a function holds the table or its row type by OID: it would go on with the old one.',
  message: ({ identity, tableSql }) =>
    `Function ${identity} depends on ${tableSql}; such functions are not carried over yet.`,
  remedy: ({ identity }) =>
    `DROP ROUTINE ${identity}; -- and create it again after the run; keep SELECT pg_get_functiondef(${quoteLiteral(identity)}::regprocedure)`,
});
