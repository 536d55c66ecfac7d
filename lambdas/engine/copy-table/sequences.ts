import type { OwnedSequenceFacts, TableFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent, quoteLiteral } from '../postgres/identifier.ts';
import type { SwapSides } from './swap-sides.ts';

/** Largest absolute value that a sequence of the type counts to. */
const LIMITS: Readonly<Record<string, string>> = {
  smallint: '32767',
  integer: '2147483647',
  bigint: '9223372036854775807',
};

export function serials(facts: TableFacts): readonly OwnedSequenceFacts[] {
  return facts.sequences.filter((sequence) => sequence.kind === 'serial');
}

/** A serial sequence while no column owns it: between its release before the exchange and its adoption after it. */
export interface ReleasedSequence {
  readonly oid: number;
  readonly column: string;
  /** It had its column's type, and so follows it; a type of its own is somebody's choice and stays. */
  readonly followsColumn: boolean;
}

/**
 * Makes one serial sequence nobody's, so that SET SCHEMA does not take it along, and wide enough for the table to come (a
 * new id beyond int is accepted right after the exchange). SHARE ROW EXCLUSIVE on the sequence: waits for the transactions
 * that have called nextval. Sent before the exchange, where nothing else is locked: a transaction that has called nextval
 * and is about to insert would wait for the exchange's lock on the table, and the exchange for it.
 */
export function releaseSequence(
  sequence: OwnedSequenceFacts,
  { live, replacement }: Pick<SwapSides, 'live' | 'replacement'>,
): { readonly released: ReleasedSequence; readonly statement: string } {
  const before = typeOf(live, sequence.column);
  const after = typeOf(replacement, sequence.column);
  const followsColumn = sequence.typeSql === before;
  const widened = followsColumn && after !== undefined && limitOf(after) > limitOf(sequence.typeSql);
  return {
    released: { oid: sequence.oid, column: sequence.column, followsColumn },
    statement: /* sql */ `ALTER SEQUENCE ${qualified(sequence)} ${widened ? `AS ${after} ` : ''}OWNED BY NONE`,
  };
}

/**
 * Gives a released sequence to the column of the table that bears the name, and its type with it: narrower (revert,
 * reset) only if it has not counted beyond. AS changes a maximum only if it was the old type's.
 */
export function adoptSequence(
  released: ReleasedSequence,
  sequence: { readonly schema: string; readonly name: string; readonly typeSql: string },
  table: TableFacts,
): string[] {
  const name = qualified(sequence);
  const own = /* sql */ `ALTER SEQUENCE ${name} OWNED BY ${qualified(table)}.${quoteIdent(released.column)}`;
  const type = typeOf(table, released.column);
  if (!released.followsColumn || type === undefined || LIMITS[type] === undefined || type === sequence.typeSql) {
    return [own];
  }
  const alter = /* sql */ `ALTER SEQUENCE ${name} AS ${type}`;
  if (limitOf(type) > limitOf(sequence.typeSql)) {
    return [own, alter];
  }
  const body = /* sql */ `
    BEGIN
      IF (SELECT pg_catalog.abs(last_value) FROM ${name}) <= ${LIMITS[type]} THEN
        ${alter};
      END IF;
    END`;
  return [own, /* sql */ `DO ${quoteLiteral(body)}`];
}

function typeOf(facts: TableFacts, column: string): string | undefined {
  return facts.columns.find((candidate) => candidate.name === column)?.typeSql;
}

function limitOf(type: string): bigint {
  return BigInt(LIMITS[type] ?? 0);
}

/**
 * Counts on where the parked table's identity stopped: read after it has moved, so that no value is given twice. A session
 * that waits for the parked sequence right now (an explicit nextval that has resolved its name already) will still draw
 * from it after the commit; then the new one starts as far ahead as all connections together could draw. Gaps are legal,
 * a value given twice is not. Comes last in the exchange, so that hardly anybody can begin to wait after it.
 */
export function identityValues({ live, replacement, parkSchema }: SwapSides): string[] {
  return live.sequences
    .filter((sequence) => sequence.kind === 'identity')
    .flatMap((sequence) => {
      const own = replacement.sequences.find(
        (candidate) => candidate.kind === 'identity' && candidate.column === sequence.column,
      );
      if (own === undefined) return [];
      const target = qualified({ schema: live.schema, name: own.name });
      const parked = qualified({ schema: parkSchema, name: sequence.name });
      return [
        /* sql */ `
        SELECT pg_catalog.setval(
          ${quoteLiteral(target)}::pg_catalog.regclass,
          CASE WHEN w.waited_for
               THEN LEAST(GREATEST(parked.last_value + q.seqincrement * q.seqcache
                                   * pg_catalog.current_setting('max_connections')::pg_catalog.int8, q.seqmin), q.seqmax)
               ELSE parked.last_value END,
          parked.is_called OR w.waited_for)
        FROM ${parked} AS parked,
             pg_catalog.pg_sequence AS q,
             (SELECT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                             WHERE l.relation = ${quoteLiteral(parked)}::pg_catalog.regclass AND NOT l.granted) AS waited_for) AS w
        WHERE q.seqrelid = ${quoteLiteral(parked)}::pg_catalog.regclass`,
      ];
    });
}
