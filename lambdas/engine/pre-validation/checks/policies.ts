import { dependentCheck } from '../dependents.ts';

export const policies = dependentCheck({
  code: 'Policy',
  kinds: ['policy'],
  title: 'no policy stands on the table or reads it',
  why: 'A policy reads a table by its OID: after the swap it would read the old one, and those of the table would be gone.',
  message: ({ identity, tableSql }) => `Policy ${identity} depends on ${tableSql}; policies are not carried over yet.`,
  remedy: ({ identity }) => `DROP POLICY ${identity}; -- and create it again after the run`,
});
