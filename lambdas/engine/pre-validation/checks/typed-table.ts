import { dependentCheck } from '../dependents.ts';

export const typedTable = dependentCheck({
  code: 'TypedTable',
  kinds: ['type of a typed table'],
  title: 'the table is not a typed table',
  why: 'Its type rules its columns; that link is not carried over yet.',
  message: ({ identity, tableSql }) => `${tableSql} is a table OF ${identity}, which is not carried over yet.`,
  remedy: ({ tableSql }) => `ALTER TABLE ${tableSql} NOT OF;`,
});
