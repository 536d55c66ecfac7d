import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

/** From 18 on a key of a partitioned table may be NOT VALID, and VALIDATE reaches the key's parts on either side. */
const MAJOR_WITH_NOT_VALID = 180_000;

export const partitionedPartners: Check<TableContext> = {
  code: 'PartitionedForeignKeyPartner',
  title: 'no partitioned table is on the other side of a foreign key, or the server is PostgreSQL 18',
  why: 'Up to 17 such a key cannot be NOT VALID (in), or its parts stay so (out): adding it would read the table under a lock.',
  run({ facts, session, tableSql }) {
    if (session.serverVersionNum >= MAJOR_WITH_NOT_VALID) {
      return [];
    }
    return [...facts.foreignKeysOut, ...facts.foreignKeysIn]
      .filter((key) => key.partnerKind === 'p')
      .map((key) =>
        refuse(
          `Foreign key ${key.name} links ${tableSql} with the partitioned ${formatTableName(key.partner)}, which is not carried over up to PostgreSQL 17.`,
          `ALTER TABLE ${formatTableName(key.table)} DROP CONSTRAINT ${formatIdentifier(key.name)}; -- and add it again after the run`,
        ),
      );
  },
};
