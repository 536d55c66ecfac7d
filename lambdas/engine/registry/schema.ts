import { RegistryVersionError } from '../errors.ts';
import { REGISTRY_SCHEMA } from '../object-names.ts';
import { quoteIdent } from '../postgres/identifier.ts';
import type { Queryable, Session } from '../postgres/session.ts';

/**
 * The registry's own schema. Its rules are constraints with names that read as sentences, so that an impossible row is
 * impossible whoever writes it. All times are timestamptz from the database. Keys of rows are in `finding` only (I-13).
 */
const VERSION_1 = /* sql */ `
  CREATE TABLE shadowstep.run (
    run_id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_schema        text NOT NULL,
    source_name          text NOT NULL,
    source_oid           oid NOT NULL,
    copy_oid             oid,
    request              jsonb NOT NULL,
    stage                text NOT NULL,
    started_at           timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    finished_at          timestamptz,
    -- TableFacts as of SETUP: what the copy was made from, and the fingerprint the swap compares (I-10).
    facts                jsonb,
    -- Fingerprint of the new table right after the swap, which the revert compares.
    new_fingerprint      jsonb,
    source_filenode      oid,
    source_blocks        bigint,
    rows_estimated       bigint NOT NULL DEFAULT 0,
    bytes_before         bigint,
    bytes_after          bigint,
    batch_blocks         integer NOT NULL DEFAULT 256,
    swapped_at           timestamptz,
    reverted_at          timestamptz,
    -- Attempts at the lock now wanted: the pauses grow with them.
    lock_attempts        integer NOT NULL DEFAULT 0,
    waiting_for          text,
    last_error           jsonb,
    -- The driver lease: who advances the run, and until when without a heartbeat.
    driver               text,
    driver_expires_at    timestamptz,
    -- Step marks inside a stage, e.g. when VACUUM was sent: {"vacuum_sent_at": "…"}.
    marks                jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT stage_is_known CHECK (stage IN ('SETUP', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE', 'SWAP',
      'CLEAN_UP', 'REVERT', 'DONE', 'REVERTED', 'RESET')),
    CONSTRAINT finished_iff_terminal CHECK ((finished_at IS NOT NULL) = (stage IN ('DONE', 'REVERTED', 'RESET'))),
    CONSTRAINT copied_only_after_setup CHECK (stage IN ('SETUP', 'RESET') OR (facts IS NOT NULL AND copy_oid IS NOT NULL)),
    CONSTRAINT cleaned_up_only_after_swap CHECK (stage NOT IN ('CLEAN_UP', 'REVERT', 'DONE', 'REVERTED') OR swapped_at IS NOT NULL),
    CONSTRAINT lease_has_an_end CHECK ((driver IS NULL) = (driver_expires_at IS NULL))
  );
  CREATE UNIQUE INDEX one_live_run_per_table ON shadowstep.run (source_oid) WHERE finished_at IS NULL;
  CREATE UNIQUE INDEX one_live_run_per_copy ON shadowstep.run (copy_oid) WHERE finished_at IS NULL;

  CREATE TABLE shadowstep.stage (
    run_id      bigint NOT NULL REFERENCES shadowstep.run ON DELETE CASCADE,
    stage_no    bigint GENERATED ALWAYS AS IDENTITY,
    stage       text NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    finished_at timestamptz,
    PRIMARY KEY (run_id, stage_no)
  );
  CREATE UNIQUE INDEX one_open_stage_per_run ON shadowstep.stage (run_id) WHERE finished_at IS NULL;

  -- A batch row is a range of heap blocks. A transaction of the backfill copies [next_block, some later block) of it and
  -- moves next_block in the same transaction (I-5), so the size of a transaction can adapt without new rows.
  CREATE TABLE shadowstep.batch (
    run_id      bigint NOT NULL REFERENCES shadowstep.run ON DELETE CASCADE,
    batch_no    integer NOT NULL,
    first_block bigint NOT NULL,
    end_block   bigint NOT NULL,
    next_block  bigint NOT NULL,
    rows_copied bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, batch_no),
    CONSTRAINT next_block_is_inside CHECK (first_block <= next_block AND next_block <= end_block)
  );
  CREATE INDEX unfinished_batches ON shadowstep.batch (run_id, batch_no) WHERE next_block < end_block;

  -- One row per change log: a drainer locks it first, so that two of them never overlap (I-9).
  CREATE TABLE shadowstep.drain_slot (
    run_id           bigint NOT NULL REFERENCES shadowstep.run ON DELETE CASCADE,
    change_log       text NOT NULL,
    keys_drained     bigint NOT NULL DEFAULT 0,
    keys_put_back    bigint NOT NULL DEFAULT 0,
    drained_since_vacuum bigint NOT NULL DEFAULT 0,
    -- The pass under way: all log rows up to this seq, and what it has done so far.
    pass_until_seq   bigint,
    pass_drained     bigint NOT NULL DEFAULT 0,
    pass_new         bigint NOT NULL DEFAULT 0,
    pass_put_back    bigint NOT NULL DEFAULT 0,
    -- Whole passes in a row that only put back what they took.
    fruitless_passes integer NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, change_log)
  );

  -- Statements that may outlive the invocation that sent them (I-8).
  CREATE TABLE shadowstep.detached_statement (
    run_id       bigint NOT NULL REFERENCES shadowstep.run ON DELETE CASCADE,
    unit_no      integer NOT NULL,
    stage        text NOT NULL,
    kind         text NOT NULL,
    object_name  text NOT NULL,
    statement    text NOT NULL,
    weight       bigint NOT NULL DEFAULT 0,
    sent_at      timestamptz,
    started_at   timestamptz,
    finished_at  timestamptz,
    sqlstate     text,
    failed_constraint text,
    PRIMARY KEY (run_id, unit_no),
    CONSTRAINT failed_only_when_finished CHECK (sqlstate IS NULL OR finished_at IS NOT NULL)
  );

  CREATE TABLE shadowstep.event (
    event_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id       bigint NOT NULL REFERENCES shadowstep.run ON DELETE CASCADE,
    at           timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    stage        text NOT NULL,
    kind         text NOT NULL,
    rows         bigint,
    duration_ms  double precision,
    lock_wait_ms double precision,
    lock_held_ms double precision,
    detail       jsonb NOT NULL DEFAULT '{}'
  );
  CREATE INDEX events_of_a_run ON shadowstep.event (run_id, event_id);

  -- The only place for keys of rows (I-13).
  CREATE TABLE shadowstep.finding (
    finding_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id          bigint NOT NULL REFERENCES shadowstep.run ON DELETE CASCADE,
    at              timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    kind            text NOT NULL,
    constraint_name text,
    row_count       bigint NOT NULL,
    row_keys        jsonb NOT NULL DEFAULT '[]',
    detail          text NOT NULL DEFAULT ''
  );

  -- Ids of events and schedules that have started a run: a delivery repeated late starts nothing.
  CREATE TABLE shadowstep.delivered_request (
    request_id   text PRIMARY KEY,
    run_id       bigint NOT NULL REFERENCES shadowstep.run ON DELETE CASCADE,
    delivered_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
  );
`;

