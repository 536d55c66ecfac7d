import type { Operation } from '../hands.ts';
import {
  copyRows,
  deleteAndReinsert,
  deleteOne,
  deleteSeveral,
  insert,
  insertSeveral,
  insertWithDefaultKey,
  merge,
  moveKey,
  moveKeyOntoDeleted,
  update,
  updateAllOwn,
  updateSeveral,
  updateToTheSame,
  upsertByCode,
  upsertByKey,
  upsertDoingNothing,
} from './plain.ts';
import { REFERENCE_OPERATIONS } from './references.ts';
import { UNIQUE_OPERATIONS } from './unique-values.ts';

/** What an ordinary transaction is made of, by weight. */
export const MIX: readonly (readonly [weight: number, operation: Operation])[] = [
  [4, insert],
  [3, insertSeveral],
  [3, insertWithDefaultKey],
  [2, copyRows],
  [6, update],
  [1, updateToTheSame],
  [3, updateSeveral],
  [1, updateAllOwn],
  [4, deleteOne],
  [3, deleteSeveral],
  [4, moveKey],
  [3, moveKeyOntoDeleted],
  [6, deleteAndReinsert],
  [3, upsertByKey],
  [3, upsertByCode],
  [3, upsertDoingNothing],
  [4, merge],
  ...UNIQUE_OPERATIONS.map((operation) => [4, operation] as const),
  ...REFERENCE_OPERATIONS.map((operation) => [2, operation] as const),
];
