import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const rowSecurity: Check<TableContext> = {
  code: 'RowSecurityForced',
  title: 'row security is not forced, or the role may bypass it',
  why: 'Forced policies hold for the owner too and would hide rows from the copy; sessions run with row_security = off, so that it is an error instead.',
  async run({ session, facts, server, tableSql }) {
    if (!facts.forceRowSecurity || !facts.rowSecurity) {
      return [];
    }
    const [role] = await session.query<{ bypasses: boolean }>(
      /* sql */ `SELECT r.rolsuper OR r.rolbypassrls AS bypasses FROM pg_roles AS r WHERE r.rolname = current_user`,
    );
    return role?.bypasses
      ? []
      : [
          refuse(
            `${tableSql} has forced row security, and role ${server.role} may not bypass it.`,
            `ALTER ROLE ${formatIdentifier(server.role)} BYPASSRLS; -- or, for the time of the run: ALTER TABLE ${tableSql} NO FORCE ROW LEVEL SECURITY`,
          ),
        ];
  },
};
