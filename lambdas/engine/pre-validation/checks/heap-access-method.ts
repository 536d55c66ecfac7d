import { type Check, refuse, type TableContext } from '../check.ts';

export const heapAccessMethod: Check<TableContext> = {
  code: 'NotAHeap',
  title: 'the table is kept by the heap access method',
  why: 'Batches are ranges of heap blocks; another access method may not have blocks.',
  run({ facts, tableSql, session }) {
    if (facts.accessMethod === 'heap') {
      return [];
    }
    return [
      refuse(
        `${tableSql} is kept by access method ${facts.accessMethod}.`,
        session.serverVersionNum >= 150_000
          ? `ALTER TABLE ${tableSql} SET ACCESS METHOD heap; -- rewrites the table under ACCESS EXCLUSIVE`
          : '-- Only heap tables are carried over; PostgreSQL 15 and later have ALTER TABLE … SET ACCESS METHOD.',
      ),
    ];
  },
};
