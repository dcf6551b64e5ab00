import { insertAudit } from '../catalog/events.ts';
import { findUserNamespace } from '../catalog/namespaces.ts';
import { createProject } from '../catalog/project-changes.ts';
import { getSetting, putSettingIfAbsent } from '../catalog/settings.ts';
import type { Database, Transaction } from '../database/database.ts';
import { insertUser } from './accounts.ts';
import { mint } from './create-token.ts';
import { generatePassword, hashPassword } from './passwords.ts';
import { newToken, shortestToken } from './token-format.ts';

export interface BootstrapOptions {
  readonly db: Database;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly rootPassword?: string | undefined;
  /** At least 20 characters. */
  readonly rootToken?: string | undefined;
}

/** Both are shown once and stored as hash and digest only. */
export type Bootstrapped =
  | { readonly created: true; readonly password: string; readonly token: string }
  | { readonly created: false };

const setting = 'bootstrapped_at';

/**
 * On the first start of an instance: the administrator `root` (id 1) with a token of scope `api`, and the private
 * project `root/packages` (id 1). Of several processes that start at once, one does it.
 */
export async function bootstrap({ db, now, rootPassword, rootToken }: BootstrapOptions): Promise<Bootstrapped> {
  if ((await getSetting(db, setting)) !== undefined) return { created: false };
  const password = rootPassword ?? generatePassword();
  const token = rootToken ?? newToken('personal');
  if (token.length < shortestToken) throw new Error(`The token for root needs at least ${shortestToken} characters.`);
  const passwordHash = await hashPassword(password);
  const created = await db.transaction(async (tx) => {
    if (!(await putSettingIfAbsent(tx, setting, String(now())))) return false;
    await createRoot(tx, { passwordHash, token }, now());
    return true;
  });
  return created ? { created, password, token } : { created };
}

async function createRoot(
  tx: Transaction,
  secrets: { passwordHash: string; token: string },
  now: number,
): Promise<void> {
  const { passwordHash, token } = secrets;
  const user = { username: 'root', name: 'Administrator', email: null, isAdmin: true, passwordHash };
  const root = await insertUser(tx, user, { actor: 'system', now });
  const namespace = await findUserNamespace(tx, root.id);
  if (namespace === undefined) throw new Error('root has no namespace');
  await createFirstProject(tx, namespace.id, now);
  const content = {
    kind: 'personal',
    name: 'First start',
    username: null,
    accountId: root.id,
    namespaceId: null,
    projectId: null,
    scopes: ['api'],
    createdBy: root.id,
    expiresAt: null,
  } as const;
  await mint(tx, 'system', content, now, token);
}

async function createFirstProject(tx: Transaction, namespaceId: number, now: number): Promise<void> {
  const visibility = 'private';
  const project = await createProject(tx, { namespaceId, path: 'packages', name: 'packages', visibility }, now);
  const event = { actor: 'system', action: 'project.create', details: { visibility } };
  await insertAudit(tx, { ...event, projectId: project.id, subject: `project:${project.fullPath}` }, now);
}
