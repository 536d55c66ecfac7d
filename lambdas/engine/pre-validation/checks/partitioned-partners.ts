import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const partitionedPartners: Check<TableContext> = {
  code: 'PartitionedForeignKeyPartner',
  title: 'no partitioned table is on the other side of a foreign key',
  why: 'NOT VALID is impossible on a partitioned referencing table up to 17: adding the key would read it under a lock.',
  run({ facts, tableSql }) {
    return [...facts.foreignKeysOut, ...facts.foreignKeysIn]
      .filter((key) => key.partnerKind === 'p')
      .map((key) =>
        refuse(
          `Foreign key ${key.name} links ${tableSql} with the partitioned ${formatTableName(key.partner)}, which is not carried over yet.`,
          `ALTER TABLE ${formatTableName(key.table)} DROP CONSTRAINT ${formatIdentifier(key.name)}; -- and add it again after the run`,
        ),
      );
  },
};
