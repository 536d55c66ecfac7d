import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

const MAJOR_WITH_SET_OPTION = 160_000;

export const ownership: Check<TableContext> = {
  code: 'NotTheOwner',
  title: 'the role is the owner, or a member of the owner’s role',
  why: 'Only the owner may put triggers on the table and exchange it, and the new table must have the same owner.',
  async run({ session, facts, server, tableSql }) {
    // Before 16 membership is enough to SET ROLE; since then it is an option of its own.
    const mode = session.serverVersionNum >= MAJOR_WITH_SET_OPTION ? 'SET' : 'MEMBER';
    const [has] = await session.query<{ inherits: boolean; becomes: boolean }>(
      /* sql */ `SELECT pg_has_role($1::name, 'USAGE') AS inherits, pg_has_role($1::name, $2::text) AS becomes`,
      [facts.owner, mode],
    );
    if (has?.inherits && has.becomes) {
      return [];
    }
    const grant = `GRANT ${formatIdentifier(facts.owner)} TO ${formatIdentifier(server.role)}`;
    return [
      refuse(
        `${tableSql} belongs to ${facts.owner}, and role ${server.role} ${has?.inherits ? 'may not become that role' : 'has not that role’s privileges'}.`,
        mode === 'SET'
          ? `${grant} WITH INHERIT TRUE, SET TRUE;`
          : `${grant}; ALTER ROLE ${formatIdentifier(server.role)} INHERIT;`,
      ),
    ];
  },
};
