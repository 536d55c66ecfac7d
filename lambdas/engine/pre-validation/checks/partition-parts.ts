import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const partitionIndexes: Check<TableContext> = {
  code: 'PartitionIndexes',
  title: 'each index of the parent has exactly one like it on a partition',
  why: 'ATTACH PARTITION builds one that is missing under its lock, and of two alike it takes whichever is older.',
  run({ facts, tableSql }) {
    const { partition } = facts;
    if (partition === null) {
      return [];
    }
    const index = (schema: string, name: string) => `${formatIdentifier(schema)}.${formatIdentifier(name)}`;
    return partition.parentIndexes.flatMap(({ name, own, alike }) => {
      const ofParent = index(partition.parent.schema, name);
      if (own === null) {
        return [
          refuse(
            `Index ${ofParent} has none attached to it on ${tableSql}.`,
            `-- CREATE INDEX CONCURRENTLY … ON ${tableSql} as it is on the parent; then ALTER INDEX ${ofParent} ATTACH PARTITION …;`,
          ),
        ];
      }
      return alike.map((other) =>
        refuse(
          `Index ${index(facts.schema, other)} is like ${index(facts.schema, own)}: either could be attached to ${ofParent}.`,
          `DROP INDEX CONCURRENTLY ${index(facts.schema, other)}; -- or the constraint that it belongs to`,
        ),
      );
    });
  },
};

export const partitionDetaching: Check<TableContext> = {
  code: 'PartitionDetachPending',
  title: 'no partition of the same parent is half detached',
  why: 'PostgreSQL detaches no other until a DETACH … CONCURRENTLY that was interrupted has been finished.',
  run({ facts, tableSql }) {
    return facts.partition?.detachPending
      ? [
          refuse(
            `A DETACH PARTITION … CONCURRENTLY beside ${tableSql} has not been finished.`,
            `-- ALTER TABLE ${formatIdentifier(facts.partition.parent.schema)}.${formatIdentifier(facts.partition.parent.name)} DETACH PARTITION … FINALIZE;`,
          ),
        ]
      : [];
  },
};

export const inheritedNotValid: Check<TableContext> = {
  code: 'InheritedNotValid',
  title: 'every constraint that is inherited, or that children inherit, is valid',
  why: 'PostgreSQL links no table to a parent whose constraint is NOT VALID on it, and to validate it means to read every row.',
  run({ facts, tableSql }) {
    return facts.constraints
      .filter(
        (constraint) =>
          !constraint.validated &&
          (constraint.inherited ||
            (facts.inheritance.children.length > 0 &&
              !constraint.noInherit &&
              ['check', 'not null'].includes(constraint.type))),
      )
      .map((constraint) =>
        refuse(
          `Constraint ${constraint.name} of ${tableSql} is ${constraint.inherited ? 'inherited' : 'inherited by its children'} and NOT VALID.`,
          `ALTER TABLE ${tableSql} VALIDATE CONSTRAINT ${formatIdentifier(constraint.name)};`,
        ),
      );
  },
};

export const alterInherited: Check<TableContext> = {
  code: 'AlterInherited',
  title: 'alter is not asked for a table that shares its columns with a parent or a child',
  why: 'A column has the same type in the parent and in all its children; PostgreSQL changes it in all of them at once or not at all.',
  run({ facts, request, tableSql }) {
    const { parents, children } = facts.inheritance;
    const alone = facts.partition === null && parents.length === 0 && children.length === 0;
    return !alone && request.alter.length > 0
      ? [
          refuse(
            `alter cannot change a column of ${tableSql} alone, which has parents or children.`,
            '-- Leave alter out: the table is rebuilt as it is.',
          ),
        ]
      : [];
  },
};
