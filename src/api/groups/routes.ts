/** https://docs.gitlab.com/api/groups/ */
import { listOf, pageHeaderNotes } from '../fields.ts';
import { forwardingNote } from '../forwarding-fields.ts';
import { operation } from '../operation.ts';
import { unlessPathTaken } from '../path-taken.ts';
import { groupFor } from '../place.ts';
import { changeGroup, dropGroup, makeGroup } from './change.ts';
import { allGroups, groupsBelow } from './list.ts';
import { presentOne } from './present.ts';
import * as schema from './schema.ts';

const tag = 'Groups';
const group = { description: 'The group.', schema: schema.groupSchema };
const groups = { description: 'A page of groups.', schema: listOf(schema.groupSchema), headers: pageHeaderNotes };

const list = operation({
  tag,
  needs: 'nothing',
  id: 'list_groups',
  method: 'GET',
  path: '/groups',
  summary: 'Lists groups',
  description: 'Those that the caller may see, subgroups too.',
  query: schema.groupListQuery,
  responses: { 200: groups },
  handler: allGroups,
});

const subgroups = operation({
  tag,
  needs: 'nothing',
  id: 'list_subgroups',
  method: 'GET',
  path: '/groups/:id/subgroups',
  summary: "Lists a group's direct subgroups",
  params: schema.ofGroup,
  query: schema.subgroupListQuery,
  responses: { 200: groups },
  handler: (context, asked) => groupsBelow(context, asked, ({ id }) => ({ parentId: id })),
});

const descendants = operation({
  tag,
  needs: 'nothing',
  id: 'list_descendant_groups',
  method: 'GET',
  path: '/groups/:id/descendant_groups',
  summary: 'Lists all groups below a group',
  params: schema.ofGroup,
  query: schema.subgroupListQuery,
  responses: { 200: groups },
  handler: (context, asked) => groupsBelow(context, asked, ({ lineage }) => ({ below: lineage })),
});

const get = operation({
  tag,
  needs: 'nothing',
  id: 'get_group',
  method: 'GET',
  path: '/groups/:id',
  summary: 'Shows a group',
  params: schema.ofGroup,
  responses: { 200: group },
  handler: async (context, { params }) => ({
    status: 200,
    body: await presentOne(context, await groupFor(context, params.id, 'read-group')),
  }),
});

const create = operation({
  tag,
  needs: 'caller',
  id: 'create_group',
  method: 'POST',
  path: '/groups',
  summary: 'Creates a group',
  description: 'The caller becomes its owner. In another group this needs the maintainer role there.',
  body: schema.newGroup,
  responses: { 201: group },
  handler: (context, { body }) =>
    unlessPathTaken(async () => ({ status: 201, body: await presentOne(context, await makeGroup(context, body)) })),
});

const update = operation({
  tag,
  needs: 'caller',
  id: 'update_group',
  method: 'PUT',
  path: '/groups/:id',
  summary: 'Changes a group',
  description: `Needs the owner role. ${forwardingNote}`,
  params: schema.ofGroup,
  body: schema.groupChanges,
  responses: { 200: group },
  handler: (context, { params, body }) =>
    unlessPathTaken(async () => ({
      status: 200,
      body: await presentOne(context, await changeGroup(context, params.id, body)),
    })),
});

const remove = operation({
  tag,
  needs: 'caller',
  id: 'delete_group',
  method: 'DELETE',
  path: '/groups/:id',
  summary: 'Deletes a group',
  description: 'With its subgroups, projects and packages. Needs the owner role.',
  params: schema.ofGroup,
  responses: { 202: { description: 'Deleted.' } },
  handler: async (context, { params }) => {
    await dropGroup(context, params.id);
    return { status: 202, body: { message: '202 Accepted' } };
  },
});

export const groupOperations = [list, get, create, update, remove, subgroups, descendants];
