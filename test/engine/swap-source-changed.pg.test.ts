import { beforeAll, describe, expect, it } from 'vitest';
import { ROLES } from '../support/database.ts';
import { errorOf, ItemRun, once } from './item-run.ts';

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create();
  await template.owner.query(`
    CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TABLE public.child (item_id bigint);`);
  await template.through('POST_SYNC_UPDATE');
});

/** What a person may do to the source while it is rebuilt; lost by other tools without a word (fault o). */
const CHANGES: readonly (readonly [section: string, change: string, undo: string])[] = [
  ['columns', 'ALTER TABLE public.item ALTER note SET DEFAULT 1', 'ALTER TABLE public.item ALTER note DROP DEFAULT'],
  ['columns', 'ALTER TABLE public.item ALTER note SET NOT NULL', 'ALTER TABLE public.item ALTER note DROP NOT NULL'],
  [
    'columns',
    'ALTER TABLE public.item ALTER note SET STATISTICS 7',
    'ALTER TABLE public.item ALTER note SET STATISTICS -1',
  ],
  ['columns', 'ALTER TABLE public.item ADD added int', 'ALTER TABLE public.item DROP added'],
  ['columns', 'ALTER TABLE public.item RENAME note TO remark', 'ALTER TABLE public.item RENAME remark TO note'],
  ['indexes', 'CREATE INDEX item_note ON public.item (note)', 'DROP INDEX public.item_note'],
  [
    'constraints',
    'ALTER TABLE public.item ADD CONSTRAINT positive CHECK (id > 0) NOT VALID',
    'ALTER TABLE public.item DROP CONSTRAINT positive',
  ],
  [
    'triggers',
    'CREATE TRIGGER touch BEFORE UPDATE ON public.item FOR EACH ROW EXECUTE FUNCTION public.touch()',
    'DROP TRIGGER touch ON public.item',
  ],
  ['grants', `GRANT SELECT ON public.item TO ${ROLES.reader}`, `REVOKE SELECT ON public.item FROM ${ROLES.reader}`],
  [
    'grants',
    `GRANT SELECT (note) ON public.item TO ${ROLES.reader}`,
    `REVOKE SELECT (note) ON public.item FROM ${ROLES.reader}`,
  ],
  ['comment', `COMMENT ON TABLE public.item IS 'new'`, 'COMMENT ON TABLE public.item IS NULL'],
  ['columns', `COMMENT ON COLUMN public.item.note IS 'new'`, 'COMMENT ON COLUMN public.item.note IS NULL'],
  ['options', 'ALTER TABLE public.item SET (fillfactor = 70)', 'ALTER TABLE public.item RESET (fillfactor)'],
  [
    'replica identity',
    'ALTER TABLE public.item REPLICA IDENTITY FULL',
    'ALTER TABLE public.item REPLICA IDENTITY DEFAULT',
  ],
  [
    'row security',
    'ALTER TABLE public.item ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE public.item DISABLE ROW LEVEL SECURITY',
  ],
  ['views', 'CREATE VIEW public.items AS SELECT id FROM public.item', 'DROP VIEW public.items'],
  ['dependents', 'CREATE TABLE public.holder (one public.item)', 'DROP TABLE public.holder'],
  [
    'materialized views',
    'CREATE MATERIALIZED VIEW public.items AS SELECT id FROM public.item',
    'DROP MATERIALIZED VIEW public.items',
  ],
  ['statistics', 'CREATE STATISTICS public.both ON code, note FROM public.item', 'DROP STATISTICS public.both'],
  [
    'foreign keys',
    'ALTER TABLE public.child ADD CONSTRAINT child_item FOREIGN KEY (item_id) REFERENCES public.item NOT VALID',
    'ALTER TABLE public.child DROP CONSTRAINT child_item',
  ],
];

describe('a source whose definition is changed meanwhile (I-10, fault o)', () => {
  it.each(CHANGES)('in %s by %s is not swapped; undone, the run goes on', async (section, change, undo) => {
    const run = await template.clone();
    const oid = await run.oid();
    await run.owner.query(change);

    const error = await errorOf(run.drive());

    expect(error.name).toBe('SourceChangedError');
    expect(error.message).toContain(section);
    expect(await run.oid()).toBe(oid);

    await run.owner.query(undo);
    const source = await run.rows();
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.oid()).not.toBe(oid);
    expect(await run.rows()).toEqual(source);
  });

  it('by a GRANT between the comparison and the lock, which takes no lock on the table, is not swapped either', async () => {
    const run = await template.clone();
    const oid = await run.oid();
    const grant = `GRANT SELECT ON public.item TO ${ROLES.reader}`;
    const observer = once('before', /^SET LOCAL statement_timeout[\s\S]*COMMIT$/, () => run.database.query(grant));
    expect((await errorOf(run.drive({}, { observer }))).name).toBe('SourceChangedError');
    expect(await run.oid()).toBe(oid);
    await run.database.query(`REVOKE SELECT ON public.item FROM ${ROLES.reader}`);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
  });

  it('may be reset, and started again with the change', async () => {
    const run = await template.clone();
    await run.owner.query(`ALTER TABLE public.item ADD added int DEFAULT 5`);
    expect((await errorOf(run.drive())).name).toBe('SourceChangedError');
    await run.drive({ action: 'reset' });
    expect(await run.leftovers()).toEqual([]);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toContain('(1,c1,n1,5)');
  });

  it('that is dropped is not replaced; a reset takes away what is left', async () => {
    const run = await template.clone();
    await run.owner.query('DROP TABLE public.item');
    expect((await errorOf(run.drive())).name).toBe('SourceMissingError');
    await run.drive({ action: 'reset' });
    expect(await run.leftovers()).toEqual([]);
  });
});
