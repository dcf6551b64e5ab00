import { insertAudit } from '../catalog/events.ts';
import type { Transaction } from '../database/database.ts';
import { actorOf } from '../access/actor.ts';
import type { ApiContext } from './context.ts';

/** Writes down what the caller did, in the transaction that does it. Never put a secret into `details`. */
export async function record(
  tx: Transaction,
  context: ApiContext,
  entry: {
    readonly action: string;
    readonly projectId?: number;
    readonly subject: string;
    readonly details?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const actor = actorOf(context.caller);
  await insertAudit(tx, { projectId: null, ...entry, actor }, context.now());
}
