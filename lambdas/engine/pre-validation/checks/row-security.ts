import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const rowSecurity: Check<TableContext> = {
  code: 'RowSecurityForced',
  title: 'row security is not forced on the table or on a partner of its foreign keys, or the role may bypass it',
  why: 'Forced policies hold for the owner too: they would hide rows from the copy and from the validation of foreign keys. Sessions run with row_security = off, so that this is an error instead.',
  async run({ session, facts, server, tableSql }) {
    const partners = [...facts.foreignKeysOut, ...facts.foreignKeysIn]
      .filter((key) => key.validated && key.enforced)
      .map((key) => key.partnerOid);
    if (!facts.forceRowSecurity && partners.length === 0) {
      return [];
    }
    // As the server asks: whoever has not the owner's privileges is under policies anyway, forced or not. Of a partner
    // that is not the role's own, PostgreSQL validates a key row by row, as its owner and without policies.
    const forced = await session.query<{ name: string }>(
      /* sql */ `
      SELECT c.oid::regclass::text AS name
      FROM pg_class AS c
      WHERE c.oid = ANY ($1::oid[]) AND c.relrowsecurity AND c.relforcerowsecurity
        AND pg_has_role(c.relowner, 'USAGE')
        AND NOT (SELECT r.rolsuper OR r.rolbypassrls FROM pg_roles AS r WHERE r.rolname = current_user)
      ORDER BY c.oid = $2 DESC, 1`,
      [[facts.oid, ...partners], facts.oid],
    );
    return forced.map(({ name }) =>
      refuse(
        `${name} has forced row security, and role ${server.role}, which has to read ${name === tableSql ? 'it' : `it for the foreign keys of ${tableSql}`}, may not bypass it.`,
        `ALTER ROLE ${formatIdentifier(server.role)} BYPASSRLS; -- or, for the time of the run: ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY`,
      ),
    );
  },
};
