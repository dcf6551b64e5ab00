import type { Caller } from './caller.ts';

/** `user:alice`, `deploy-token:7`, `anonymous`: how the audit trail names a caller. */
export function actorOf(caller: Caller): string {
  if (caller.kind === 'user') return `user:${caller.username}`;
  if (caller.kind === 'deploy-token') return `deploy-token:${caller.tokenId}`;
  return 'anonymous';
}
