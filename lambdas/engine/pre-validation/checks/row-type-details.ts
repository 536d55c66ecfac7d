import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

export const rowTypeDetails: Check<TableContext> = {
  code: 'RowTypeDetails',
  title: 'the row type has neither privileges nor a comment of its own',
  why: 'They hang on the type that goes with the old table.',
  async run({ session, facts, tableSql }) {
    if (dependentsOf(facts, ['privileges or comment of the row type']).length === 0) {
      return [];
    }
    const types = await session.query<{ type: string; commented: boolean; granted: boolean }>(
      /* sql */ `
      SELECT t.oid::regtype::text AS type,
             obj_description(t.oid, 'pg_type') IS NOT NULL AS commented,
             t.typacl IS NOT NULL AS granted
      FROM pg_class AS c
      JOIN pg_type AS rowtype ON rowtype.oid = c.reltype
      JOIN pg_type AS t ON t.oid IN (rowtype.oid, rowtype.typarray)
      WHERE c.oid = $1::oid
      ORDER BY 1`,
      [facts.oid],
    );
    return types.flatMap(({ type, commented, granted }) => [
      ...(commented
        ? [
            refuse(
              `The row type of ${tableSql} has a comment.`,
              `COMMENT ON TYPE ${type} IS NULL; -- and set it again after the run`,
            ),
          ]
        : []),
      ...(granted
        ? [
            refuse(
              `Privileges were granted or revoked on the row type of ${tableSql}, which is not carried over yet.`,
              '-- PostgreSQL keeps an access list once there was one: this takes a release that carries it over.',
            ),
          ]
        : []),
    ]);
  },
};
