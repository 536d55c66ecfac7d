import { hindrancesOf } from '../../copy-table/materialized-views.ts';
import { quoteLiteral } from '../../postgres/identifier.ts';
import { formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const materializedViews: Check<TableContext> = {
  code: 'MaterializedView',
  title:
    'no materialized view reads the table, unless recreateMaterializedViews says that it may be made anew; then nothing but views reads that one',
  why: 'It holds the table by its OID, and PostgreSQL cannot replace its query: it is made and filled anew, at the cost of a REFRESH.',
  run({ facts, viewFacts, request, tableSql }) {
    if (!request.recreateMaterializedViews) {
      return facts.materializedViews.map((view) =>
        refuse(
          `Materialized view ${formatTableName(view)} reads ${tableSql}; it can only follow by being made anew and filled, which costs as much as a REFRESH.`,
          `-- Ask for "recreateMaterializedViews": true; or DROP MATERIALIZED VIEW ${formatTableName(view)}; -- and create it again after the run; keep SELECT pg_get_viewdef(${quoteLiteral(formatTableName(view))}::regclass)`,
        ),
      );
    }
    return viewFacts.flatMap((view) =>
      hindrancesOf(view).map((hindrance) =>
        refuse(
          `Materialized view ${formatTableName(view)} reads ${tableSql} and cannot be made anew without losing something: ${hindrance}.`,
          `-- Take off what is named (${hindrance}), and put it back after the run; or DROP MATERIALIZED VIEW ${formatTableName(view)};`,
        ),
      ),
    );
  },
};
