import { permitOnGroup } from '../../access/permit.ts';
import { refusal } from '../../access/refusal.ts';
import type { Namespace } from '../../catalog/namespaces.ts';
import { findReservation, type Reservation } from '../../catalog/reserved-names.ts';
import type { Format } from '../../formats/format.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { groupFor } from '../virtual-registries/find.ts';

/** A group at the top whose names the caller looks after, and the format. */
export async function namesFor(
  context: ApiContext,
  at: { readonly id: string; readonly format: string },
): Promise<{ readonly group: Namespace; readonly format: Format }> {
  const group = await groupFor(context, at.id, 'manage');
  const format = context.formats.find(({ id }) => id === at.format);
  if (format === undefined) throw problem('not-found', `There is no format ${at.format}.`);
  return { group, format };
}

export async function reservationFor(
  context: ApiContext,
  at: { readonly id: string; readonly format: string; readonly reserved_name_id: number },
): Promise<{ readonly group: Namespace; readonly format: Format; readonly reservation: Reservation }> {
  const found = await namesFor(context, at);
  const reservation = await findReservation(context.database, at.reserved_name_id);
  if (reservation?.namespaceId !== found.group.id || reservation.format !== found.format.id) {
    throw problem('not-found', 'There is no such reservation.');
  }
  return { ...found, reservation };
}

/** Opening a name to the world again is for owners of the group. */
export async function insistOnOwner({ database, caller, now }: ApiContext, group: Namespace): Promise<void> {
  const verdict = await permitOnGroup(database, caller, 'admin-group', group, now());
  if (!verdict.allowed) throw refusal(verdict, 'group');
}
