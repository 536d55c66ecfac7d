import { formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const validIndexes: Check<TableContext> = {
  code: 'InvalidIndex',
  title: 'every index is valid',
  why: 'An index left over by a failed CREATE INDEX CONCURRENTLY would become a valid one, or fail again, on the copy.',
  run({ facts, tableSql }) {
    return facts.indexes
      .filter((index) => !index.valid)
      .map((index) => {
        const name = formatTableName({ schema: facts.schema, name: index.name });
        return refuse(
          `Index ${name} of ${tableSql} is invalid.`,
          `DROP INDEX CONCURRENTLY ${name}; -- or, to keep it: REINDEX INDEX CONCURRENTLY ${name}`,
        );
      });
  },
};
