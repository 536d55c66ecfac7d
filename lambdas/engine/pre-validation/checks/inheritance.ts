import { formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

export const inheritance: Check<TableContext> = {
  code: 'InheritanceOrder',
  title: 'the table is the last parent of each table that inherits from it',
  why: 'A link made anew comes last, and to make the later ones anew too would turn inherited columns into own ones.',
  run({ facts, tableSql }) {
    const { children } = facts.inheritance;
    const later = children
      .filter((child) => child.hasLaterParents)
      .map((child) =>
        refuse(
          `${formatTableName(child)} inherits from ${tableSql} and then from others.`,
          `ALTER TABLE ${formatTableName(child)} NO INHERIT ${tableSql}; ALTER TABLE ${formatTableName(child)} INHERIT ${tableSql}; -- makes it the last; columns that only ${tableSql} gives become own ones`,
        ),
      );
    const others = dependentsOf(facts, ['table', 'foreign table']);
    return others.length === children.length
      ? later
      : [
          ...later,
          refuse(
            `Tables depend on ${tableSql} otherwise than by inheriting: among ${others.map(({ identity }) => identity).join(', ')}.`,
            '-- Drop them before the run and create them again after it.',
          ),
        ];
  },
};
