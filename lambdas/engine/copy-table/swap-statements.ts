import type { GrantFacts } from '../catalog/grant-facts.ts';
import type { ConstraintFacts, ForeignKeyFacts, TableFacts, TriggerFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import { commentOn, commentOnConstraint } from './comments.ts';
import { isKey, keyUsingIndex } from './finish-copy.ts';
import { createFunctions, dropFunctionsOfRowType } from './functions.ts';
import { ensureGrants } from './grants.ts';
import { leaveParents, linkKin } from './inheritance-statements.ts';
import { attachStatements, detachStatements } from './partition-statements.ts';
import { createOwnPolicies, dropOwnPolicies, repointPolicies } from './policies.ts';
import { publish, unpublish } from './publications.ts';
import { createOwnRules, dropOwnRules, repointRules } from './rules.ts';
import { identityValues } from './sequences.ts';
import { moveStatistics } from './statistics.ts';
import { ensureOptions } from './storage-options.ts';
import type { SwapSides } from './swap-sides.ts';
import { repointView } from './views.ts';

/**
 * Takes from the live table, still in its place, what would act on a table that nobody looks after: foreign keys in both
 * directions (they would refuse or delete the application's rows), its triggers (kept, but disabled), its policies and
 * rules; and its publications. The functions of its row type go first: a GRANT on one takes no lock that we could hold.
 */
export function undressLive({ live, replacement }: SwapSides): string[] {
  const table = qualified(live);
  return [
    ...dropFunctionsOfRowType(live.functions),
    ...unpublish(live.publications, table),
    ...dropOwnRules(live.rules),
    ...dropOwnPolicies(live.policies),
    ...foreignKeys(live).map(
      (key) => /* sql */ `ALTER TABLE ${qualified(key.table)} DROP CONSTRAINT ${quoteIdent(key.name)}`,
    ),
    ...detachStatements({ live }),
    ...leaveParents({ live, replacement }),
    ...live.triggers
      .filter((trigger) => trigger.enabled !== 'D')
      .map((trigger) => /* sql */ `ALTER TABLE ${table} DISABLE TRIGGER ${quoteIdent(trigger.name)}`),
  ];
}

/**
 * The exchange itself: two SET SCHEMA, which take indexes, constraints, row types and identity sequences along. Serial
 * sequences stay where they are, owned by nobody at this moment (releaseSequence): defaults know them by OID.
 */
export function moveStatements(sides: SwapSides): string[] {
  const { live, replacement, parkSchema } = sides;
  return [
    /* sql */ `ALTER TABLE ${qualified(live)} SET SCHEMA ${quoteIdent(parkSchema)}`,
    /* sql */ `ALTER TABLE ${qualified(replacement)} SET SCHEMA ${quoteIdent(live.schema)}`,
    ...moveStatistics(sides),
  ];
}

/** Gives the table that now bears the name everything that could not be on it before. */
export function dressReplacement(sides: SwapSides): string[] {
  const { live, replacement } = sides;
  const table = qualified(live);
  const lent = rightsToLend(sides);
  const target = { kind: 'TABLE', sql: table, owner: live.owner } as const;
  return [
    ...ensureGrants(target, [...replacement.grants, ...lent], replacement.grants),
    ...missingConstraints(live, replacement).flatMap((constraint) => [
      isKey(constraint)
        ? keyUsingIndex(table, constraint)
        : /* sql */ `ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdent(constraint.name)} ${constraint.definition}`,
      ...commentOnConstraint(table, constraint.name, constraint.comment),
    ]),
    ...attachStatements(sides),
    ...linkKin(sides),
    ...ensureOptions(table, live, replacement),
    ...createOwnPolicies(live.policies),
    ...rowSecurity(live, replacement),
    ...createOwnRules(live.rules),
    // Dropped and made anew rather than enabled: what was done to them on the live table meanwhile holds.
    ...replacement.triggers.map((trigger) => /* sql */ `DROP TRIGGER ${quoteIdent(trigger.name)} ON ${table}`),
    ...live.triggers.flatMap((trigger) => createTrigger(table, trigger)),
    ...foreignKeys(live).flatMap((key) => [
      // NOT VALID: no scan under the lock; those that were valid are validated afterwards, one at a time.
      /* sql */ `ALTER TABLE ${qualified(key.table)} ADD CONSTRAINT ${quoteIdent(key.name)} ${key.definition}${key.enforced ? ' NOT VALID' : ''}`,
      ...commentOnConstraint(qualified(key.table), key.name, key.comment),
    ]),
    ...identityValues(sides),
    // What reads the table by its OID, once the keys stand that GROUP BY and ON CONFLICT may rely on.
    ...createFunctions(live.functions),
    ...live.views.map(repointView),
    ...repointRules(live.rules),
    ...repointPolicies(live.policies),
    ...publish(live.publications, table),
    // Last: an owner that has taken rights from itself has them for what comes before.
    ...ensureGrants(target, live.grants, [...replacement.grants, ...lent]),
    ...live.sequences
      .filter((sequence) => sequence.kind === 'identity')
      .flatMap((sequence) => {
        const present = replacement.sequences.find((own) => own.kind === 'identity' && own.column === sequence.column);
        return ensureGrants(
          { kind: 'SEQUENCE', sql: qualified({ schema: live.schema, name: sequence.name }), owner: live.owner },
          sequence.grants,
          present?.grants ?? [],
        );
      }),
  ];
}

/** What CREATE TRIGGER and ADD FOREIGN KEY ask for, where the owner of an old table (revert) has taken it from itself. */
function rightsToLend({ live, replacement }: SwapSides): GrantFacts[] {
  return ['REFERENCES', 'TRIGGER']
    .filter(
      (privilege) =>
        !replacement.grants.some(
          (grant) => grant.grantee === live.owner && grant.privilege === privilege && grant.column === null,
        ),
    )
    .map((privilege) => ({ grantee: live.owner, grantor: live.owner, privilege, grantable: false, column: null }));
}

/** In the order in which they act: PostgreSQL has those act first that were made first. */
function foreignKeys(facts: TableFacts): readonly ForeignKeyFacts[] {
  return [...facts.foreignKeysIn, ...facts.foreignKeysOut].sort((one, other) => one.place - other.place);
}

/** Deferrable keys, NOT VALID and NOT ENFORCED constraints: what the copy could not have while it was drained into. */
function missingConstraints(live: TableFacts, replacement: TableFacts): ConstraintFacts[] {
  return live.constraints.filter(
    (constraint) =>
      ((isKey(constraint) && constraint.deferrable) || !constraint.validated) &&
      !replacement.constraints.some((own) => own.name === constraint.name),
  );
}

function rowSecurity(live: TableFacts, replacement: TableFacts): string[] {
  const table = qualified(live);
  return [
    ...(live.rowSecurity === replacement.rowSecurity
      ? []
      : [/* sql */ `ALTER TABLE ${table} ${live.rowSecurity ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`]),
    ...(live.forceRowSecurity === replacement.forceRowSecurity
      ? []
      : [/* sql */ `ALTER TABLE ${table} ${live.forceRowSecurity ? 'FORCE' : 'NO FORCE'} ROW LEVEL SECURITY`]),
  ];
}

/** pg_get_triggerdef() names the live table, whose name the new table now bears: it holds to the letter. */
function createTrigger(table: string, trigger: TriggerFacts): string[] {
  const name = quoteIdent(trigger.name);
  const states = { O: null, D: 'DISABLE', R: 'ENABLE REPLICA', A: 'ENABLE ALWAYS' } as const;
  const state = states[trigger.enabled];
  return [
    trigger.definition,
    ...(state === null ? [] : [/* sql */ `ALTER TABLE ${table} ${state} TRIGGER ${name}`]),
    ...commentOn(`TRIGGER ${name} ON ${table}`, trigger.comment),
  ];
}
