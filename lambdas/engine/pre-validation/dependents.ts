import type { TableFacts } from '../catalog/table-facts.ts';
import { type Check, refuse, type TableContext } from './check.ts';

/** Something that depends on the table; `identity` is quoted and qualified, as pg_identify_object() writes it. */
export interface Dependent {
  readonly kind: string;
  readonly identity: string;
}

export function dependentsOf(facts: TableFacts, kinds: readonly string[]): readonly Dependent[] {
  return facts.others.filter(({ kind }) => kinds.includes(kind));
}

interface DependentWords extends Dependent {
  readonly tableSql: string;
  /** The table's schema, unquoted. */
  readonly schema: string;
}

interface DependentCheckOptions {
  readonly code: string;
  /** Values of `kind` in TableFacts.others. */
  readonly kinds: readonly string[];
  readonly title: string;
  readonly why: string;
  readonly message: (words: DependentWords) => string;
  readonly remedy: (words: DependentWords) => string;
}

/** A check that refuses each dependent of some kinds. */
export function dependentCheck(options: DependentCheckOptions): Check<TableContext> {
  const { code, kinds, title, why, message, remedy } = options;
  return {
    code,
    title,
    why,
    run({ facts, tableSql }) {
      return dependentsOf(facts, kinds).map((dependent) => {
        const words = { ...dependent, tableSql, schema: facts.schema };
        return refuse(message(words), remedy(words));
      });
    },
  };
}
