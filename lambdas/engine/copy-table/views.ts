import type { ViewFacts } from '../catalog/dependent-facts.ts';
import { columnList, qualified, quoteIdent } from '../postgres/identifier.ts';
import { relationOptions } from './storage-options.ts';

/**
 * Takes ACCESS EXCLUSIVE on the view alone and changes nothing: LOCK TABLE would lock every table that the view reads as
 * well (manual, LOCK), and whoever has them would be waited for. The role owns the view.
 */
export function lockView(view: Pick<ViewFacts, 'schema' | 'name' | 'owner'>): string {
  return /* sql */ `ALTER VIEW ${qualified(view)} OWNER TO ${quoteIdent(view.owner)}`;
}

/**
 * Lets the view read the table that bears the name now: its definition names tables, and CREATE OR REPLACE VIEW finds
 * them anew. It stays the same object, so that owner, grants, comments, defaults, triggers and views over it stay; only
 * options that are not given again would be lost. ACCESS EXCLUSIVE on the view, no scan. 42P16 when a column's type changed.
 */
export function repointView(view: ViewFacts): string {
  const columns = view.columns.length === 0 ? '' : ` (${columnList(view.columns)})`;
  const options = view.options.length === 0 ? '' : ` WITH (${relationOptions(view.options)})`;
  return /* sql */ `CREATE OR REPLACE VIEW ${qualified(view)}${columns}${options} AS ${view.definition}`;
}
