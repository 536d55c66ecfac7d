import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const functionPrivileges: Check<TableContext> = {
  code: 'MayNotCreateFunction',
  title: 'the role may create the functions that follow the table, in their languages and with their attributes',
  why: 'They are given to PostgreSQL anew; an untrusted language, LEAKPROOF and SUPPORT take a superuser.',
  async run({ session, facts, server }) {
    if (facts.functions.length === 0) {
      return [];
    }
    const rows = await session.query<{ signature: string; language: string; superuser: boolean; usage: boolean }>(
      /* sql */ `
      SELECT p.oid::regprocedure::text AS signature, l.lanname::text AS language,
             p.proleakproof OR p.prosupport <> 0 OR NOT l.lanpltrusted AS superuser,
             NOT l.lanpltrusted OR has_language_privilege(l.oid, 'USAGE') AS usage
      FROM pg_proc AS p
      JOIN pg_language AS l ON l.oid = p.prolang
      WHERE p.oid = ANY ($1::oid[])
        AND NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user)
      ORDER BY 1`,
      [facts.functions.map((one) => one.oid)],
    );
    const role = formatIdentifier(server.role);
    return rows
      .filter((one) => one.superuser || !one.usage)
      .map((one) =>
        refuse(
          `Role ${server.role} may not create the function ${one.signature} anew.`,
          one.superuser
            ? `DROP ROUTINE ${one.signature}; -- by its owner, and create it again after the run; or run the tool as a superuser`
            : `GRANT USAGE ON LANGUAGE ${formatIdentifier(one.language)} TO ${role};`,
        ),
      );
  },
};
