/** Passwords by argon2id, 19 MiB and 2 passes: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
import { randomBytes } from 'node:crypto';
import { problem } from '../problems/problem.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
export const shortestPassword = 8;
export const longestPassword = 128;

/** Each hash takes 19 MiB and a thread of the pool that file reads need too. */
const limit = new ConcurrencyLimit({ running: 2, waiting: 100 });

interface Argon2 {
  readonly hash: (password: string, options: typeof cost) => Promise<string>;
  readonly verify: (hash: string, password: string) => Promise<boolean>;
  /** The hash of a password that nobody has. */
  readonly nobody: string;
}

let loaded: Promise<Argon2> | undefined;

/** Loaded on first use: most requests bring tokens and never need it. */
function load(): Promise<Argon2> {
  loaded ??= import('@node-rs/argon2').then(async ({ hash, verify }) => {
    const nobody = await hash(randomBytes(16).toString('hex'), cost);
    return { hash, verify: (stored, password) => verify(stored, password), nobody };
  });
  return loaded;
}

/** `invalid-parameter` for a password that is too short or too long. */
export function checkNewPassword(password: string): void {
  if (password.length < shortestPassword) {
    throw problem('invalid-parameter', `password is too short: use at least ${shortestPassword} characters.`);
  }
  if (password.length > longestPassword) {
    throw problem('invalid-parameter', `password is too long: use at most ${longestPassword} characters.`);
  }
}

/** The text to store, a PHC string with its own salt and parameters. */
export async function hashPassword(password: string): Promise<string> {
  checkNewPassword(password);
  const argon2 = await load();
  return limit.run(() => argon2.hash(password, cost));
}

/**
 * Whether the password belongs to the stored hash. `null` (no such account, or one without a password) is always
 * wrong and takes as long. `too-many-requests` when more than a hundred others wait already.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const argon2 = await load();
  const matches = await limit.run(() => argon2.verify(stored ?? argon2.nobody, password).catch(() => false));
  return matches && stored !== null;
}

/** A password for people to copy once: 20 characters, 119 random bits. */
export function generatePassword(): string {
  return randomBytes(15).toString('base64url');
}
