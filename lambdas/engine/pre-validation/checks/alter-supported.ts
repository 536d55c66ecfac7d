import { type Check, refuse, type TableContext } from '../check.ts';

export const alterSupported: Check<TableContext> = {
  code: 'AlterNotCarriedOver',
  title: 'alter holds nothing but ALTER COLUMN … TYPE, without USING and COLLATE',
  why: 'Other changes need more than another column type on the copy, and come with later releases.',
  run({ alter }) {
    return alter.flatMap((entry) =>
      entry.unsupported.map((words) =>
        refuse(
          `${words} is not carried over yet (alter: ${entry.text}).`,
          '-- Take it out of "alter" in the request, and run it as a statement of its own.',
        ),
      ),
    );
  },
};
