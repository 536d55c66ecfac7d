import { dependentCheck } from '../dependents.ts';

export const regclassInIndex = dependentCheck({
  code: 'RegclassInIndex',
  kinds: ['index with a regclass constant'],
  title: 'no index of the table holds the table itself, or a part of it, by its OID',
  why: 'Made on the copy, such an index would point to the old table for good.',
  message: ({ identity, tableSql }) =>
    `Index ${identity} of ${tableSql} holds the table itself, or a part of it, as a regclass constant.`,
  remedy: ({ identity }) => `DROP INDEX CONCURRENTLY ${identity}; -- and create it again after the run`,
});
