import { type Check, refuse, type TableContext } from '../check.ts';

export const loggedTable: Check<TableContext> = {
  code: 'Unlogged',
  title: 'the table is logged',
  why: 'An unlogged table is emptied by a crash, its copy and change log at another moment than it.',
  run({ facts, tableSql }) {
    return facts.persistence !== 'u'
      ? []
      : [
          refuse(
            `${tableSql} is UNLOGGED, which is not carried over yet.`,
            `ALTER TABLE ${tableSql} SET LOGGED; -- rewrites the table under ACCESS EXCLUSIVE`,
          ),
        ];
  },
};
