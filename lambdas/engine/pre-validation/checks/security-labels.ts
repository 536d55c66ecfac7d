import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

export const securityLabels: Check<TableContext> = {
  code: 'SecurityLabel',
  title: 'neither the table nor a column has a security label',
  why: 'Labels (SELinux, anonymisation) are not carried over yet, and a table without them is not protected by them.',
  async run({ session, facts, tableSql }) {
    if (dependentsOf(facts, ['security label']).length === 0) {
      return [];
    }
    const labels = await session.query<{ provider: string; column: string | null }>(
      /* sql */ `
      SELECT l.provider, a.attname::text AS column
      FROM pg_seclabel AS l
      LEFT JOIN pg_attribute AS a ON a.attrelid = l.objoid AND a.attnum = l.objsubid AND l.objsubid > 0
      WHERE l.classoid = 'pg_class'::regclass
        AND l.objoid = $1::oid
      ORDER BY 1, 2`,
      [facts.oid],
    );
    return labels.map(({ provider, column }) => {
      const target = column === null ? `TABLE ${tableSql}` : `COLUMN ${tableSql}.${formatIdentifier(column)}`;
      return refuse(
        `${target} has a security label of ${provider}, which is not carried over yet.`,
        `SECURITY LABEL FOR ${formatIdentifier(provider)} ON ${target} IS NULL; -- and set it again after the run`,
      );
    });
  },
};