/**
 * A partitioned table as a whole: its partitions, each with a run of its own, one after the other. Which run is whose is
 * said here and not in `run`, so that the migration takes no lock on the live runs' rows that outlasts its foreign key's.
 */
const VERSION_2 = /* sql */ `
  CREATE TABLE shadowstep.whole (
    whole_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    root_oid        oid NOT NULL,
    root_schema     text NOT NULL,
    root_name       text NOT NULL,
    request         jsonb NOT NULL,
    started_at      timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    finished_at     timestamptz,
    -- Null of one that has gone through all its partitions.
    stopped_because text,
    CONSTRAINT reason_is_known CHECK (stopped_because IN ('reset', 'reverted')),
    CONSTRAINT stopped_only_when_finished CHECK (stopped_because IS NULL OR finished_at IS NOT NULL)
  );
  CREATE UNIQUE INDEX one_live_whole_per_root ON shadowstep.whole (root_oid) WHERE finished_at IS NULL;

  CREATE TABLE shadowstep.whole_leaf (
    whole_id    bigint NOT NULL REFERENCES shadowstep.whole ON DELETE CASCADE,
    place       integer NOT NULL,
    -- The table that is the partition: when it is done, the new one.
    leaf_oid    oid NOT NULL,
    leaf_schema text NOT NULL,
    leaf_name   text NOT NULL,
    run_id      bigint REFERENCES shadowstep.run ON DELETE SET NULL,
    state       text NOT NULL DEFAULT 'waiting',
    PRIMARY KEY (whole_id, place),
    CONSTRAINT state_is_known CHECK (state IN ('waiting', 'running', 'done', 'gone')),
    CONSTRAINT running_has_a_run CHECK (state <> 'running' OR run_id IS NOT NULL)
  );
  CREATE UNIQUE INDEX one_leaf_at_a_time ON shadowstep.whole_leaf (whole_id) WHERE state = 'running';
  CREATE UNIQUE INDEX leaf_once_per_whole ON shadowstep.whole_leaf (whole_id, leaf_oid);
  CREATE UNIQUE INDEX one_leaf_per_run ON shadowstep.whole_leaf (run_id);
`;

