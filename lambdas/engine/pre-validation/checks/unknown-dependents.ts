import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

/** For everything in `facts.others` that none of the checks of the list answers for, so that nothing is lost unseen. */
export function unknownDependents(knownKinds: ReadonlySet<string>): Check<TableContext> {
  return {
    code: 'UnknownDependent',
    title: 'nothing else depends on the table',
    why: 'What this release does not know it cannot carry over, and nothing is lost in silence.',
    run({ facts, tableSql }) {
      const unknown = [...new Set(facts.others.map(({ kind }) => kind))].filter((kind) => !knownKinds.has(kind));
      return dependentsOf(facts, unknown).map(({ kind, identity }) =>
        refuse(
          `The ${kind} ${identity} depends on ${tableSql}, and is not carried over.`,
          `-- Drop the ${kind} ${identity} before the run and create it again after it.`,
        ),
      );
    },
  };
}
