import type { GrantFacts } from './grant-facts.ts';

interface Named {
  readonly schema: string;
  readonly name: string;
}

/**
 * A view that reads the table itself; views over views follow with theirs. Temporary ones are other sessions' and are
 * not among them.
 */
export interface ViewFacts extends Named {
  readonly oid: number;
  readonly owner: string;
  /** Names of its columns in their order. */
  readonly columns: readonly string[];
  /** pg_get_viewdef(): a query that ends with a semicolon. */
  readonly definition: string;
  /** pg_class.reloptions, e.g. ["security_barrier=true"]. */
  readonly options: readonly string[];
}

/**
 * A materialized view that reads the table itself; one that reads it through a view follows with the view. It keeps the
 * table by its OID and nothing lets it know another, so that it is made anew.
 */
export interface MaterializedViewFacts extends Named {
  readonly oid: number;
  readonly owner: string;
  /** pg_get_viewdef(): a query that ends with a semicolon. */
  readonly definition: string;
}

/** A rule on the table, or one elsewhere (on another table, on a view) that reads or writes it. */
export interface RuleFacts {
  readonly name: string;
  readonly bearer: Named;
  readonly bearerOid: number;
  /** pg_class.relkind: r, p or v. */
  readonly bearerKind: string;
  readonly bearerOwner: string;
  /** True when it stands on the table itself. */
  readonly own: boolean;
  /** pg_get_ruledef(): `CREATE RULE name AS …`. */
  readonly definition: string;
  /** pg_rewrite.ev_enabled. */
  readonly enabled: 'O' | 'D' | 'R' | 'A';
  readonly comment: string | null;
}

/** A policy of the table, or one of another table that reads it. */
export interface PolicyFacts {
  readonly name: string;
  readonly bearer: Named;
  readonly bearerOid: number;
  readonly bearerOwner: string;
  /** True when it stands on the table itself. */
  readonly own: boolean;
  /** pg_policy.polcmd; * is ALL. */
  readonly command: 'r' | 'a' | 'w' | 'd' | '*';
  readonly permissive: boolean;
  /** Role names; null is PUBLIC. */
  readonly roles: readonly (string | null)[];
  readonly using: string | null;
  readonly check: string | null;
  readonly comment: string | null;
}

/** A function or procedure that holds the table or its row type: in an SQL-standard body, a default, its signature. */
export interface FunctionFacts extends Named {
  readonly oid: number;
  /** regprocedure's: `public.f(public.item,integer)`, quoted and qualified. */
  readonly signature: string;
  readonly owner: string;
  /** pg_get_functiondef(): `CREATE OR REPLACE FUNCTION …`. */
  readonly definition: string;
  /** True when its signature has the row type: it cannot be replaced, and is made anew. */
  readonly ofRowType: boolean;
  readonly grants: readonly GrantFacts[];
  readonly comment: string | null;
}

/** An extended statistics object of the table; it may live in another schema than the table. */
export interface StatisticsFacts extends Named {
  readonly owner: string;
  /** What CREATE STATISTICS calls them; expressions have none of their own. */
  readonly kinds: readonly string[];
  /** pg_get_statisticsobjdef_columns(): columns and expressions. */
  readonly columns: string;
  /** stxstattarget when set, else null. */
  readonly target: number | null;
  readonly comment: string | null;
}

/** The table's own membership of a publication. */
export interface PublicationFacts {
  readonly name: string;
  readonly owner: string;
  /** PG 15+; null publishes all columns. */
  readonly columns: readonly string[] | null;
  /** PG 15+: pg_get_expr() of the row filter. */
  readonly filter: string | null;
}

/** What reads the table or publishes it, and follows to the new one in the swap. */
export interface DependentFacts {
  readonly views: readonly ViewFacts[];
  readonly materializedViews: readonly MaterializedViewFacts[];
  readonly rules: readonly RuleFacts[];
  readonly policies: readonly PolicyFacts[];
  readonly functions: readonly FunctionFacts[];
  readonly statistics: readonly StatisticsFacts[];
  readonly publications: readonly PublicationFacts[];
}
