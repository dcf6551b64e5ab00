import type { Caller } from './caller.ts';

/** Whom the audit trail holds responsible: a caller, or the command line and the server themselves. */
export type Responsible = Caller | 'system';

/** `user:alice`, `deploy-token:7`, `anonymous`, `system`: how the audit trail names them. */
export function actorOf(caller: Responsible): string {
  if (caller === 'system') return caller;
  if (caller.kind === 'user') return `user:${caller.username}`;
  if (caller.kind === 'deploy-token') return `deploy-token:${caller.tokenId}`;
  return 'anonymous';
}
