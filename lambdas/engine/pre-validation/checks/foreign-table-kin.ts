import { type Check, refuse, type TableContext } from '../check.ts';

export const foreignTableKin: Check<TableContext> = {
  code: 'ForeignTableKin',
  title: 'no parent and no child of the table is a foreign table',
  why: 'The swap locks parents and children, and PostgreSQL locks no foreign table.',
  async run({ session, facts, tableSql }) {
    const { parents, children } = facts.inheritance;
    if (parents.length + children.length === 0) {
      return [];
    }
    const kin = await session.query<{ name: string; is_child: boolean }>(
      /* sql */ `
      SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, i.inhparent = $1 AS is_child
      FROM pg_catalog.pg_inherits AS i
      JOIN pg_catalog.pg_class AS c ON c.oid = CASE i.inhparent WHEN $1 THEN i.inhrelid ELSE i.inhparent END
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE $1 IN (i.inhparent, i.inhrelid) AND c.relkind = 'f'
      ORDER BY 2, 1`,
      [facts.oid],
    );
    return kin.map(({ name, is_child }) => {
      const [command, parent] = is_child
        ? [`ALTER FOREIGN TABLE ${name}`, tableSql]
        : [`ALTER TABLE ${tableSql}`, name];
      return refuse(
        `${name}, a foreign table, is a ${is_child ? 'child' : 'parent'} of ${tableSql}.`,
        `${command} NO INHERIT ${parent}; -- after the run: ${command} INHERIT ${parent};`,
      );
    });
  },
};
