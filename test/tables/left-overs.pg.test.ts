import { expect, inject, it } from 'vitest';
import { ItemRun } from '../engine/item-run.ts';
import { ROLES } from '../support/database.ts';
import { leftOversIn } from './left-overs.ts';

it('a live run is left over with its schemas and triggers; a finished or a reset one leaves nothing', async () => {
  const item = await ItemRun.create();
  const admin = await item.database.client();
  expect(await leftOversIn(admin)).toEqual([]);
  await item.through('SETUP');
  const left = await leftOversIn(admin);
  expect(left).toEqual(expect.arrayContaining(['schema shadowstep_1', 'live run of public.item in BACKFILL']));
  expect(left.filter((line) => line.startsWith('trigger shadowstep_'))).not.toEqual([]);
  await item.drive({ action: 'reset' });
  expect(await leftOversIn(admin)).toEqual([]);
  await item.drive();
  expect(await leftOversIn(admin)).toEqual([]);
});

/** One left-over each: the SQL that makes it, and how it is named. */
const LEFT_OVERS: readonly (readonly [sql: string, line: string])[] = [
  ['CREATE SCHEMA shadowstep_9', 'schema shadowstep_9'],
  ['CREATE TABLE public.shadowstep_t ()', 'relation shadowstep_t'],
  [`CREATE FUNCTION public.shadowstep_f() RETURNS integer LANGUAGE sql AS 'SELECT 1'`, 'function shadowstep_f()'],
  [`CREATE DOMAIN public.shadowstep_d AS integer`, 'type shadowstep_d'],
  ['ALTER TABLE public.item ADD CONSTRAINT shadowstep_c CHECK (id > 0)', 'constraint shadowstep_c on item'],
  ['CREATE RULE shadowstep_r AS ON DELETE TO public.item DO ALSO NOTHING', 'rule shadowstep_r on item'],
  ['CREATE POLICY shadowstep_p ON public.item', 'policy shadowstep_p on item'],
  ['CREATE STATISTICS public.shadowstep_s ON id, note FROM public.item', 'statistics shadowstep_s on item'],
  ['CREATE PUBLICATION shadowstep_pub', 'publication shadowstep_pub'],
  [
    `CREATE SCHEMA shadowstep_9; CREATE TABLE shadowstep_9.item (); CREATE PUBLICATION p FOR TABLE shadowstep_9.item`,
    'publication p of shadowstep_9.item',
  ],
  [
    `CREATE SCHEMA shadowstep_9; ALTER DEFAULT PRIVILEGES FOR ROLE ${ROLES.owner} IN SCHEMA shadowstep_9 GRANT SELECT ON TABLES TO ${ROLES.app}`,
    `default privileges of ${ROLES.owner} in shadowstep_9`,
  ],
  [
    `CREATE SCHEMA shadowstep_9; CREATE FUNCTION shadowstep_9.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
     CREATE TRIGGER t AFTER INSERT ON public.item EXECUTE FUNCTION shadowstep_9.f()`,
    'trigger t on item calls shadowstep_9.f()',
  ],
  [
    `CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
     CREATE EVENT TRIGGER shadowstep_e ON sql_drop EXECUTE FUNCTION public.f()`,
    'event trigger shadowstep_e',
  ],
  ...(inject('postgres').majorVersion >= 15
    ? ([
        [
          'CREATE SCHEMA shadowstep_9; CREATE PUBLICATION p FOR TABLES IN SCHEMA shadowstep_9',
          'publication p of schema shadowstep_9',
        ],
      ] as const)
    : []),
];

it('whatever can be left of ours is seen', async () => {
  const item = await ItemRun.create();
  const admin = await item.database.client();
  for (const [sql, line] of LEFT_OVERS) {
    await admin.query('BEGIN');
    await admin.query(sql);
    expect(await leftOversIn(admin)).toContain(line);
    await admin.query('ROLLBACK');
  }
  expect(await leftOversIn(admin)).toEqual([]);
});
