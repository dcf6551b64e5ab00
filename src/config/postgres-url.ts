import { Secret } from './secret.ts';
import type { PostgresLocation } from './storage.ts';

/** `postgres://user:password@host:5432/name`, or `postgres:///name?host=/run/postgresql&user=me` for a socket. */
export function postgresAt(value: string): PostgresLocation {
  const url = URL.canParse(value) ? new URL(value) : null;
  const host = url === null ? '' : url.hostname || (url.searchParams.get('host') ?? '');
  if (url === null || host === '' || !/^\/[^/]+$/.test(url.pathname)) {
    throw new Error('must be a URL such as postgres://packyard:password@db.example.com:5432/packyard');
  }
  if (host.includes(',')) throw new Error('names several hosts; use one name that leads to the server in charge');
  return { kind: 'postgres', url: new Secret(value), shown: shownOf(url) };
}

function shownOf(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = 'redacted';
  if (shown.searchParams.has('password')) shown.searchParams.set('password', 'redacted');
  return shown.href;
}
