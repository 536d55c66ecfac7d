import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseWrites, type Write } from './writes.ts';

/** Beside the folders of the shapes; see README.md there. */
const FOLDER = import.meta.dirname;

/** `shape.json`, every field of it optional. */
interface ShapeFile {
  readonly minimumMajor?: number;
  readonly maximumMajor?: number;
  /** The table as SQL writes it. Default: `item` in the shape's schema. */
  readonly table?: string;
  /** Fields of the request besides `table`. */
  readonly request?: Readonly<Record<string, unknown>>;
  /** Codes of the refusals that PRE_VALIDATION answers with, all of them. Without it the shape is carried over. */
  readonly refused?: readonly string[];
  /** It is refused on majors below this one only, and carried over from it on. */
  readonly refusedBelow?: number;
  /** It has objects of the whole database (an event trigger, a publication of all tables). */
  readonly ownDatabase?: boolean;
}

const KNOWN_FIELDS = ['minimumMajor', 'maximumMajor', 'table', 'request', 'refused', 'refusedBelow', 'ownDatabase'];

/** An awkward table: a folder of plain SQL. */
export interface Shape extends ShapeFile {
  /** `<family>-<name>`, the folder. */
  readonly name: string;
  /** The schema that its DDL makes: the folder's name with underscores. Shapes share a database. */
  readonly schema: string;
  readonly table: string;
  readonly superuserSql: string | null;
  /** DDL and rows, sent by the owner. */
  readonly sql: string;
  readonly writes: readonly Write[];
}

/** Every shape that a server of that major can have, in the order of their names. */
export function discoverShapes(major: number): Shape[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readShape(entry.name, major))
    .filter((shape) => (shape.minimumMajor ?? 0) <= major && major <= (shape.maximumMajor ?? major))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function readShape(name: string, major: number): Shape {
  const read = (file: string) => {
    const path = join(FOLDER, name, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  };
  const schema = name.replaceAll('-', '_');
  const settings = JSON.parse(read('shape.json') ?? '{}') as ShapeFile;
  const unknown = Object.keys(settings).filter((field) => !KNOWN_FIELDS.includes(field));
  const ddl = read('ddl.sql');
  const writes = read('writes.sql');
  if (unknown.length > 0) throw new Error(`test/tables/${name}/shape.json has unknown fields: ${unknown.join(', ')}`);
  if (ddl === null || writes === null) throw new Error(`test/tables/${name} lacks ddl.sql or writes.sql`);
  if (!ddl.startsWith('-- ')) throw new Error(`test/tables/${name}/ddl.sql does not begin by saying what it shows`);
  const { refused, ...others } = settings;
  return {
    ...others,
    ...(refused !== undefined && major < (settings.refusedBelow ?? Number.POSITIVE_INFINITY) ? { refused } : {}),
    name,
    schema,
    table: settings.table ?? `${schema}.item`,
    superuserSql: read('superuser.sql'),
    sql: `${ddl}\n${read('rows.sql') ?? ''}`,
    writes: parseWrites(writes, `test/tables/${name}/writes.sql`),
  };
}
