import type { BookRow } from '../books.ts';
import { tableOf } from '../family.ts';
import type { Operation } from '../hands.ts';
import {
  changeKey,
  deleteRows,
  enterDelete,
  insertRows,
  keyIn,
  keysOf,
  mayChangeKey,
  mayDelete,
  newAmount,
  newKey,
  newMainRow,
  newMainRows,
  newNote,
  newRev,
  ownNumber,
  parameters,
  updateRow,
  valuesOf,
} from './rows.ts';

export const insert: Operation = (hands) => insertRows(hands, [newMainRow(hands)]);

export const insertSeveral: Operation = (hands) => insertRows(hands, newMainRows(hands, 2 + hands.random.integer(5)));

/** By the sequence or the default: both must go on after the swap. */
export const insertWithDefaultKey: Operation = async (hands) => {
  const { main, definition } = hands.family;
  if (!definition.keyHasDefault) return insert(hands);
  const row = newMainRow(hands, []);
  const columns = Object.keys(row.values).filter((column) => !main.keyColumns.includes(column));
  const { rows } = await hands.send({
    kind: 'insert with the default key',
    text: /* sql */ `
      INSERT INTO public.main (${columns.join(', ')}) VALUES (${parameters(main, columns, 1).join(', ')})
      RETURNING ${main.keyColumns.map((column) => `${column}::text`).join(', ')}`,
    values: valuesOf(row, columns),
    count: 1,
  });
  const key = main.keyColumns.map((column) => String(rows[0]?.[column]));
  const keyValues = Object.fromEntries(main.keyColumns.map((column, at) => [column, key[at] ?? null]));
  hands.books.put({ ...row, key, values: { ...row.values, ...keyValues } });
};

export const copyRows: Operation = async (hands) => {
  const rows = newMainRows(hands, 3 + hands.random.integer(20));
  const columns = Object.keys(rows[0]?.values ?? {});
  await hands.copy(
    'main',
    columns,
    rows.map((row) => valuesOf(row, columns)),
  );
  for (const row of rows) hands.books.put(row);
};

export const update: Operation = async (hands) => {
  for (const row of hands.pick('main', 1)) {
    await updateRow(hands, row, hands.random.onceIn(2) ? { amount: newAmount(hands) } : { note: newNote(hands) });
  }
};

/** Writes what is there already: a change all the same. */
export const updateToTheSame: Operation = async (hands) => {
  for (const row of hands.pick('main', 1)) await updateRow(hands, row, { amount: row.values.amount ?? '0.00' });
};

export const updateSeveral: Operation = async (hands) => {
  const rows = hands.pick('main', 5);
  const { main } = hands.family;
  const [amount, rev] = [newAmount(hands), newRev(hands)];
  if (rows.length === 0) return;
  await hands.send({
    kind: 'update of several rows',
    text: /* sql */ `UPDATE public.main SET amount = $1::numeric, rev = $2 WHERE ${keyIn(main, rows, 3)}`,
    values: [amount, rev, ...keysOf(rows)],
    count: rows.length,
    keys: keysOf(rows),
  });
  for (const row of rows) hands.books.put({ ...row, values: { ...row.values, amount, rev } });
};

export const updateAllOwn: Operation = async (hands) => {
  const rows = hands.books.rows('main');
  const rev = newRev(hands);
  await hands.send({
    kind: 'update of all own rows',
    text: /* sql */ `UPDATE public.main SET live = NOT live, rev = $1 WHERE owner = $2::integer AND slot IS NULL`,
    values: [rev, String(hands.number)],
    count: rows.filter((row) => row.values.slot === null).length,
  });
  for (const row of rows.filter((one) => one.values.slot === null)) {
    const live = row.values.live === 'true' ? 'false' : 'true';
    hands.books.put({ ...row, values: { ...row.values, live, rev } });
  }
};

export const deleteOne: Operation = (hands) =>
  deleteRows(
    hands,
    hands
      .pick('main', 4)
      .filter((row) => mayDelete(hands, row))
      .slice(0, 1),
  );

export const deleteSeveral: Operation = (hands) =>
  deleteRows(
    hands,
    hands.pick('main', 6).filter((row) => mayDelete(hands, row)),
  );

export const moveKey: Operation = async (hands) => {
  const row = hands.pick('main', 6).find((candidate) => mayChangeKey(hands, candidate));
  if (row !== undefined) await changeKey(hands, row, newKey(hands));
};

/** A key changes onto the key of a row that has just gone: both keys were there before, one is there after. */
export const moveKeyOntoDeleted: Operation = async (hands) => {
  const [gone, moved] = hands.pick('main', 8).filter((row) => mayDelete(hands, row) && mayChangeKey(hands, row));
  if (gone === undefined || moved === undefined) return;
  await deleteRows(hands, [gone]);
  const still = hands.books.get(moved.table, moved.key);
  if (still !== undefined) await changeKey(hands, still, gone.key);
};

/** In one transaction where there is one, else in two. */
export const deleteAndReinsert: Operation = async (hands) => {
  const row = hands.pick('main', 4).find((candidate) => mayDelete(hands, candidate));
  if (row === undefined) return;
  await deleteRows(hands, [row], 'delete before the same key comes back');
  const again: BookRow = { ...newMainRow(hands, row.key) };
  const unique = { code: row.values.code ?? null, span: row.values.span ?? null };
  await insertRows(hands, [{ ...again, values: { ...again.values, ...unique } }], 'insert of the same key again');
};

