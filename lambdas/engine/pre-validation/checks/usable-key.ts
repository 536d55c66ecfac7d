import { columnList } from '../../postgres/identifier.ts';
import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

interface Candidate {
  readonly name: string;
  readonly nullable: readonly string[];
}

export const usableKey: Check<TableContext> = {
  code: 'NoUsableKey',
  title: 'it has a primary key, or a unique index that is NOT NULL, not partial, immediate and without expressions',
  why: 'The change log names rows by their key: two rows must never share one, and every row must have one.',
  async run({ session, facts, tableSql }) {
    if (facts.key !== null) {
      return [];
    }
    const [candidate] = await session.query<Candidate>(nullableUniqueIndexes(), [facts.oid]);
    if (candidate !== undefined) {
      const changes = candidate.nullable.map((column) => `ALTER COLUMN ${formatIdentifier(column)} SET NOT NULL`);
      return [
        refuse(
          `${tableSql} has no usable key: unique index ${candidate.name} would be one, were its columns NOT NULL.`,
          `ALTER TABLE ${tableSql} ${changes.join(', ')}; -- reads the table under ACCESS EXCLUSIVE`,
        ),
      ];
    }
    const primary = facts.constraints.find((constraint) => constraint.type === 'primary key');
    if (primary !== undefined) {
      return [deferrablePrimaryKey(tableSql, primary)];
    }
    return [
      refuse(
        `${tableSql} has no primary key, and no unique index that could stand for one.`,
        `ALTER TABLE ${tableSql} ADD COLUMN ${freeName(facts.columns.map((column) => column.name))} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY; ` +
          '-- rewrites the table under ACCESS EXCLUSIVE; for a large one, CREATE UNIQUE INDEX CONCURRENTLY on NOT NULL columns instead',
      ),
    ];
  },
};

function deferrablePrimaryKey(tableSql: string, primary: { readonly name: string; readonly definition: string }) {
  return refuse(
    `The primary key of ${tableSql} cannot be used: ${primary.definition}.`,
    `ALTER TABLE ${tableSql} DROP CONSTRAINT ${formatIdentifier(primary.name)}; ` +
      '-- and add it again, neither DEFERRABLE nor WITHOUT OVERLAPS (USING INDEX, after CREATE UNIQUE INDEX CONCURRENTLY)',
  );
}

function freeName(taken: readonly string[]): string {
  let name = 'row_id';
  for (let n = 2; taken.includes(name); n += 1) {
    name = `row_id_${n}`;
  }
  return columnList([name]);
}

/** Unique indexes that lack nothing but NOT NULL, those with the fewest columns to mend first. */
function nullableUniqueIndexes(): string {
  return /* sql */ `
    SELECT c.relname::text AS name,
           ARRAY(SELECT a.attname::text
                 FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k(number, place)
                 JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.number
                 WHERE k.place <= x.indnkeyatts AND NOT a.attnotnull
                 ORDER BY k.place) AS nullable
    FROM pg_index AS x
    JOIN pg_class AS c ON c.oid = x.indexrelid
    JOIN pg_am AS am ON am.oid = c.relam AND am.amname = 'btree'
    WHERE x.indrelid = $1::oid
      AND x.indisunique
      AND x.indisvalid
      AND x.indimmediate
      AND x.indpred IS NULL
      AND x.indexprs IS NULL
    ORDER BY cardinality(ARRAY(SELECT a.attnum FROM pg_attribute AS a
                               WHERE a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey::int2[]) AND NOT a.attnotnull)),
             c.relname
    LIMIT 1`;
}
