import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';

const noStore = { 'cache-control': 'no-store' };
/** Without `Retry-After` npm asks in a tight loop. */
const waitSeconds = 2;

/**
 * `POST /-/v1/login`, npm's and pnpm's login in a browser: the person opens `loginUrl` while the client polls `doneUrl`.
 * The ids differ, so that seeing one URL doesn't give the other. The body says nothing that matters here.
 * https://github.com/npm/cli/blob/latest/node_modules/npm-profile/lib/index.js
 */
export async function startWebLogin(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { loginId, pollId } = await registry.accounts.startWebLogin();
  const loginUrl = `${request.origin}/-/login/${encodeURIComponent(loginId)}`;
  const doneUrl = `${request.base}/-/v1/done/${encodeURIComponent(pollId)}`;
  return { status: 200, headers: noStore, body: { loginUrl, doneUrl } };
}

/** `GET /-/v1/done/ID` → 202 while the person is at it, then once 200 `{"token":"…"}`. */
export async function pollWebLogin(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const outcome = await registry.accounts.pollWebLogin(request.params.id ?? '');
  if (outcome.state === 'gone') throw problem('not-found', 'This login has ended. Run the login command again.');
  if (outcome.state === 'done') return { status: 200, headers: noStore, body: { token: outcome.token } };
  return { status: 202, headers: { ...noStore, 'retry-after': String(waitSeconds) }, body: {} };
}
