import { setTimeout as delay } from 'node:timers/promises';
import { type Connections, UnfitServer } from './postgres-connections.ts';
import { sqlState } from './postgres-errors.ts';

/** Milliseconds to wait for a server that says it is starting. */
const startingLimit = 30_000;
const STARTING = '57P03';

/** Opens the first connection. Rejects with a sentence for the administrator, without the password. */
export async function openFirst(connections: Connections, url: string): Promise<void> {
  const until = performance.now() + startingLimit;
  for (;;) {
    try {
      (await connections.acquire()).release();
      return;
    } catch (error) {
      const cause = error instanceof Error ? error.cause : error;
      if (sqlState(cause) !== STARTING || performance.now() > until) {
        await connections.close();
        throw refusalOf(cause, url);
      }
    }
    await delay(200);
  }
}

function refusalOf(cause: unknown, url: string): Error {
  if (cause instanceof UnfitServer) return cause;
  const reason =
    cause instanceof Error ? cause.message || String('code' in cause ? cause.code : cause.name) : String(cause);
  return new Error(`The database ${nameOf(url)} cannot be opened: ${reason.replace(/\.$/, '')}.`, { cause });
}

/** `packyard on db.example.com:5432`, without user name and password. */
function nameOf(url: string): string {
  if (!URL.canParse(url)) return 'of PACKYARD_DATABASE_URL';
  const { pathname, host, searchParams } = new URL(url);
  return `${decodeURIComponent(pathname.slice(1))} on ${searchParams.get('host') ?? host}`;
}
