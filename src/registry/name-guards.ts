import { protectionLevel } from '../access/permit.ts';
import { rootIdOf } from '../catalog/name-claims.ts';
import type { Project } from '../catalog/projects.ts';
import { rulesOf } from '../catalog/protection-rules.ts';
import { type Reservation, reservationsOf } from '../catalog/reserved-names.ts';
import type { Session } from '../database/database.ts';
import { mostExact, protects } from '../policy/name-pattern.ts';
import { problem } from '../problems/problem.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';

/** What a group and a project say of names, asked before anything of one is published or removed. */

/** `name-reserved` when the name is kept for another project; the most exact reservation counts. */
export async function refuseReserved(
  session: Session,
  { format }: Pick<Binding, 'format'>,
  project: Project,
  name: Name,
): Promise<void> {
  const reservation = await reservationOf(session, { format }, project, name);
  if (reservation === null || !reservation.exclusive || isOwner(reservation, project)) return;
  throw problem(
    'name-reserved',
    `${name.display} is reserved by ${reservation.pattern} for another project of the group. A maintainer of the group can change that.`,
  );
}

/** The reservation of the project's group at the top that decides about a name, or `null`. */
export async function reservationOf(
  session: Session,
  { format }: Pick<Binding, 'format'>,
  { lineage }: Pick<Project, 'lineage'>,
  name: Pick<Name, 'key'>,
): Promise<Reservation | null> {
  const reservations = await reservationsOf(session, { rootIds: [rootIdOf(lineage)], format: format.id });
  return reservations.length === 0 ? null : mostExact(reservations, name, format.upstream ?? {});
}

/** Whether it keeps the name for this project: for it, for a group that it lies in, or for whoever is in the group. */
export function isOwner(
  { exclusive, ownerProjectId, ownerNamespaceId }: Reservation,
  { id, lineage }: Pick<Project, 'id' | 'lineage'>,
): boolean {
  if (!exclusive) return true;
  return ownerProjectId === id || (ownerNamespaceId !== null && lineage.includes(`/${ownerNamespaceId}/`));
}

/** `package-protected` when a rule of the project asks for a higher role. All rules that mean the name count. */
export async function refuseProtected(
  session: Session,
  { format, caller, services }: Pick<Binding, 'format' | 'caller' | 'services'>,
  project: Project,
  name: Pick<Name, 'key' | 'display'>,
  doing: 'push' | 'delete',
): Promise<void> {
  const levels = (await rulesOf(session, project.id, format.id))
    .filter(({ pattern }) => protects(pattern, name, format.upstream ?? {}))
    .map(({ pushLevel, deleteLevel }) => (doing === 'push' ? pushLevel : deleteLevel))
    .filter((level) => level !== null);
  if (levels.length === 0) return;
  if ((await protectionLevel(session, caller, project, services.now())) >= Math.max(...levels)) return;
  throw problem('package-protected', doing === 'push' ? 'Package protected.' : 'Package is deletion protected.');
}