export const upsertByKey: Operation = async (hands) => {
  const { main } = hands.family;
  const existing = hands.random.onceIn(2) ? undefined : hands.pick('main', 1)[0];
  const rev = newRev(hands);
  const row = existing ? { ...existing, values: { ...existing.values, rev } } : newMainRow(hands);
  const columns = Object.keys(row.values);
  await hands.send({
    kind: 'upsert by key',
    text: /* sql */ `
      INSERT INTO public.main (${columns.join(', ')}) VALUES (${parameters(main, columns, 1).join(', ')})
      ON CONFLICT (${main.keyColumns.join(', ')}) DO UPDATE SET rev = excluded.rev`,
    values: valuesOf(row, columns),
    count: 1,
    keys: row.key,
    prepared: 'upsert by key',
  });
  hands.books.put(row);
};

/** Meets its own code under another key: the row that has the code is updated. */
export const upsertByCode: Operation = async (hands) => {
  const { main } = hands.family;
  const row = hands.pick('main', 4).find((one) => one.values.code !== null);
  if (row === undefined) return;
  const other = newMainRow(hands);
  const offered: BookRow = { ...other, values: { ...other.values, code: row.values.code ?? null } };
  const columns = Object.keys(offered.values);
  await hands.send({
    kind: 'upsert by code',
    text: /* sql */ `
      INSERT INTO public.main (${columns.join(', ')}) VALUES (${parameters(main, columns, 1).join(', ')})
      ON CONFLICT (code) DO UPDATE SET rev = excluded.rev, note = excluded.note`,
    values: valuesOf(offered, columns),
    count: 1,
    keys: row.key,
  });
  const { rev = null, note = null } = offered.values;
  hands.books.put({ ...row, values: { ...row.values, rev, note } });
};

/** Some are there, some are not. */
export const upsertDoingNothing: Operation = async (hands) => {
  const { main } = hands.family;
  const there = hands.pick('main', 2);
  const fresh = newMainRows(hands, 2);
  const columns = Object.keys(fresh[0]?.values ?? {});
  const rows = [...there, ...fresh];
  const tuples = rows.map((_, at) => `(${parameters(main, columns, 1 + at * columns.length).join(', ')})`);
  await hands.send({
    kind: 'insert on conflict do nothing',
    text: /* sql */ `
      INSERT INTO public.main (${columns.join(', ')}) VALUES ${tuples.join(', ')}
      ON CONFLICT (${main.keyColumns.join(', ')}) DO NOTHING`,
    values: rows.flatMap((row) => valuesOf(row, columns)),
    count: fresh.length,
    keys: keysOf(rows),
  });
  for (const row of fresh) hands.books.put(row);
};

/** PostgreSQL 15 and later: one row updated, one deleted, one inserted, in one statement. */
export const merge: Operation = async (hands) => {
  if (hands.serverVersionNum < 150_000) return upsertDoingNothing(hands);
  const { main } = hands.family;
  const [updated, ...others] = hands.pick('main', 5);
  const deleted = others.find((row) => mayDelete(hands, row) && row.key.join() !== updated?.key.join());
  const fresh = newMainRow(hands);
  const columns = Object.keys(fresh.values);
  const rev = newRev(hands);
  const rows = [
    { row: fresh, verb: 'insert' },
    ...(updated ? [{ row: { ...updated, values: { ...updated.values, rev } }, verb: 'update' }] : []),
    ...(deleted ? [{ row: deleted, verb: 'delete' }] : []),
  ];
  const width = columns.length + 1;
  const tuples = rows.map(
    (_, at) => `($${1 + at * width}::text, ${parameters(main, columns, 2 + at * width).join(', ')})`,
  );
  await hands.send({
    kind: 'merge',
    text: /* sql */ `
      MERGE INTO public.main AS m
      USING (VALUES ${tuples.join(', ')}) AS s (verb, ${columns.join(', ')})
      ON ${main.keyColumns.map((column) => `m.${column} = s.${column}`).join(' AND ')}
      WHEN MATCHED AND s.verb = 'delete' THEN DELETE
      WHEN MATCHED THEN UPDATE SET rev = s.rev
      WHEN NOT MATCHED THEN INSERT (${columns.join(', ')}) VALUES (${columns.map((column) => `s.${column}`).join(', ')})`,
    values: rows.flatMap(({ row, verb }) => [verb, ...valuesOf(row, columns)]),
    count: rows.length,
    keys: keysOf(rows.map(({ row }) => row)),
  });
  hands.books.put(fresh);
  if (updated) hands.books.put({ ...updated, values: { ...updated.values, rev } });
  if (deleted) enterDelete(hands, deleted);
};

/** Brings the writer's rows back to a number that a run has something to do with. */
export const refill: Operation = async (hands) => {
  const ups = hands.books.rows('up').length;
  const table = tableOf(hands.family, 'up');
  if (ups < 6) {
    await insertRows(
      hands,
      Array.from({ length: 8 }, (): BookRow => {
        const id = String(ownNumber(hands));
        return { table: table.name, key: [id], values: { id, owner: String(hands.number), rev: newRev(hands) } };
      }),
    );
  }
  await copyRows(hands);
};
