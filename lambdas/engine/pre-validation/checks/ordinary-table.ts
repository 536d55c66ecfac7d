import { REGISTRY_SCHEMA } from '../../object-names.ts';
import { type Check, type RelationContext, refuse } from '../check.ts';

/** Objects of PostgreSQL itself have OIDs below this (FirstNormalObjectId). */
const FIRST_NORMAL_OID = 16_384;

const KINDS: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  p: 'a partitioned table',
  S: 'a sequence',
  i: 'an index',
  I: 'a partitioned index',
  c: 'a composite type',
  t: 'a TOAST table',
};

export const ordinaryTable: Check<RelationContext> = {
  code: 'NotAnOrdinaryTable',
  title: 'it is an ordinary table, or a partitioned one of which each partition is an ordinary table',
  why: 'What is copied is a heap of rows that the application can write; other relations have none, or one of another kind.',
  run({ relation, request, tableSql }) {
    if (relation === null) {
      return [];
    }
    const { schema } = request.table;
    const what =
      KINDS[relation.kind] ??
      (relation.persistence === 't' ? 'a temporary table' : null) ??
      (relation.oid < FIRST_NORMAL_OID || schema === 'information_schema' ? 'a table of the catalog' : null) ??
      (schema === REGISTRY_SCHEMA || schema.startsWith(`${REGISTRY_SCHEMA}_`) ? 'a table of Shadowstep itself' : null);
    if (what === null) {
      return [];
    }
    const of = relation.belongsTo === null ? '' : ` of ${relation.belongsTo}`;
    return [
      refuse(
        `${tableSql} is ${what}${of}, not an ordinary table.`,
        remedyFor(relation.kind, tableSql, relation.belongsTo),
      ),
    ];
  },
};

function remedyFor(kind: string, tableSql: string, belongsTo: string | null): string {
  switch (kind) {
    case 'm':
      return `REFRESH MATERIALIZED VIEW ${tableSql}; -- writes it anew, without bloat`;
    case 'i':
    case 'I':
      return `REINDEX INDEX CONCURRENTLY ${tableSql}; -- builds it anew; or run this for the table ${belongsTo ?? ''}`;
    case 't':
      return `-- Run this for ${belongsTo ?? 'the table it belongs to'}: its TOAST table is rebuilt with it.`;
    case 'f':
      return belongsTo === null
        ? '-- Choose an ordinary table: the rows of a foreign one are elsewhere.'
        : `ALTER TABLE ${belongsTo} DETACH PARTITION ${tableSql}; -- and attach it again afterwards; or ask for the other partitions, each by its name`;
    default:
      return '-- Choose an ordinary table.';
  }
}
