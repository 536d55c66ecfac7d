import { quoteIdent, quoteLiteral } from '../postgres/identifier.ts';

/** COMMENT ON … IS, or nothing where there is none. `object` is SQL, e.g. `INDEX "s"."i"`. */
export function commentOn(object: string, comment: string | null): string[] {
  return comment === null ? [] : [/* sql */ `COMMENT ON ${object} IS ${quoteLiteral(comment)}`];
}

export function commentOnConstraint(table: string, name: string, comment: string | null): string[] {
  return commentOn(`CONSTRAINT ${quoteIdent(name)} ON ${table}`, comment);
}
