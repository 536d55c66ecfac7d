import { OWN_PREFIX } from '../../object-names.ts';
import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const reservedNames: Check<TableContext> = {
  code: 'ReservedName',
  title: `no name of the table, its indexes, sequences or triggers begins with ${OWN_PREFIX}`,
  why: 'The copy, its indexes and sequences keep their names in the run\u2019s schema, beside our own objects, which begin so.',
  run({ facts, tableSql }) {
    const index = (name: string) =>
      `ALTER INDEX ${formatIdentifier(facts.schema)}.${formatIdentifier(name)} RENAME TO another_name;`;
    const named: readonly (readonly [string, string])[] = [
      [facts.name, `ALTER TABLE ${tableSql} RENAME TO another_name;`],
      ...facts.indexes.map(({ name }) => [name, index(name)] as const),
      ...facts.sequences.map(
        ({ schema, name }) =>
          [
            name,
            `ALTER SEQUENCE ${formatIdentifier(schema)}.${formatIdentifier(name)} RENAME TO another_name;`,
          ] as const,
      ),
      ...facts.triggers.map(
        ({ name }) => [name, `ALTER TRIGGER ${formatIdentifier(name)} ON ${tableSql} RENAME TO another_name;`] as const,
      ),
    ];
    return named
      .filter(([name]) => name.startsWith(OWN_PREFIX))
      .map(([name, remedy]) => refuse(`${formatIdentifier(name)} of ${tableSql} begins with ${OWN_PREFIX}.`, remedy));
  },
};
