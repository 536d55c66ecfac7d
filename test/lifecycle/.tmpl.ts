import pg from 'pg';
import { createOrdersFixture } from '../support/fixtures.ts';

const base = 'postgres://postgres:postgres@localhost:55418';
const admin = new pg.Client({ connectionString: `${base}/postgres` });
await admin.connect();
await admin.query('DROP DATABASE IF EXISTS lead_exp WITH (FORCE)');
await admin.query('DROP DATABASE IF EXISTS lead_tmpl WITH (FORCE)');
await admin.query('CREATE DATABASE lead_tmpl');
const c = new pg.Client({ connectionString: `${base}/lead_tmpl` });
await c.connect();
await createOrdersFixture(c, { rows: 1_600_000, bloat: 0.33, keyShape: 'bigserial' });
await c.end();
await admin.end();
