/** Turns the text of a setting into a value, or throws an `Error` that completes the sentence `PACKYARD_X …`. */
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { Secret } from './secret.ts';
import type { ParseContext } from './setting.ts';

export function text(value: string): string {
  return value;
}

export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) throw new Error(`must be a whole number from ${min} to ${max}`);
    return number;
  };
}

const yes = new Set(['true', 'yes', 'on', '1']);
const no = new Set(['false', 'no', 'off', '0']);

export function trueOrFalse(value: string): boolean {
  const word = value.toLowerCase();
  if (yes.has(word)) return true;
  if (no.has(word)) return false;
  throw new Error('must be true or false');
}

export function oneOf<const Word extends string>(...words: readonly Word[]): (value: string) => Word {
  return (value) => {
    const found = words.find((word) => word === value.toLowerCase());
    if (found === undefined) throw new Error(`must be one of ${words.join(', ')}`);
    return found;
  };
}

export function path(value: string, { folder }: ParseContext): string {
  return resolve(folder, value);
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Bytes: `500MiB`, `5 GiB`, `1048576`. */
export function size(value: string): number {
  const match = /^(\d{1,15}(?:\.\d{1,3})?) ?([a-z]{0,3})$/i.exec(value);
  const unit = units[(match?.[2] ?? '').toLowerCase()];
  const bytes = Math.floor(Number(match?.[1]) * (unit ?? Number.NaN));
  if (!Number.isSafeInteger(bytes)) throw new Error('must be a size such as 500MiB, 5GiB or a number of bytes');
  return bytes;
}

/** `http` or `https`, with an optional path prefix; returned without a trailing slash. */
export function webUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null;
  const plain =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!plain) {
    throw new Error('must be a URL such as https://packages.example.com, without user name, query or fragment');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Addresses and networks, separated by commas or spaces; returned in CIDR form. */
export function networks(value: string): readonly string[] {
  return value
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(network);
}

function network(part: string): string {
  try {
    if (part.includes('/')) {
      const [address, bits] = ipaddr.parseCIDR(part);
      return `${address.toString()}/${bits}`;
    }
    const address = ipaddr.parse(part);
    // 010.0.0.1 would be octal: two readings of one text are no address.
    if (address.kind() === 'ipv4' && !ipaddr.IPv4.isValidFourPartDecimal(part)) throw new Error('ambiguous');
    return `${address.toString()}/${address.kind() === 'ipv4' ? 32 : 128}`;
  } catch {
    throw new Error(`must list IP addresses or networks such as 10.0.0.0/8; "${part}" is neither`);
  }
}

/** Between `min` and `max` characters, none of them a control character. */
export function secret(min: number, max: number): (value: string) => Secret {
  return (value) => {
    if (value.length < min || value.length > max || /\p{Cc}/u.test(value)) {
      throw new Error(`must have ${min} to ${max} characters and no control characters`);
    }
    return new Secret(value);
  };
}
