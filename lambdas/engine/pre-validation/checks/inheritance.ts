import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

export const inheritance: Check<TableContext> = {
  code: 'Inheritance',
  title: 'the table neither inherits nor is inherited from',
  why: 'The links are kept by OID, and are not carried over yet.',
  run({ facts, tableSql }) {
    const parents = dependentsOf(facts, ['inheritance parent']).map(({ identity }) =>
      refuse(`${tableSql} inherits from ${identity}.`, `ALTER TABLE ${tableSql} NO INHERIT ${identity};`),
    );
    const children = dependentsOf(facts, ['table', 'foreign table']).map(({ identity }) =>
      refuse(`${identity} inherits from ${tableSql}.`, `ALTER TABLE ${identity} NO INHERIT ${tableSql};`),
    );
    return [...parents, ...children];
  },
};
