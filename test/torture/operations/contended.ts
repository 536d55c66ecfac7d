import type { Operation } from '../hands.ts';
import { keyIn, newNote, newRev, parameters } from './rows.ts';

/**
 * Statements on keys that all writers fight over. Each touches one such row and is the last of its transaction, so that
 * the writers among themselves cannot deadlock: a 40P01 is somebody else's doing. Nobody keeps books on these rows; the
 * write-ahead log does.
 */
export const contended: Operation = async (hands) => {
  const { main, hotKeys } = hands.family;
  const key = hands.random.pick(hotKeys);
  const row = { table: main.name, key, values: {} } as const;
  const columns = [...main.keyColumns, 'owner', 'rev', 'note'];
  const values = [...key, '-2', newRev(hands), newNote(hands)];
  const insert = /* sql */ `
    INSERT INTO public.main (${columns.join(', ')}) VALUES (${parameters(main, columns, 1).join(', ')})`;
  const conflict = /* sql */ `ON CONFLICT (${main.keyColumns.join(', ')})`;
  switch (hands.random.integer(hands.serverVersionNum < 150_000 ? 5 : 6)) {
    case 0:
      await hands.send({ kind: 'contended insert', text: insert, values, expects: ['23505'], keys: key });
      return;
    case 1: {
      const text = `${insert} ${conflict} DO NOTHING`;
      await hands.send({ kind: 'contended insert on conflict do nothing', text, values, keys: key });
      return;
    }
    case 2: {
      const text = `${insert} ${conflict} DO UPDATE SET rev = excluded.rev, note = excluded.note`;
      await hands.send({ kind: 'contended upsert', text, values, count: 1, keys: key });
      return;
    }
    case 3: {
      const text = /* sql */ `DELETE FROM public.main WHERE ${keyIn(main, [row], 1)}`;
      await hands.send({ kind: 'contended delete', text, values: key, keys: key });
      return;
    }
    case 4: {
      const text = /* sql */ `UPDATE public.main SET rev = $1 WHERE ${keyIn(main, [row], 2)}`;
      await hands.send({ kind: 'contended update', text, values: [newRev(hands), ...key], keys: key });
      return;
    }
    default:
      await hands.send({
        kind: 'contended merge',
        text: /* sql */ `
          MERGE INTO public.main AS m
          USING (VALUES (${parameters(main, columns, 1).join(', ')})) AS s (${columns.join(', ')})
          ON ${main.keyColumns.map((column) => `m.${column} = s.${column}`).join(' AND ')}
          WHEN MATCHED AND m.rev < s.rev THEN DELETE
          WHEN MATCHED THEN UPDATE SET rev = s.rev
          WHEN NOT MATCHED THEN INSERT (${columns.join(', ')}) VALUES (${columns.map((column) => `s.${column}`).join(', ')})`,
        values,
        // MERGE takes no arbiter: it may meet a row that somebody else has just put in.
        expects: ['23505'],
        keys: key,
      });
  }
};
