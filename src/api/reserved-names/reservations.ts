/** Names of a group before anything is published under them. */
import type { Static } from 'typebox';
import type { Namespace } from '../../catalog/namespaces.ts';
import { findNamespace } from '../../catalog/namespaces.ts';
import { findProject } from '../../catalog/projects.ts';
import {
  countReservations,
  deleteReservation,
  insertReservation,
  listReservations,
  type Reservation,
  updateReservation,
} from '../../catalog/reserved-names.ts';
import { lockRow } from '../../catalog/row-locks.ts';
import type { Format } from '../../formats/format.ts';
import { patternKey } from '../../policy/name-pattern.ts';
import type { NewlyOurs } from '../../registry/known-twins.ts';
import { Problem, problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import type { ApiContext } from '../context.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { isoTime } from '../times.ts';
import { namesFor, reservationFor } from './find.ts';
import * as schema from './schema.ts';

const facts = { tag: 'Reserved names', needs: 'caller' } as const;
const path = '/groups/:id/-/virtual_registries/packages/:format/reserved_names';
const one = { description: 'The reservation.', schema: schema.reservationSchema };
const most = 200;

type Owner = Pick<Reservation, 'exclusive' | 'ownerProjectId' | 'ownerNamespaceId'>;

function present(reservation: Reservation) {
  return {
    id: reservation.id,
    group_id: reservation.namespaceId,
    pattern: reservation.pattern,
    exclusive: reservation.exclusive,
    owner_project_id: reservation.ownerProjectId,
    owner_group_id: reservation.ownerNamespaceId,
    reason: reservation.reason,
    created_at: isoTime(reservation.createdAt),
    updated_at: isoTime(reservation.updatedAt),
  };
}

/** A whole name must be one that the format can have; its key is the format's. */
function keyOf(format: Format, pattern: string): string {
  const key = patternKey(pattern, format.upstream ?? {});
  if (pattern.endsWith('*') || format.upstream?.explains === undefined) return key;
  // What is explained there are addresses, which begin with the group.
  if (format.upstream.inGroup !== undefined) return key;
  try {
    return format.upstream.explains(pattern).name.key.toLowerCase();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw problem('invalid-parameter', `pattern does not have a valid value: ${format.id} has no such names.`);
  }
}

/** What is left out stays; an owner given takes the place of the one before. */
async function ownerOf(
  context: ApiContext,
  group: Namespace,
  body: Static<typeof schema.reservationChanges>,
  before: Owner,
): Promise<Owner> {
  const { owner_project_id: projectId, owner_group_id: groupId } = body;
  if (projectId === undefined && groupId === undefined) return before;
  if (projectId != null && groupId != null) {
    throw problem('invalid-parameter', 'owner_project_id and owner_group_id exclude each other.');
  }
  if (projectId != null) {
    const project = await findProject(context.database, projectId);
    if (project?.lineage.startsWith(group.lineage) !== true) throw notBelow('owner_project_id', group);
    return { exclusive: true, ownerProjectId: projectId, ownerNamespaceId: null };
  }
  if (groupId == null) return { exclusive: false, ownerProjectId: null, ownerNamespaceId: null };
  const namespace = await findNamespace(context.database, groupId);
  if (namespace?.lineage.startsWith(group.lineage) !== true) throw notBelow('owner_group_id', group);
  return { exclusive: true, ownerProjectId: null, ownerNamespaceId: groupId };
}

function notBelow(parameter: string, { fullPath }: Namespace): Error {
  return problem('invalid-parameter', `${parameter} does not have a valid value: it must lie in ${fullPath}.`);
}

function newlyOurs(format: Format, { namespaceId: rootId, pattern, patternKey: key }: Reservation): NewlyOurs {
  if (key.endsWith('*')) return { rootId, format, name: null, beginning: key.slice(0, -1) };
  return { rootId, format, name: { key, display: pattern }, beginning: null };
}

function subjectOf({ format, pattern }: Pick<Reservation, 'format' | 'pattern'>): string {
  return `${format}:${pattern}`;
}

const list = operation({
  ...facts,
  id: 'list_reserved_names',
  method: 'GET',
  path,
  summary: 'Lists the names that a group has reserved',
  description: 'Needs the maintainer role of the group.',
  params: schema.ofGroup,
  query: schema.pagesQuery,
  responses: {
    200: { description: 'A page of reservations.', schema: listOf(schema.reservationSchema), headers: pageHeaderNotes },
  },
  handler: async (context, { params, query, url }) => {
    const { group, format } = await namesFor(context, params);
    const page = pageOf(query);
    const { items, total } = await listReservations(
      context.database,
      { namespaceId: group.id, format: format.id },
      { limit: page.size, offset: page.offset },
    );
    return pageAnswer(items.map(present), total, page, { origin: context.origin, url });
  },
});

const create = operation({
  ...facts,
  id: 'create_reserved_name',
  method: 'POST',
  path,
  summary: 'Reserves a name, or names that begin so',
  description: `No other registry is asked for them from now on. With an owner, other projects of the group can't publish them. Needs the maintainer role of a group at the top, which has at most ${most} of a format.`,
  params: schema.ofGroup,
  body: schema.newReservation,
  responses: { 201: one },
  handler: async (context, { params, body }) => {
    const { group, format } = await namesFor(context, params);
    const fields = {
      namespaceId: group.id,
      format: format.id,
      pattern: body.pattern,
      patternKey: keyOf(format, body.pattern),
      reason: body.reason ?? '',
      ...(await ownerOf(context, group, body, { exclusive: false, ownerProjectId: null, ownerNamespaceId: null })),
    };
    const made = await context.database.transaction(async (tx) => {
      await lockRow(tx, 'namespace', group.id);
      if ((await countReservations(tx, group.id, format.id)) >= most) {
        throw problem('invalid-parameter', `A group has at most ${most} reserved names of a format.`);
      }
      const reservation = await insertReservation(tx, fields, context.now());
      if (reservation === undefined) throw problem('already-exists', 'pattern has already been taken.');
      const details = { owner_project_id: fields.ownerProjectId, owner_group_id: fields.ownerNamespaceId };
      await record(tx, context, { action: 'reserved-name.create', subject: subjectOf(fields), details });
      return reservation;
    });
    await context.lookForTwins(newlyOurs(format, made));
    return { status: 201, body: present(made) };
  },
});

const get = operation({
  ...facts,
  id: 'get_reserved_name',
  method: 'GET',
  path: `${path}/:reserved_name_id`,
  summary: 'Shows a reservation',
  description: 'Needs the maintainer role of the group.',
  params: schema.ofReservation,
  responses: { 200: one },
  handler: async (context, { params }) => {
    return { status: 200, body: present((await reservationFor(context, params)).reservation) };
  },
});

const update = operation({
  ...facts,
  id: 'update_reserved_name',
  method: 'PATCH',
  path: `${path}/:reserved_name_id`,
  summary: 'Gives a reservation another owner or reason',
  description: 'null for the owner = every project of the group may publish. Needs the maintainer role of the group.',
  params: schema.ofReservation,
  body: schema.reservationChanges,
  responses: { 200: one },
  handler: async (context, { params, body }) => {
    const { group, reservation } = await reservationFor(context, params);
    const owner = await ownerOf(context, group, body, reservation);
    const reason = body.reason === undefined ? reservation.reason : (body.reason ?? '');
    const after = { ...reservation, ...owner, reason, updatedAt: context.now() };
    await context.database.transaction(async (tx) => {
      await updateReservation(tx, after, context.now());
      const details = { owner_project_id: after.ownerProjectId, owner_group_id: after.ownerNamespaceId };
      await record(tx, context, { action: 'reserved-name.update', subject: subjectOf(after), details });
    });
    return { status: 200, body: present(after) };
  },
});

const remove = operation({
  ...facts,
  id: 'delete_reserved_name',
  method: 'DELETE',
  path: `${path}/:reserved_name_id`,
  summary: 'Gives up a reservation',
  description: 'Names that were published in the group stay claimed. Needs the maintainer role of the group.',
  params: schema.ofReservation,
  responses: { 204: { description: 'Given up.' } },
  handler: async (context, { params }) => {
    const { reservation } = await reservationFor(context, params);
    await context.database.transaction(async (tx) => {
      await deleteReservation(tx, reservation.id);
      await record(tx, context, { action: 'reserved-name.delete', subject: subjectOf(reservation) });
    });
    return { status: 204 };
  },
});

export const reservationOperations = [list, create, get, update, remove];
