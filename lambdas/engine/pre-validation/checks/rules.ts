import { dependentCheck } from '../dependents.ts';

export const rules = dependentCheck({
  code: 'Rule',
  kinds: ['rule'],
  title: 'no rule stands on the table or writes to it',
  why: 'A rule holds the table by its OID: it would go on with the old one.',
  message: ({ identity, tableSql }) => `Rule ${identity} depends on ${tableSql}; rules are not carried over yet.`,
  remedy: ({ identity }) => `DROP RULE ${identity}; -- and create it again after the run`,
});
