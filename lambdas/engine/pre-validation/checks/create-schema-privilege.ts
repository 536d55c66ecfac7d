import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type ServerContext } from '../check.ts';

export const createSchemaPrivilege: Check<ServerContext> = {
  code: 'MayNotCreateSchemas',
  title: 'the role has CREATE on the database',
  why: 'Each run keeps its copy and its change log in schemas of its own.',
  run({ server }) {
    if (server.mayCreateSchemas) {
      return [];
    }
    return [
      refuse(
        `Role ${server.role} may not create schemas in ${server.database}.`,
        `GRANT CREATE ON DATABASE ${formatIdentifier(server.database)} TO ${formatIdentifier(server.role)};`,
      ),
    ];
  },
};
