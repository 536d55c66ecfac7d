import { createHash } from 'node:crypto';
import pg from 'pg';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session, StatementObserver } from '../../lambdas/engine/postgres/session.ts';

/**
 * The engine's sessions for hundreds of small runs: the one that each unit begins with is kept for the next unit, and
 * what it asks the catalog is prepared. A fresh connection plans the engine's catalog statements anew, which is most of
 * what a run of a small table costs (1.3 s of CPU time; so 0.6 s). Workers, detached statements, VACUUM: fresh, as always.
 * That a fresh connection per unit works is shown by every other suite.
 */
export class WarmSessions {
  readonly #url: string;
  readonly #opened = new Set<Session>();
  #warm: Session | null = null;
  /** Sees the statements of every session, kept ones too. */
  observer: (StatementObserver & { readonly crashed?: boolean }) | null = null;

  constructor(url: string) {
    this.#url = url;
    prepareCatalogStatements();
  }

  readonly open = async (purpose: string): Promise<Session> => {
    if (this.observer?.crashed === true) throw new Error('a dead process opens no connection');
    if (purpose.includes('/')) return this.#fresh(purpose);
    const kept = this.#warm ?? (await this.#fresh(purpose));
    this.#warm = kept;
    return new Proxy(kept, {
      get(target, property) {
        if (property === 'end') return async () => {};
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };

  /** As when the process dies, or ends. */
  async endAll(): Promise<void> {
    this.#warm = null;
    await Promise.all([...this.#opened].map((session) => session.end()));
    this.#opened.clear();
  }

  async #fresh(purpose: string): Promise<Session> {
    const observer: StatementObserver = {
      before: (text) => this.observer?.before(text),
      after: (text) => this.observer?.after(text),
    };
    const session = await openPostgresSession({ connectionString: this.#url }, { purpose, observer });
    this.#opened.add(session);
    return session;
  }
}

/** Reads of the catalog and of the registry, the same in every run; what names a run's schema is not. */
const PREPARED = /^\s*(SELECT|WITH)\b(?!.*"shadowstep_)/s;

let prepares = false;

/** For the clients of this process: pg prepares a statement that has a name once per connection. */
function prepareCatalogStatements(): void {
  if (prepares) return;
  prepares = true;
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: pg.Client, ...args: unknown[]): unknown {
    const [text, values, ...rest] = args;
    return typeof text === 'string' && Array.isArray(values) && PREPARED.test(text)
      ? query.call(this, { name: createHash('md5').update(text).digest('hex'), text, values }, ...rest)
      : query.apply(this, args);
  };
}
