import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

export const publishedForAllTables: Check<TableContext> = {
  code: 'PublishedForAllTables',
  title: 'no publication is FOR ALL TABLES, unless allowPublishedForAllTables says that it may be',
  why: 'It publishes our tables to subscribers that lack them, and so stops those subscriptions.',
  run({ facts, request }) {
    if (request.allowPublishedForAllTables) {
      return [];
    }
    return dependentsOf(facts, ['publication for all tables']).map((publication) =>
      refuse(
        `Publication ${publication.identity} is FOR ALL TABLES: its subscribers would be sent the copy, and stop.`,
        '-- If there is no subscriber, or each has been readied, in the request: "allowPublishedForAllTables": true',
      ),
    );
  },
};
