import pg from 'pg';
import { catalogDifference, dumpCatalog, dumpCatalogWithin } from '../support/catalog-dump.ts';
import { type Alteration, alterationSql, enterAlteration } from './alterations.ts';
import { checkpoint } from './checkpoint.ts';
import type { StaleSnapshot } from './failures.ts';
import { coldRowsStatement, type Family, familyDdl, familyOf, sentinelStatements } from './family.ts';
import { OldReader } from './old-readers.ts';
import { type Exchange, performRun, WritersFailedError } from './perform-run.ts';
import { Random } from './random.ts';
import { planRun, type RunKind, type RunPlan, staysAltered } from './run-plan.ts';
import type { Shape } from './shapes.ts';
import type { Tally } from './tally.ts';
import { WalOracle } from './wal-oracle.ts';
import { Writers } from './writers.ts';

/** An empty database whose server decodes the write-ahead log. */
export interface EpisodeDatabase {
  readonly superuserUrl: string;
  /** Of the role that owns the tables and runs the tool. */
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly ownerRole: string;
  readonly appRole: string;
}

export interface EpisodeOptions {
  readonly database: EpisodeDatabase;
  readonly shape: Shape;
  /** All that is left to chance follows from it, but for the interleaving. */
  readonly seed: string;
  readonly writers: number;
  /** The command that does it again; a failure says it. */
  readonly replay: string;
  readonly tally: Tally;
  /** False ends the episode after the run that has just been done. */
  goesOn(runsDone: number): boolean;
  onRun?(summary: string): void;
}

export interface EpisodeResult {
  readonly runs: ReadonlyMap<RunKind, number>;
  readonly checkpoints: number;
  readonly rowsCompared: number;
  readonly bookRowsCompared: number;
  /** Null when everything held; else what did not, for a person. */
  readonly failure: string | null;
}

/** Statements before the first run, so that the tables are full. */
const WARM_UP_STATEMENTS = 300;
const COLD_ROWS = 1_400;
const DIFFERENCES_SHOWN = 12;

/**
 * A family of tables in a database of its own; writers that never cease; runs one after the other. After each run, and
 * between a swap and its revert: rows against both accounts, the catalog, left-overs, the tool's own findings. Ends with
 * the first thing that does not hold.
 */
export async function runEpisode(options: EpisodeOptions): Promise<EpisodeResult> {
  try {
    const episode = await Episode.prepare(options);
    try {
      return await episode.run();
    } finally {
      await episode.end();
    }
  } catch (error) {
    // Not what did not hold, but what kept us from finding out: it is to be looked at in the same way.
    throw new Error(`${describe(error)}\n${howToReplay(options)}`, { cause: error });
  }
}

function howToReplay(options: EpisodeOptions): string {
  return `The same statements and the same plan again (not the same interleaving):\n  ${options.replay}`;
}

class Episode {
  readonly #runs = new Map<RunKind, number>();
  readonly #exchanges: Exchange[] = [];
  #checkpoints = 0;
  #rowsCompared = 0;
  #bookRowsCompared = 0;
  #problems: string[] = [];

  private constructor(
    private readonly options: EpisodeOptions,
    private readonly family: Family,
    private readonly admin: pg.Client,
    private readonly decoder: pg.Client,
    private readonly oracle: WalOracle,
    private readonly writers: Writers,
  ) {}

  static async prepare(options: EpisodeOptions): Promise<Episode> {
    const { database, tally, seed } = options;
    const family = familyOf(options.shape);
    const admin = await connect(database.superuserUrl);
    const decoder = await connect(database.superuserUrl);
    // A TRUNCATE waits for one table after the other, each within its own lock_timeout, behind an attempt of the tool: on a
    // busy machine a writer in its way would be taken for the victim of a deadlock that is about to dissolve.
    await admin.query(
      /* sql */ `DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = 3000', current_database()); END$$`,
    );
    await admin.query(familyDdl(family, database.ownerRole, database.appRole));
    const oracle = await WalOracle.start(decoder, family);
    for (const statement of [...sentinelStatements(family), coldRowsStatement(family, COLD_ROWS)]) {
      await admin.query(statement);
    }
    const writers = await Writers.create({
      family,
      tally,
      seed,
      writers: options.writers,
      connect: (role) => connect(role === 'app' ? database.appUrl : database.superuserUrl),
    });
    return new Episode(options, family, admin, decoder, oracle, writers);
  }

