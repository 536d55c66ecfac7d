import pg from 'pg';
import { startEmbeddedServer } from '../support/embedded-server.ts';
import { createOrdersFixture } from '../support/fixtures.ts';
import { drive } from './drive.ts';

const root = 'postgres://postgres:postgres@localhost:55418';
const admin = new pg.Client({ connectionString: `${root}/postgres` });
await admin.connect();
await admin.query('DROP DATABASE IF EXISTS lead_perf WITH (FORCE)');
await admin.query('CREATE DATABASE lead_perf TEMPLATE lead_tmpl STRATEGY file_copy');
await admin.query(process.env.SETDB ?? 'SELECT 1');
const base = `${root}/lead_perf`;
const c = new pg.Client({ connectionString: base });
await c.connect();
await c.query('CHECKPOINT');
for (let round = 0; round < Number(process.env.ROUNDS ?? 2); round += 1) {
  let last = performance.now();
  const t1 = last;
  const parts: string[] = [];
  await drive({
    url: base,
    request: { table: 'public.orders', ...JSON.parse(process.env.REQ ?? '{}') },
    onUnit: (task, r) => {
      const n = performance.now();
      parts.push(`${task}:${r.status}:${Math.round(n - last)}`);
      last = n;
    },
  });
  const tool = performance.now() - t1;
  console.log('tool', Math.round(tool), parts.join(' '));
  console.log(
    (
      await c.query(
        'select kind, count(*)::int n, sum(rows)::int r, round(sum(duration_ms)) ms, round(max(lock_held_ms)) held, min(at)::time(2) a, max(at)::time(2) b from shadowstep.event where run_id=(select max(run_id) from shadowstep.run) group by 1 order by min(event_id)',
      )
    ).rows
      .map((r) => JSON.stringify(r))
      .join('\n'),
  );
  console.log(
    (
      await c.query(
        'select object_name, extract(epoch from finished_at-started_at)::numeric(8,2) s, started_at::time(2) a from shadowstep.detached_statement where run_id=(select max(run_id) from shadowstep.run) order by started_at',
      )
    ).rows
      .map((r) => JSON.stringify(r))
      .join('\n'),
  );
  await c.query('CHECKPOINT');
  const t2 = performance.now();
  await c.query('VACUUM FULL public.orders');
  const vf = performance.now() - t2;
  const fks = (
    await c.query(
      "select conrelid::regclass::text t, conname n, pg_get_constraintdef(oid) d from pg_constraint where contype='f' and (conrelid='public.orders'::regclass or confrelid='public.orders'::regclass)",
    )
  ).rows;
  const t3 = performance.now();
  for (const f of fks) {
    await c.query(`ALTER TABLE ${f.t} DROP CONSTRAINT ${f.n}`);
    await c.query(`ALTER TABLE ${f.t} ADD CONSTRAINT ${f.n} ${f.d} NOT VALID`);
    await c.query(`ALTER TABLE ${f.t} VALIDATE CONSTRAINT ${f.n}`);
  }
  const fk = performance.now() - t3;
  console.log('vacuum full', Math.round(vf), 'fks', Math.round(fk), 'ratio', (tool / (vf + fk)).toFixed(2));
  await c.query('CHECKPOINT');
}
await c.end();
await admin.end();
