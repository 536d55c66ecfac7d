import type { OwnedSequenceFacts, TableFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent, quoteLiteral } from '../postgres/identifier.ts';
import type { SwapSides } from './swap-statements.ts';

/** Largest absolute value that a sequence of the type counts to. */
const LIMITS: Readonly<Record<string, string>> = {
  smallint: '32767',
  integer: '2147483647',
  bigint: '9223372036854775807',
};

function serials(facts: TableFacts): readonly OwnedSequenceFacts[] {
  return facts.sequences.filter((sequence) => sequence.kind === 'serial');
}

/** SET SCHEMA would take them along. SHARE ROW EXCLUSIVE on the sequence: waits for open transactions that called nextval. */
export function giveSequencesAway(live: TableFacts): string[] {
  return serials(live).map((sequence) => /* sql */ `ALTER SEQUENCE ${qualified(sequence)} OWNED BY NONE`);
}

/** The table that now bears the name owns them through the column of the same name. */
export function takeSequencesOver(live: TableFacts): string[] {
  return serials(live).map(
    (sequence) =>
      /* sql */ `ALTER SEQUENCE ${qualified(sequence)} OWNED BY ${qualified(live)}.${quoteIdent(sequence.column)}`,
  );
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

/**
 * A serial sequence follows its column's type: wider in the swap (a new id beyond int is accepted at once), narrower in
 * the revert if it has not counted beyond. AS changes a maximum only if it was the old type's. A sequence whose type was
 * not its column's is somebody's choice and stays.
 */
export function sequenceTypes({ live, replacement }: SwapSides): string[] {
  return serials(live).flatMap((sequence) => {
    const before = live.columns.find((column) => column.name === sequence.column)?.typeSql;
    const after = replacement.columns.find((column) => column.name === sequence.column)?.typeSql;
    if (after === undefined || sequence.typeSql !== before || after === before) return [];
    const limit = LIMITS[after];
    const name = qualified(sequence);
    if (limit === undefined) return [];
    const alter = /* sql */ `ALTER SEQUENCE ${name} AS ${after}`;
    if (BigInt(limit) > BigInt(LIMITS[sequence.typeSql] ?? limit)) return [alter];
    const body = /* sql */ `
      BEGIN
        IF (SELECT pg_catalog.abs(last_value) FROM ${name}) <= ${limit} THEN
          ${alter};
        END IF;
      END`;
    return [/* sql */ `DO ${quoteLiteral(body)}`];
  });
}