  async run(): Promise<EpisodeResult> {
    const random = new Random(`${this.options.seed}:runs`);
    let catalog = await dumpCatalog(this.admin);
    this.writers.start();
    await this.writers.progressed(WARM_UP_STATEMENTS);
    let failure: string | null = null;
    for (let number = 1; failure === null; number += 1) {
      const plan = planRun(random, this.family);
      const startedMs = performance.now();
      const altered = plan.alteration === null ? null : await this.#catalogWith(plan.alteration);
      await this.#perform(plan);
      if (plan.alteration !== null && altered !== null && staysAltered(plan)) {
        enterAlteration(this.family, plan.alteration);
        catalog = altered;
        this.options.tally.alterations += 1;
      }
      await this.#check();
      await this.#checkCatalog(catalog);
      this.#runs.set(plan.kind, (this.#runs.get(plan.kind) ?? 0) + 1);
      if (this.#problems.length > 0) failure = this.#describe(number, plan);
      this.options.onRun?.(
        `run ${number}, ${this.options.shape}, ${plan.table}, ${plan.kind}: ` +
          `${Math.round(performance.now() - startedMs)} ms${failure === null ? '' : ', FAILED'}`,
      );
      if (!this.options.goesOn(number)) break;
    }
    return {
      runs: this.#runs,
      checkpoints: this.#checkpoints,
      rowsCompared: this.#rowsCompared,
      bookRowsCompared: this.#bookRowsCompared,
      failure,
    };
  }

  async end(): Promise<void> {
    await this.writers.stop();
    await Promise.all([this.admin.end(), this.decoder.end()]);
  }

  async #perform(plan: RunPlan): Promise<void> {
    const { database, tally } = this.options;
    try {
      await performRun(
        {
          ownerUrl: database.ownerUrl,
          admin: this.admin,
          writers: this.writers,
          family: this.family,
          exchanges: this.#exchanges,
          openReader: () => OldReader.open(() => connect(database.appUrl), this.family, tally),
          waitedFor: () => {
            tally.oldReadersWaitedFor += 1;
          },
          problem: (text) => this.#problems.push(text),
          betweenSwapAndEnd: () => this.#check(),
        },
        plan,
      );
    } catch (error) {
      if (!(error instanceof WritersFailedError)) this.#problems.push(`the tool threw ${describe(error)}`);
    }
  }

  async #check(): Promise<void> {
    const checked = await checkpoint(this.admin, this.family, this.writers, this.oracle);
    this.#checkpoints += 1;
    this.#rowsCompared += checked.rows;
    this.#bookRowsCompared += checked.bookRows;
    this.#problems.push(...this.writers.faults, ...this.#unexplained());
    this.#problems.push(...checked.differences.slice(0, DIFFERENCES_SHOWN));
    const more = checked.differences.length - DIFFERENCES_SHOWN;
    if (more > 0) this.#problems.push(`and ${more} differences more`);
  }

  /**
   * A transaction in an old snapshot may miss rows where an exchange fell into its life, and its snapshot is from within the
   * exchange's stage: older ones are waited for.
   */
  #unexplained(): string[] {
    return this.writers.all.flatMap((writer) =>
      writer.stale
        .splice(0)
        .filter((one) => !this.#exchanges.some((at) => mayMissRows(one, at)))
        .map((one) => `writer ${one.writer}: an old snapshot missed rows, and no exchange explains it: ${one.what}`),
    );
  }

  /** What a plain ALTER TABLE would make of it, which is taken back. */
  async #catalogWith(alteration: Alteration): Promise<string> {
    await this.writers.hold();
    try {
      await this.admin.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await this.admin.query(`ALTER TABLE public.main ${alterationSql(alteration)}`);
      return await dumpCatalogWithin(this.admin);
    } finally {
      await this.admin.query('ROLLBACK');
      this.writers.release();
    }
  }

  async #checkCatalog(before: string): Promise<void> {
    const after = await dumpCatalog(this.admin);
    if (after !== before) this.#problems.push(`the catalog differs:\n${catalogDifference(before, after)}`);
    const { rows } = await this.admin.query<{ left: string }>(/* sql */ `
      SELECT 'schema ' || nspname AS left FROM pg_namespace WHERE starts_with(nspname, 'shadowstep_')
      UNION ALL
      SELECT 'trigger ' || tgname FROM pg_trigger WHERE starts_with(tgname, 'shadowstep_')
      UNION ALL
      SELECT 'finding: ' || kind FROM shadowstep.finding`);
    if (rows.length > 0) this.#problems.push(`left behind: ${rows.map((row) => row.left).join(', ')}`);
  }

  #describe(number: number, plan: RunPlan): string {
    const tails = this.writers.all.map(
      (writer) =>
        `  writer ${writer.number}${writer.faults.length > 0 ? ' (at fault)' : ''}:\n    ${writer.log.tail().join('\n    ')}`,
    );
    return [
      `Seed ${this.options.seed}, run ${number}: ${plan.kind} of public.${plan.table}, shape ${this.options.shape}`,
      `Plan: ${JSON.stringify(plan)}`,
      ...this.#problems.map((problem) => `- ${problem}`),
      'The last things each writer did (kinds of statements and keys):',
      ...tails,
      howToReplay(this.options),
    ].join('\n');
  }
}

function mayMissRows(one: StaleSnapshot, at: Exchange): boolean {
  return at.fromMs < one.endedAtMs && at.toMs > one.beganAtMs && one.snapshotByMs > at.stageBeganMs;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // The next statement reports a lost session; without a listener it would end the process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.name}: ${error.message}${cause}`;
}
