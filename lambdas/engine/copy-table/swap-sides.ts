import type { TableFacts } from '../catalog/table-facts.ts';

/**
 * The two tables that change places. In the swap `live` is the source and `replacement` the copy; in the revert `live` is
 * the new table and `replacement` the old one, and the very same statements serve: each compares what `live` has with
 * what `replacement` has, and makes what is missing. All run inside one plpgsql block, each by EXECUTE, under ACCESS
 * EXCLUSIVE on both tables and on the foreign keys' partners, in the order undress, move, dress.
 */
export interface SwapSides {
  /** Facts of the table that bears the name now, as they are now (I-10). */
  readonly live: TableFacts;
  /** Facts of the one that takes its place: same name, another schema. Read once it is finished. */
  readonly replacement: TableFacts;
  /** Receives the live table; holds no relation of that name. */
  readonly parkSchema: string;
}
