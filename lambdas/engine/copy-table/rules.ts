import type { RuleFacts } from '../catalog/dependent-facts.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import { commentOn } from './comments.ts';

const CREATE_RULE = 'CREATE RULE ';

/** The table's own rules, to be made anew on the other table: on the one that steps aside they would bend our drain. */
export function dropOwnRules(rules: readonly RuleFacts[]): string[] {
  return rules
    .filter((rule) => rule.own)
    .map((rule) => /* sql */ `DROP RULE ${quoteIdent(rule.name)} ON ${qualified(rule.bearer)}`);
}

/** pg_get_ruledef() names the table, whose name the new one bears by now: it holds to the letter. */
export function createOwnRules(rules: readonly RuleFacts[]): string[] {
  const states = { O: null, D: 'DISABLE', R: 'ENABLE REPLICA', A: 'ENABLE ALWAYS' } as const;
  return rules
    .filter((rule) => rule.own)
    .flatMap((rule) => {
      const state = states[rule.enabled];
      const table = qualified(rule.bearer);
      return [
        rule.definition,
        ...(state === null ? [] : [/* sql */ `ALTER TABLE ${table} ${state} RULE ${quoteIdent(rule.name)}`]),
        ...commentOn(`RULE ${quoteIdent(rule.name)} ON ${table}`, rule.comment),
      ];
    });
}

/**
 * Lets rules of other tables and of views use the table that bears the name now. OR REPLACE keeps the rule's state and
 * comment; only the words that PostgreSQL begins with are exchanged (I-7). ACCESS EXCLUSIVE on the relations they stand on.
 */
export function repointRules(rules: readonly RuleFacts[]): string[] {
  return rules
    .filter((rule) => !rule.own)
    .map((rule) => {
      if (!rule.definition.startsWith(CREATE_RULE)) {
        throw new Error(`The definition of rule ${rule.name} does not begin as expected; nothing was changed.`);
      }
      return `CREATE OR REPLACE RULE ${rule.definition.slice(CREATE_RULE.length)}`;
    });
}
