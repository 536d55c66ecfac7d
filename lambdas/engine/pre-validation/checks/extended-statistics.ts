import { dependentCheck } from '../dependents.ts';

export const extendedStatistics = dependentCheck({
  code: 'ExtendedStatistics',
  kinds: ['statistics object'],
  title: 'the table has no extended statistics',
  why: 'They are not carried over yet, and plans would change without them.',
  message: ({ identity, tableSql }) =>
    `Statistics object ${identity} is on ${tableSql}; extended statistics are not carried over yet.`,
  remedy: ({ identity }) => `DROP STATISTICS ${identity}; -- and create it again after the run`,
});
