import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { quoteIdent, quoteLiteral } from '../../lambdas/engine/postgres/identifier.ts';
import { createOrdersFixture, type OrdersFixture } from '../support/fixtures.ts';

/** Half of the table is dead space, as after a year of deletes. */
const ROWS = 200_000;
const BLOAT = 0.5;

/** None of them a superuser. */
const ROLES = { owner: 'shop_owner', app: 'shop_app', reader: 'shop_reader' } as const;

/** A database that an application could live on. */
export interface Shop {
  readonly fixture: OrdersFixture;
  readonly superuserUrl: string;
  /** Owns the tables, and runs the tool: no superuser, a member of pg_read_all_stats. */
  readonly ownerUrl: string;
  /** The application. */
  readonly appUrl: string;
}

/** Builds the shop on a fresh server. */
export async function buildShop(serverUrl: string): Promise<Shop> {
  const password = randomBytes(9).toString('base64url');
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  for (const role of Object.values(ROLES)) {
    await server.query(`CREATE ROLE ${quoteIdent(role)} LOGIN PASSWORD ${quoteLiteral(password)}`);
  }
  await server.query(`GRANT pg_read_all_stats TO ${quoteIdent(ROLES.owner)}`);
  await server.query(`CREATE DATABASE shop OWNER ${quoteIdent(ROLES.owner)}`);
  await server.end();

  const urlOf = (user: string, secret: string) => {
    const url = new URL(serverUrl);
    Object.assign(url, { pathname: '/shop', username: user, password: secret });
    return url.href;
  };
  const ownerUrl = urlOf(ROLES.owner, password);
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const fixture = await createOrdersFixture(owner, { rows: ROWS, bloat: BLOAT, roles: ROLES });
  await owner.query(mirror());
  await owner.query('ANALYZE demo.orders_mirror');
  await owner.end();
  return {
    fixture,
    superuserUrl: urlOf(new URL(serverUrl).username, new URL(serverUrl).password),
    ownerUrl,
    appUrl: urlOf(ROLES.app, password),
  };
}

/**
 * A second book of every row, kept by a trigger of the application's own: independent of all that the tool does, and the
 * trigger has to come through the swap, else the two tables part.
 */
function mirror(): string {
  return /* sql */ `
    CREATE SCHEMA demo;
    CREATE TABLE demo.orders_mirror AS TABLE public.orders;
    ALTER TABLE demo.orders_mirror ADD PRIMARY KEY (order_id);
    CREATE FUNCTION demo.mirror_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF TG_OP <> 'INSERT' THEN
        DELETE FROM demo.orders_mirror WHERE order_id = OLD.order_id;
      END IF;
      IF TG_OP <> 'DELETE' THEN
        INSERT INTO demo.orders_mirror VALUES (NEW.*);
      END IF;
      RETURN NULL;
    END
    $$;
    CREATE TRIGGER orders_mirror AFTER INSERT OR UPDATE OR DELETE ON public.orders
      FOR EACH ROW EXECUTE FUNCTION demo.mirror_order();`;
}
