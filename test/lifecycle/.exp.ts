import pg from 'pg';
import { createOrdersFixture } from '../support/fixtures.ts';
import { drive } from './drive.ts';

const base = 'postgres://postgres:postgres@localhost:55418';
const admin = new pg.Client({ connectionString: `${base}/postgres` });
await admin.connect();
await admin.query('DROP DATABASE IF EXISTS lead_exp WITH (FORCE)');
await admin.query('CREATE DATABASE lead_exp');
await admin.end();
const url = `${base}/lead_exp`;
const c = new pg.Client({ connectionString: url });
await c.connect();
await createOrdersFixture(c, { rows: 1_600_000, bloat: 0.33, keyShape: 'bigserial' });
await drive({ url, request: { table: 'public.orders', stopAfter: 'POST_SYNC_UPDATE' } });
await c.end();
