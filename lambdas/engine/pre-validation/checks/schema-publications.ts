import { formatIdentifier } from '../../table-name.ts';
import { dependentCheck } from '../dependents.ts';

export const schemaPublications = dependentCheck({
  code: 'PublishedWithSchema',
  kinds: ['publication of the schema'],
  title: 'the table’s schema is not published as a whole',
  why: 'A publication of the schema takes the new table in by its schema, but subscribers know the old one.',
  message: ({ identity, tableSql }) =>
    `Publication ${identity} publishes the whole schema of ${tableSql}, which is not carried over yet.`,
  remedy: ({ identity, schema }) =>
    `ALTER PUBLICATION ${identity} DROP TABLES IN SCHEMA ${formatIdentifier(schema)}; -- its subscribers stop receiving the schema's tables`,
});