/** In order; a version once released is never edited. */
const MIGRATIONS: readonly { readonly version: number; readonly statements: string }[] = [
  { version: 1, statements: VERSION_1 },
  { version: 2, statements: VERSION_2 },
];

/** From this version on the registry knows partitioned tables as a whole. */
export const VERSION_WITH_WHOLES = 2;

export const REGISTRY_VERSION = MIGRATIONS.length;

/** Two integers nobody else is likely to use: the advisory lock under which the registry is made or migrated. */
const REGISTRY_LOCK = [0x5ad0, 0x57e9] as const;

/**
 * True where the database has our registry: a schema of its name alone may be somebody else's. An expression of SQL.
 * Not to_regclass: after waiting for another's first run it still answers from this backend's cache.
 */
export const IS_REGISTRY_SQL = /* sql */ `
  EXISTS (
    SELECT FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS version ON version.attrelid = c.oid AND version.attname = 'version'
    JOIN pg_catalog.pg_attribute AS applied ON applied.attrelid = c.oid AND applied.attname = 'applied_at'
    WHERE s.nspname = 'shadowstep' AND c.relname = 'migration' AND c.relkind = 'r'
      AND version.atttypid = 'pg_catalog.int4'::pg_catalog.regtype
      AND applied.atttypid = 'pg_catalog.timestamptz'::pg_catalog.regtype
  )`;

/** The registry's version; 0 when there is none yet. Locks nothing. */
export async function registryVersion(client: Queryable): Promise<number> {
  const [there] = await client.query<{ there: boolean }>(/* sql */ `SELECT ${IS_REGISTRY_SQL} AS there`);
  if (!there?.there) {
    return 0;
  }
  const [row] = await client.query<{ version: number }>(
    /* sql */ `SELECT COALESCE(pg_catalog.max(version), 0)::pg_catalog.int4 AS version FROM shadowstep.migration`,
  );
  return row?.version ?? 0;
}

/** True when there is a registry, brought up to this release's version if an earlier one has made it. Makes none. */
export async function registryIsReady(session: Session): Promise<boolean> {
  const version = await registryVersion(session);
  if (version > 0 && version < REGISTRY_VERSION) {
    await ensureRegistry(session);
  }
  return version > 0;
}

/**
 * Creates or migrates the registry, one transaction under an advisory lock, so that two first runs cannot collide.
 * Throws RegistryVersionError when a newer release has written it.
 */
export async function ensureRegistry(session: Session): Promise<void> {
  const version = await registryVersion(session);
  assertKnownVersion(version);
  if (version === REGISTRY_VERSION) {
    return;
  }
  await session.transaction({ lockTimeoutMs: 10_000 }, async (tx) => {
    await tx.query(/* sql */ `SELECT pg_catalog.pg_advisory_xact_lock($1, $2)`, [...REGISTRY_LOCK]);
    const current = await registryVersion(tx);
    assertKnownVersion(current);
    if (current === 0) {
      await tx.query(/* sql */ `CREATE SCHEMA IF NOT EXISTS ${quoteIdent(REGISTRY_SCHEMA)}`);
      await tx.query(/* sql */ `
        CREATE TABLE IF NOT EXISTS shadowstep.migration (
          version    integer PRIMARY KEY,
          applied_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
        )`);
    }
    for (const migration of MIGRATIONS.filter((one) => one.version > current)) {
      await session.script(migration.statements);
      await tx.query(/* sql */ `INSERT INTO shadowstep.migration (version) VALUES ($1)`, [migration.version]);
    }
  });
}

function assertKnownVersion(version: number): void {
  if (version > REGISTRY_VERSION) {
    throw new RegistryVersionError(version, REGISTRY_VERSION);
  }
}
