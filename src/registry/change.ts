import { actorOf } from '../access/actor.ts';
import type { PackageAction } from '../access/permit.ts';
import { type AuditEntry, insertAudit } from '../catalog/events.ts';
import { bumpRevision, type PackageRow } from '../catalog/packages.ts';
import { renewPrimary } from '../catalog/primary.ts';
import type { Project } from '../catalog/projects.ts';
import type { Transaction } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import { refuseProtected } from './name-guards.ts';
import { packageToChange } from './resolve.ts';

export interface ChangeContext {
  readonly tx: Transaction;
  readonly row: PackageRow;
  /** The revision that this change makes. */
  readonly revision: number;
  readonly now: number;
}

export interface Change {
  readonly action: PackageAction;
  /** A removal makes what was read before it unfit to be amended. */
  readonly kind: 'change' | 'removal';
  /** Refused with `revision-conflict` unless the package still has this revision. */
  readonly ifRevision?: number | undefined;
  readonly audit: Pick<AuditEntry, 'action' | 'details'>;
  /** Rows changed; 0 undoes everything, the revision included. */
  readonly work: (context: ChangeContext) => Promise<number>;
}

class NothingChanged extends Error {}

/** Changes one existing package: permission, lock, optimistic check, work, primary version and audit, all or nothing. */
export async function changePackage(binding: Binding, name: Name, change: Change): Promise<void> {
  const { row, project } = await packageToChange(binding, name, change.action);
  const now = binding.services.now();
  try {
    await binding.services.database.transaction(async (tx) => {
      const revision = await bumpRevision(tx, row.id, now, change.kind);
      if (revision === undefined) throw problem('package-not-found', `The package ${name.display} is gone.`);
      await refuseGuarded(tx, binding, project, row, change);
      if (change.ifRevision !== undefined && revision !== change.ifRevision + 1) throw revisionConflict(name);
      const changed = await change.work({ tx, row, revision, now });
      if (changed === 0) throw new NothingChanged();
      await renewPrimary(tx, row.id, binding.format.primaryTag);
      await insertAudit(tx, auditOf(binding, row, name, change), now);
    });
  } catch (error) {
    if (!(error instanceof NothingChanged)) throw error;
  }
}

/** Rules for publishing are about tags too, which say what people get; rules for removing about what goes for good. */
async function refuseGuarded(
  tx: Transaction,
  binding: Binding,
  project: Project,
  { nameKey: key, name: display }: PackageRow,
  { action, kind }: Change,
): Promise<void> {
  const named = { key, display };
  if (action === 'publish-package' || action === 'tag-package') {
    await refuseProtected(tx, binding, project, named, 'push');
  }
  if (kind === 'removal') await refuseProtected(tx, binding, project, named, 'delete');
}

function revisionConflict(name: Name): Error {
  return problem('revision-conflict', `The package ${name.display} changed meanwhile. Read it again and repeat.`);
}

function auditOf(binding: Binding, row: PackageRow, name: Name, change: Change): AuditEntry {
  return {
    actor: actorOf(binding.caller),
    action: change.audit.action,
    projectId: row.projectId,
    subject: `${binding.format.id}:${name.display}`,
    details: change.audit.details ?? {},
  };
}
