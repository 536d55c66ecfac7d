import type { StatisticsFacts } from '../catalog/dependent-facts.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import { commentOn } from './comments.ts';
import type { SwapSides } from './swap-sides.ts';

/**
 * The source's extended statistics on the copy, in its schema under their own names; ANALYZE fills them before the swap.
 * Each owner has been granted CREATE on that schema at SETUP. On a single expression there is one kind only, and naming none is asked for.
 */
export function createStatistics(facts: TableFacts, copySchema: string): string[] {
  return facts.statistics.flatMap((one) => {
    const name = qualified({ schema: copySchema, name: one.name });
    const kinds = one.kinds.length === 0 ? '' : ` (${one.kinds.join(', ')})`;
    return [
      /* sql */ `CREATE STATISTICS ${name}${kinds} ON ${one.columns} FROM ${qualified({ schema: copySchema, name: facts.name })}`,
      ...(one.target === null ? [] : [/* sql */ `ALTER STATISTICS ${name} SET STATISTICS ${one.target}`]),
      ...commentOn(`STATISTICS ${name}`, one.comment),
      /* sql */ `ALTER STATISTICS ${name} OWNER TO ${quoteIdent(one.owner)}`,
    ];
  });
}

/**
 * Lets the statistics objects of the two tables change places by their names, each with what ANALYZE has gathered. Those
 * of the live table may be in any schema; PRE_VALIDATION refuses two of one name.
 */
export function moveStatistics({ live, replacement, parkSchema }: SwapSides): string[] {
  const move = (one: StatisticsFacts, schema: string) =>
    /* sql */ `ALTER STATISTICS ${qualified(one)} SET SCHEMA ${quoteIdent(schema)}`;
  return live.statistics.flatMap((one) => {
    const other = replacement.statistics.find((candidate) => candidate.name === one.name);
    return [move(one, parkSchema), ...(other === undefined ? [] : [move(other, one.schema)])];
  });
}
