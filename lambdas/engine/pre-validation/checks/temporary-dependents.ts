import { dependentCheck } from '../dependents.ts';

export const temporaryDependents = dependentCheck({
  code: 'TemporaryDependent',
  kinds: ['view', 'rule', 'policy'],
  title: 'no temporary view of a session reads the table, nor a rule or policy of a temporary table',
  why: 'It belongs to that session alone, so nobody else can let it read the new table.',
  message: ({ kind, identity, tableSql }) => `The temporary ${kind} ${identity} reads ${tableSql}.`,
  remedy: ({ kind, identity }) =>
    `DROP ${kind.toUpperCase()} ${identity}; -- in the session that made it; it goes when that session ends, too`,
});
