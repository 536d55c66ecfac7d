import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../lambdas/handlers/environment.ts';
import { tlsOptions } from '../../lambdas/handlers/tls.ts';
import { SECRET_ENVIRONMENT } from './invocation.ts';

const folder = mkdtempSync(join(tmpdir(), 'shadowstep-tls-'));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, 'our own authority');
afterAll(() => rmSync(folder, { recursive: true }));

const optionsWith = (variables: Record<string, string>) =>
  tlsOptions(readEnvironment({ ...SECRET_ENVIRONMENT, ...variables }));

describe('TLS', () => {
  it.each([
    ['by default', {}],
    ['with an authority of one’s own', { DATABASE_CA_FILE: caFile }],
    ['with NODE_EXTRA_CA_CERTS', { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' }],
  ])('verifies the server, %s', (_name, variables: Record<string, string>) => {
    expect(optionsWith(variables).rejectUnauthorized).toBe(true);
    expect(optionsWith(variables)).not.toHaveProperty('checkServerIdentity');
  });

  it('trusts the authorities of RDS by default', () => {
    const authorities = [optionsWith({}).ca].flat();
    expect(authorities.length).toBeGreaterThan(50);
    expect(authorities.every((authority) => String(authority).startsWith('-----BEGIN CERTIFICATE-----'))).toBe(true);
  });

  it('trusts the configured file alone', () => {
    expect(optionsWith({ DATABASE_CA_FILE: caFile, NODE_EXTRA_CA_CERTS: 'x' }).ca).toBe('our own authority');
  });

  it('leaves Node’s authorities in place where NODE_EXTRA_CA_CERTS adds to them', () => {
    expect(optionsWith({ NODE_EXTRA_CA_CERTS: 'x' })).not.toHaveProperty('ca');
  });

  it('says which file cannot be read', () => {
    expect(() => optionsWith({ DATABASE_CA_FILE: '/nowhere/ca.pem' })).toThrow(
      expect.objectContaining({ name: 'ConnectionConfigError', message: expect.stringContaining('/nowhere/ca.pem') }),
    );
  });
});
