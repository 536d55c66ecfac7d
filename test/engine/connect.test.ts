import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import { sessionsOn } from '../../lambdas/local/database.ts';
import { describeError } from '../../lambdas/local/describe-error.ts';
import { selfSigned } from '../support/self-signed.ts';
import { errorOf } from './item-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'shadowstep-connect-'));
const identity = selfSigned('localhost');
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, identity.certificate);
writeFileSync(join(folder, 'other.pem'), selfSigned('localhost').certificate);
afterAll(() => rmSync(folder, { recursive: true }));

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

/** Something that listens where the database is thought to be; the URL of it. */
async function listening(answer: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    answer(socket);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `postgresql://shop:planted-password@localhost:${(server.address() as AddressInfo).port}/shop`;
}

/** 'S' to the SSLRequest, then TLS with our certificate; what comes then is the start-up packet. */
function speaksTls(socket: Socket): void {
  socket.once('data', () => {
    socket.write('S');
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext: createSecureContext({ cert: identity.certificate, key: identity.key }),
    });
    secure.on('error', () => {});
    secure.once('data', () =>
      secure.end(errorResponse({ S: 'FATAL', C: '28P01', M: 'password authentication failed' })),
    );
  });
}

/** An ErrorResponse of the protocol. */
function errorResponse(fields: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.from(
    `${Object.entries(fields)
      .map(([field, value]) => `${field}${value}\0`)
      .join('')}\0`,
  );
  const head = Buffer.alloc(5, 'E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

describe('a connection that never becomes a session', () => {
  it('to a host that accepts and stays silent is DatabaseUnreachableError', async () => {
    const connectionString = await listening(() => {});
    const opening = openPostgresSession({ connectionString, connectionTimeoutMillis: 100 }, { purpose: 'test' });
    const error = await errorOf(opening);
    expect([error.name, error.message]).toEqual([
      'DatabaseUnreachableError',
      expect.stringMatching(/could not be reached/),
    ]);
  });

  it.each([
    ['hangs up at once', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ])('to a host that %s is DatabaseUnreachableError', async (_how, answer) => {
    const connectionString = await listening((socket) => void socket.once('data', () => answer(socket)));
    expect((await errorOf(sessionsOn(connectionString)('test'))).name).toBe('DatabaseUnreachableError');
  });

  it('that the server refuses says so, and speaks of no unit that was rolled back', async () => {
    const fields = {
      S: 'FATAL',
      C: '28000',
      M: 'no pg_hba.conf entry for host "10.0.0.7", user "shop", no encryption',
    };
    const url = await listening((socket) => void socket.once('data', () => socket.end(errorResponse(fields))));
    const error = await errorOf(sessionsOn(url)('test'));
    expect(error.name).toBe('AuthenticationFailedError');
    expect(error.message).toContain('no encryption');
    expect(error.message).not.toContain('rolled back');
  });
});

describe('TLS', () => {
  it('with a certificate that nobody vouches for is ConnectionConfigError, which tells of sslrootcert', async () => {
    const error = await errorOf(sessionsOn(`${await listening(speaksTls)}?sslmode=verify-full`)('test'));
    expect(error.name).toBe('ConnectionConfigError');
    expect(error.message).toMatch(/\((DEPTH_ZERO_)?SELF_SIGNED.*sslrootcert=FILE.*database\.caFile/);
    const { message } = describeError(error);
    expect(message).toContain('postgresql://USER:PASSWORD@HOST:PORT/DATABASE');
    expect(message).not.toContain('planted');
  });

  it('trusts the authority of sslrootcert, and then asks for the password', async () => {
    const url = `${await listening(speaksTls)}?sslmode=verify-full&sslrootcert=${caFile}`;
    expect((await errorOf(sessionsOn(url)('test'))).name).toBe('AuthenticationFailedError');
  });

  it('trusts no other one then', async () => {
    const url = `${await listening(speaksTls)}?sslmode=verify-full&sslrootcert=${join(folder, 'other.pem')}`;
    expect((await errorOf(sessionsOn(url)('test'))).name).toBe('ConnectionConfigError');
  });

  it('with a certificate for another name says that the name is the matter', async () => {
    const url = (await listening(speaksTls)).replace('localhost', '127.0.0.1');
    const error = await errorOf(sessionsOn(`${url}?sslmode=verify-full&sslrootcert=${caFile}`)('test'));
    expect([error.name, error.message]).toEqual(['ConnectionConfigError', expect.stringContaining('another name')]);
  });

  it.each([
    ['without TLS', 'N', /does not speak TLS/],
    ['that is something else', 'HTTP/1.1 400', /is it PostgreSQL/],
  ])('with a server %s is ConnectionConfigError', async (_what, answer, says) => {
    const url = await listening((socket) => void socket.once('data', () => socket.write(answer)));
    const error = await errorOf(sessionsOn(`${url}?sslmode=verify-full`)('test'));
    expect([error.name, error.message]).toEqual(['ConnectionConfigError', expect.stringMatching(says)]);
  });
});
