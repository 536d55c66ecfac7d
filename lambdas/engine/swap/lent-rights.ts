import { readTableFacts } from '../catalog/read-table-facts.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import { lockRun } from '../registry/runs.ts';
import type { UnitContext } from '../unit-context.ts';

/** What a drain does to the table that follows: DELETE and INSERT of keys, TRUNCATE after a TRUNCATE. */
const OF_A_DRAIN = ['SELECT', 'INSERT', 'DELETE', 'TRUNCATE'] as const;

/**
 * Gives the owner of the old table what it has taken from itself there and a drain needs: without DELETE the way back could
 * not bring the table up to date, and a revert would stop for good. After the exchange, which compares the grants of both
 * its ends, and before the old table is remembered; the exchange of the revert leaves it with the grants of the table whose
 * place it takes, so these are gone again. Does nothing the second time. GRANT on a table that only we use.
 */
export async function lendRightsForDrain(ctx: UnitContext): Promise<void> {
  const { run, session } = ctx;
  const old = await readTableFacts(session, run.sourceOid);
  if (old === null) {
    return;
  }
  const missing = OF_A_DRAIN.filter(
    (privilege) =>
      !old.grants.some(
        (grant) => grant.grantee === old.owner && grant.privilege === privilege && grant.column === null,
      ),
  );
  if (missing.length === 0) {
    return;
  }
  await session.transaction({}, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    await tx.query(/* sql */ `GRANT ${missing.join(', ')} ON TABLE ${qualified(old)} TO ${quoteIdent(old.owner)}`);
  });
}
