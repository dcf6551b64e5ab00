import type { IncomingHttpHeaders } from 'node:http';
import type { Credential } from '../access/caller.ts';
import { problem } from '../problems/problem.ts';

/**
 * The credential a request carries, in any of the contract's forms; `null` when it carries none. Tokens in the query
 * string are not read: they end up in logs. Two carriers that disagree are refused with 401.
 */
export function readCredential(headers: IncomingHttpHeaders): Credential | null {
  const found: Credential[] = [];
  const authorization = fromAuthorization(headers.authorization);
  if (authorization !== null) found.push(authorization);
  // NuGet's clients send whatever key they were given along with a password: the password counts.
  const apiKey = authorization?.carrier === 'basic' ? [] : ['x-nuget-apikey'];
  for (const name of ['private-token', 'job-token', ...apiKey]) {
    const secret = single(headers[name]);
    if (secret !== null) found.push({ carrier: 'token', secret });
  }
  const deploy = single(headers['deploy-token']);
  if (deploy !== null) found.push({ carrier: 'deploy-token', secret: deploy });
  const [first, ...others] = found;
  if (first === undefined) return null;
  if (others.some((other) => other.secret !== first.secret)) {
    throw problem('unauthenticated', 'Two different credentials were sent; send one.');
  }
  return first;
}

function single(value: string | string[] | undefined): string | null {
  if (value === undefined || value === '') return null;
  return Array.isArray(value) ? value.join(',') : value;
}

function fromAuthorization(header: string | undefined): Credential | null {
  if (header === undefined || header === '') return null;
  const space = header.indexOf(' ');
  const scheme = header.slice(0, space).toLowerCase();
  const rest = header.slice(space + 1).trim();
  if (space > 0 && scheme === 'bearer' && rest !== '') return { carrier: 'token', secret: rest };
  if (space > 0 && scheme === 'basic') return fromBasic(rest);
  throw problem('unauthenticated', 'The Authorization header is neither Bearer nor Basic.');
}

function fromBasic(encoded: string): Credential {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw problem('unauthenticated', 'The Basic credential holds no colon.');
  return { carrier: 'basic', username: text.slice(0, colon), secret: text.slice(colon + 1) };
}
