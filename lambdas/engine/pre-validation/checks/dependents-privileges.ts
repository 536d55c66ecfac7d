import type { TableFacts } from '../../catalog/table-facts.ts';
import type { Queryable } from '../../postgres/session.ts';
import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

/** From 16 on ALTER … OWNER TO asks for the option SET of a membership; before, for the membership. */
const MAJOR_WITH_SET_OPTION = 160_000;

/** Something that follows to the new table, and what the role must have for that. */
interface Follower {
  readonly what: string;
  readonly owner: string;
  /** Schema in which CREATE is asked for; null where USAGE is enough. */
  readonly createsIn: string | null;
  readonly schema: string | null;
  /** True when it is made anew and given to its owner. */
  readonly changesOwner: boolean;
}

export const dependentsPrivileges: Check<TableContext> = {
  code: 'MayNotMoveDependents',
  title:
    'the role owns the views, materialized views, rules, policies, functions, statistics objects and publications that follow the table, and may create in their schemas',
  why: 'The swap lets them know the new table: CREATE OR REPLACE, ALTER POLICY, ALTER STATISTICS, ALTER PUBLICATION.',
  async run({ session, facts, viewFacts, server, tableSql }) {
    const role = formatIdentifier(server.role);
    const mode = session.serverVersionNum >= MAJOR_WITH_SET_OPTION ? 'SET' : 'MEMBER';
    const followers = followersOf(facts, viewFacts);
    const rights = followers.length === 0 ? [] : await readRights(session, followers, mode);
    return followers.flatMap((follower, index) => {
      const grants = missingGrants(follower, rights[index], role, mode);
      return grants.length === 0
        ? []
        : [
            refuse(
              `${follower.what} follows ${tableSql}, and role ${server.role} may not change it.`,
              grants.join(' '),
            ),
          ];
    });
  },
};

function followersOf(facts: TableFacts, materializedViews: readonly TableFacts[]): Follower[] {
  const inSchema = (what: string, one: { schema: string; owner: string }, changesOwner = false): Follower => ({
    what,
    owner: one.owner,
    createsIn: one.schema,
    schema: one.schema,
    changesOwner,
  });
  return [
    ...[...facts.views, ...materializedViews.flatMap((view) => view.views)].map((view) =>
      inSchema(`View ${formatTableName(view)}`, view),
    ),
    ...materializedViews.flatMap((view) => [
      inSchema(`Materialized view ${formatTableName(view)}`, view, true),
      ...view.statistics.map((one) => inSchema(`Statistics object ${formatTableName(one)}`, one, true)),
    ]),
    ...facts.rules
      .filter((rule) => !rule.own)
      .map((rule) => onBearer(`Rule ${formatIdentifier(rule.name)} on ${formatTableName(rule.bearer)}`, rule)),
    ...facts.policies
      .filter((policy) => !policy.own)
      .map((policy) =>
        onBearer(`Policy ${formatIdentifier(policy.name)} on ${formatTableName(policy.bearer)}`, policy),
      ),
    ...facts.functions.map((one) => inSchema(`Function ${one.signature}`, one, one.ofRowType)),
    ...facts.statistics.map((one) => inSchema(`Statistics object ${formatTableName(one)}`, one, true)),
    ...facts.publications.map((one) => ({
      what: `Publication ${formatIdentifier(one.name)}`,
      owner: one.owner,
      createsIn: null,
      schema: null,
      changesOwner: false,
    })),
  ];
}

function onBearer(what: string, one: { bearer: { schema: string }; bearerOwner: string }): Follower {
  return { what, owner: one.bearerOwner, createsIn: null, schema: one.bearer.schema, changesOwner: false };
}

interface Rights {
  readonly owns: boolean;
  readonly becomes: boolean;
  readonly create: boolean;
  readonly usage: boolean;
  /** The owner's own CREATE. */
  readonly given: boolean;
}

function readRights(session: Queryable, followers: readonly Follower[], mode: string): Promise<Rights[]> {
  return session.query<Rights>(
    /* sql */ `
    SELECT pg_has_role(f.owner::name, 'USAGE') AS owns,
           pg_has_role(f.owner::name, $2::text) AS becomes,
           COALESCE(has_schema_privilege(f."createsIn", 'CREATE'), true) AS create,
           COALESCE(has_schema_privilege(f.schema, 'USAGE'), true) AS usage,
           COALESCE(has_schema_privilege(f.owner::name, f."createsIn", 'CREATE'), true) AS given
    FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS element(value, place)
    CROSS JOIN LATERAL jsonb_to_record(element.value) AS f(owner text, "createsIn" text, schema text)
    ORDER BY element.place`,
    [JSON.stringify(followers), mode],
  );
}

function missingGrants(follower: Follower, has: Rights | undefined, role: string, mode: string): string[] {
  const owner = formatIdentifier(follower.owner);
  const schema = formatIdentifier(follower.createsIn ?? follower.schema ?? '');
  const becoming = follower.changesOwner && has?.becomes !== true;
  return [
    has?.owns === true && !becoming
      ? null
      : mode === 'SET'
        ? `GRANT ${owner} TO ${role} WITH INHERIT TRUE, SET TRUE;`
        : `GRANT ${owner} TO ${role}; ALTER ROLE ${role} INHERIT;`,
    has?.usage === true ? null : `GRANT USAGE ON SCHEMA ${schema} TO ${role};`,
    has?.create === true ? null : `GRANT CREATE ON SCHEMA ${schema} TO ${role};`,
    follower.changesOwner && has?.given !== true ? `GRANT CREATE ON SCHEMA ${schema} TO ${owner};` : null,
  ].filter((grant) => grant !== null);
}
