import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

export const foreignKeyTriggers: Check<TableContext> = {
  code: 'ForeignKeyTriggersDisabled',
  title: 'no trigger behind a foreign key is disabled',
  why: 'The foreign keys of the new table would check again what was not checked before.',
  async run({ session, facts, tableSql }) {
    if (dependentsOf(facts, ['foreign key with disabled triggers']).length === 0) {
      return [];
    }
    const tables = await session.query<{ bearer: string }>(
      /* sql */ `
      SELECT DISTINCT t.tgrelid::regclass::text AS bearer
      FROM pg_constraint AS k
      JOIN pg_trigger AS t ON t.tgconstraint = k.oid AND t.tgisinternal AND t.tgenabled <> 'O'
      WHERE k.contype = 'f'
        AND $1::oid IN (k.conrelid, k.confrelid)
      ORDER BY 1`,
      [facts.oid],
    );
    return tables.map(({ bearer }) =>
      refuse(
        `Triggers behind a foreign key of ${tableSql} are disabled on ${bearer}.`,
        `ALTER TABLE ${bearer} ENABLE TRIGGER ALL; -- as a superuser; enables the other triggers too`,
      ),
    );
  },
};
