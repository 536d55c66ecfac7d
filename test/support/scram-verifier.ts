import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/**
 * What pg_authid keeps of a password, for CREATE ROLE … PASSWORD, which takes it as it is (manual, "Password
 * Authentication"), with one iteration in place of the 4096 of password_encryption: an attacker's work is not wanted here,
 * and each connection has to do it. A login through it is SCRAM as ever, and a wrong password is refused. (scram_iterations
 * is there since PostgreSQL 16 only.)
 */
export function scramVerifier(password: string): string {
  const iterations = 1;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyed = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${keyed('Server Key').toString('base64')}`;
}
