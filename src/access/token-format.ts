/**
 * The form of the secrets we make: prefix, 256 random bits, checksum. Scanners find them by prefix and tell real ones
 * from look-alikes offline: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { TokenKind } from '../catalog/tokens.ts';

const prefixes: Readonly<Record<TokenKind, string>> = {
  personal: 'pkyp_',
  project: 'pkyr_',
  group: 'pkyg_',
  deploy: 'pkyd_',
};
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 > 2^256 */
const bodyLength = 43;
/** 62^6 > 2^32 */
const checksumLength = 6;

/** Shorter strings are never looked up as tokens. */
export const shortestToken = 20;

export function newToken(kind: TokenKind): string {
  const body = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), bodyLength);
  return `${prefixes[kind]}${body}${checksum(prefixes[kind] + body)}`;
}

/** `true` for a string that can only be a token of ours, its checksum included. */
export function looksLikeToken(text: string): boolean {
  if (!/^pky[prgd]_[0-9A-Za-z]{49}$/.test(text)) return false;
  return text.slice(-checksumLength) === checksum(text.slice(0, -checksumLength));
}

/** What is stored of a token and found again: SHA-256, hex. Fast is right here: nobody guesses 256 random bits. */
export function tokenDigest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** First characters of a token, to recognise it by; fewer of one that we did not make, for it may be short. */
export function hint(secret: string): string {
  return secret.slice(0, looksLikeToken(secret) ? 9 : 4);
}

function checksum(text: string): string {
  return base62(BigInt(crc32(text)), checksumLength);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; rest > 0n; rest /= 62n) text = `${alphabet[Number(rest % 62n)]}${text}`;
  return text.padStart(length, '0');
}
