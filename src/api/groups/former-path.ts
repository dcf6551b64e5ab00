import type { Namespace } from '../../catalog/namespaces.ts';
import { insertReservation } from '../../catalog/reserved-names.ts';
import type { Session } from '../../database/database.ts';
import type { ApiContext } from '../context.ts';

/**
 * Keeps a group's old path from other registries, for formats whose addresses begin with it: who still writes it must not
 * get what somebody else publishes so. Maintainers can take it back like any reservation.
 */
export async function keepFormerPath(
  tx: Session,
  { formats, now }: Pick<ApiContext, 'formats' | 'now'>,
  { id, parentId, path }: Namespace,
): Promise<void> {
  if (parentId !== null) return;
  const pattern = `${path}/*`;
  for (const { id: format, upstream } of formats) {
    if (upstream?.inGroup === undefined) continue;
    const owner = { exclusive: false, ownerProjectId: null, ownerNamespaceId: null };
    const fields = { namespaceId: id, format, pattern, patternKey: pattern.toLowerCase(), ...owner };
    await insertReservation(tx, { ...fields, reason: 'The group had this path.' }, now());
  }
}
