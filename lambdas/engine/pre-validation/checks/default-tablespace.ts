import { formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const defaultTablespace: Check<TableContext> = {
  code: 'Tablespace',
  title: 'the table and its indexes are in the database’s default tablespace',
  why: 'Space for a second copy may be where the data is, or not at all in another tablespace; this is not carried over yet.',
  run({ facts, tableSql }) {
    const indexes = facts.indexes.filter((index) => index.tablespace !== null);
    return [
      ...(facts.tablespace === null
        ? []
        : [
            refuse(
              `${tableSql} is in tablespace ${facts.tablespace}, which is not carried over yet.`,
              `ALTER TABLE ${tableSql} SET TABLESPACE pg_default; -- moves it under ACCESS EXCLUSIVE`,
            ),
          ]),
      ...indexes.map((index) =>
        refuse(
          `Index ${index.name} of ${tableSql} is in tablespace ${index.tablespace}, which is not carried over yet.`,
          `ALTER INDEX ${formatTableName({ schema: facts.schema, name: index.name })} SET TABLESPACE pg_default; -- moves it under ACCESS EXCLUSIVE`,
        ),
      ),
    ];
  },
};
