import { type Check, refuse, type ServerContext } from '../check.ts';

export const directConnection: Check<ServerContext> = {
  code: 'PoolerInTheWay',
  title: 'the connection leads to the server itself',
  why: 'Timeouts, search_path and a statement that outlives its client belong to one backend; a pooler hands them to others.',
  async run({ session, server, request }) {
    const [row] = await session.query<{ pid: number }>(/* sql */ `SELECT pg_backend_pid() AS pid`);
    if (session.backendPid === server.backendPid && server.backendPid === row?.pid) {
      return [];
    }
    // A pooler makes up its own BackendKeyData, and may give each transaction another backend.
    return [
      refuse(
        `Something stands between this session and the server (PgBouncer, RDS Proxy …): the protocol named backend ${session.backendPid}, but ${server.backendPid} answered.`,
        `-- Connect to the server's own endpoint (on AWS the instance's or the cluster's writer endpoint) for ${request.table.schema}.${request.table.name}.`,
      ),
    ];
  },
};
