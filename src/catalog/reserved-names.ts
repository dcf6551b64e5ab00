import type { Session } from '../database/database.ts';
import { list, type Listing, type ListOptions } from './listing.ts';

/** A name, or the beginning of names, that belongs to a group at the top before anything of it is published. */
export interface Reservation {
  readonly id: number;
  readonly namespaceId: number;
  readonly format: string;
  /** As it was written: `Acme.*`. */
  readonly pattern: string;
  /** In the format's own spelling, small letters; see `policy/name-pattern.ts`. */
  readonly patternKey: string;
  /** Only the owner may publish such names; nobody may when the owner is gone. */
  readonly exclusive: boolean;
  readonly ownerProjectId: number | null;
  readonly ownerNamespaceId: number | null;
  readonly reason: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type ReservationFields = Omit<Reservation, 'id' | 'createdAt' | 'updatedAt'>;

interface ReservationRow extends Omit<Reservation, 'exclusive'> {
  readonly exclusive: 0 | 1;
}

const columns = `r.id, r.namespace_id as "namespaceId", r.format, r.pattern, r.pattern_key as "patternKey", r.exclusive,
  r.owner_project_id as "ownerProjectId", r.owner_namespace_id as "ownerNamespaceId", r.reason,
  r.created_at as "createdAt", r.updated_at as "updatedAt"`;

function toReservation(row: ReservationRow): Reservation {
  return { ...row, exclusive: row.exclusive === 1 };
}

/** Of groups at the top; a group has few enough to read all of them. */
export async function reservationsOf(
  session: Session,
  { rootIds, format }: { readonly rootIds: readonly number[]; readonly format: string },
): Promise<readonly Reservation[]> {
  if (rootIds.length === 0) return [];
  const rows = await session.all<ReservationRow>(
    `select ${columns} from reserved_name r
     where r.namespace_id in (${rootIds.map(() => '?').join(', ')}) and r.format = ?`,
    [...rootIds, format],
  );
  return rows.map(toReservation);
}

export async function listReservations(
  session: Session,
  of: { readonly namespaceId: number; readonly format: string },
  options: ListOptions<'id'>,
): Promise<Listing<Reservation>> {
  const where = { sql: 'r.namespace_id = ? and r.format = ?', params: [of.namespaceId, of.format] };
  const query = { columns, from: 'reserved_name r', where, id: 'r.id', orderColumns: { id: 'r.id' } };
  const { items, total } = await list<ReservationRow, 'id'>(session, query, options);
  return { items: items.map(toReservation), total };
}

export async function countReservations(session: Session, namespaceId: number, format: string): Promise<number> {
  const row = await session.get<{ total: number }>(
    'select count(*) as total from reserved_name where namespace_id = ? and format = ?',
    [namespaceId, format],
  );
  return row?.total ?? 0;
}

export async function findReservation(session: Session, id: number): Promise<Reservation | undefined> {
  const row = await session.get<ReservationRow>(`select ${columns} from reserved_name r where r.id = ?`, [id]);
  return row === undefined ? undefined : toReservation(row);
}

/** `undefined` = the group has reserved it already. */
export async function insertReservation(
  tx: Session,
  fields: ReservationFields,
  now: number,
): Promise<Reservation | undefined> {
  const row = await tx.get<{ id: number }>(
    `insert into reserved_name (namespace_id, format, pattern, pattern_key, exclusive, owner_project_id,
       owner_namespace_id, reason, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (namespace_id, format, pattern_key) do nothing returning id`,
    [fields.namespaceId, fields.format, fields.pattern, fields.patternKey, ...changeable(fields), now, now],
  );
  return row === undefined ? undefined : { ...fields, id: row.id, createdAt: now, updatedAt: now };
}

export function updateReservation(tx: Session, reservation: Reservation, now: number): Promise<number> {
  return tx.run(
    `update reserved_name set exclusive = ?, owner_project_id = ?, owner_namespace_id = ?, reason = ?, updated_at = ?
     where id = ?`,
    [...changeable(reservation), now, reservation.id],
  );
}

function changeable({ exclusive, ownerProjectId, ownerNamespaceId, reason }: ReservationFields) {
  return [exclusive ? 1 : 0, ownerProjectId, ownerNamespaceId, reason];
}

export function deleteReservation(tx: Session, id: number): Promise<number> {
  return tx.run('delete from reserved_name where id = ?', [id]);
}
