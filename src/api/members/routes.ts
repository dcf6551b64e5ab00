/** https://docs.gitlab.com/api/members/ */
import { expiryDate, parseExpiryDate } from '../../access/expiry.ts';
import { type MembersOf, removeMember, setMember } from '../../access/members.ts';
import { findAccountNamed } from '../../catalog/accounts.ts';
import { findMembership, listAllMembers, listMembers, type Member } from '../../catalog/memberships.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation, type Operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { groupFor, projectFor } from '../place.ts';
import { isoTime } from '../times.ts';
import * as schema from './schema.ts';

type Of = 'project' | 'group';

const facts = (of: Of) => ({ tag: of === 'project' ? 'Project members' : 'Group members', needs: 'caller' }) as const;
const rights = (of: Of) => (of === 'project' ? 'Needs the maintainer role.' : 'Needs the owner role.');
const one = { description: 'The member.', schema: schema.memberSchema };

async function seen(context: ApiContext, of: Of, id: string): Promise<MembersOf> {
  return of === 'project'
    ? { project: await projectFor(context, id, 'read-project') }
    : { group: await groupFor(context, id, 'read-group') };
}

async function managed(context: ApiContext, of: Of, id: string): Promise<MembersOf> {
  return of === 'project'
    ? { project: await projectFor(context, id, 'manage-members') }
    : { group: await groupFor(context, id, 'manage-members') };
}

const targetOf = (of: MembersOf) => ('project' in of ? { projectId: of.project.id } : { namespaceId: of.group.id });
const placeOf = (of: MembersOf) =>
  'project' in of
    ? { lineage: of.project.lineage, projectId: of.project.id }
    : { lineage: of.group.lineage, projectId: null };

function present(member: Member, origin: string) {
  return {
    id: member.accountId,
    username: member.username,
    name: member.name,
    state: member.state,
    locked: false,
    avatar_url: null,
    web_url: `${origin}/${member.username}`,
    access_level: member.accessLevel,
    created_at: isoTime(member.createdAt),
    expires_at: member.expiresAt === null ? null : expiryDate(member.expiresAt),
    membership_state: 'active',
  };
}

async function presentDirect(context: ApiContext, of: MembersOf, accountId: number) {
  const member = await findMembership(context.database, targetOf(of), accountId);
  if (member === undefined) throw problem('user-not-found');
  return present(member, context.origin);
}

const list = (of: Of, which: 'direct' | 'all') =>
  operation({
    ...facts(of),
    id: which === 'all' ? `list_all_${of}_members` : `list_${of}_members`,
    method: 'GET',
    path: `/${of}s/:id/members${which === 'all' ? '/all' : ''}`,
    summary: which === 'all' ? `Lists a ${of}'s members, inherited ones too` : `Lists a ${of}'s direct members`,
    params: schema.ofPlace(of),
    query: schema.memberListQuery,
    responses: {
      200: { description: 'A page of members.', schema: listOf(schema.memberSchema), headers: pageHeaderNotes },
    },
    handler: async (context, { params, query, url }) => {
      const place = await seen(context, of, params.id);
      const page = pageOf(query);
      const options = {
        limit: page.size,
        offset: page.offset,
        ...(query.query === undefined ? {} : { search: query.query }),
      };
      const { items, total } = await (which === 'all'
        ? listAllMembers(context.database, placeOf(place), options, context.now())
        : listMembers(context.database, targetOf(place), options, context.now()));
      const presented = items.map((member) => present(member, context.origin));
      return pageAnswer(presented, total, page, { origin: context.origin, url });
    },
  });

const get = (of: Of, which: 'direct' | 'all') =>
  operation({
    ...facts(of),
    id: which === 'all' ? `get_any_${of}_member` : `get_${of}_member`,
    method: 'GET',
    path: `/${of}s/:id/members${which === 'all' ? '/all' : ''}/:user_id`,
    summary: which === 'all' ? `Shows a member of a ${of}, inherited or not` : `Shows a direct member of a ${of}`,
    params: schema.ofMember(of),
    responses: { 200: one },
    handler: async (context, { params }) => {
      const place = await seen(context, of, params.id);
      const options = { limit: 1, offset: 0, accountId: params.user_id };
      const { items } = await (which === 'all'
        ? listAllMembers(context.database, placeOf(place), options, context.now())
        : listMembers(context.database, targetOf(place), options, context.now()));
      const [member] = items;
      if (member === undefined) throw problem('user-not-found');
      return { status: 200, body: present(member, context.origin) };
    },
  });

const add = (of: Of) =>
  operation({
    ...facts(of),
    id: `add_${of}_member`,
    method: 'POST',
    path: `/${of}s/:id/members`,
    summary: `Makes somebody a member of a ${of}`,
    description: rights(of),
    params: schema.ofPlace(of),
    body: schema.newMember,
    responses: { 201: one, 409: { description: 'Is a direct member already.' } },
    handler: async (context, { params, body }) => {
      const place = await managed(context, of, params.id);
      const accountId = await accountIdOf(context, body);
      if (await findMembership(context.database, targetOf(place), accountId)) {
        throw problem('already-exists', 'Member already exists');
      }
      const wanted = { accountId, accessLevel: body.access_level, expiresAt: expiryOf(body.expires_at, context.now()) };
      await setMember(context.database, context.caller, place, wanted, context.now());
      return { status: 201, body: await presentDirect(context, place, accountId) };
    },
  });

async function accountIdOf(
  context: ApiContext,
  body: { readonly user_id?: number; readonly username?: string },
): Promise<number> {
  if (body.user_id !== undefined) return body.user_id;
  if (body.username === undefined) {
    throw problem('invalid-parameter', 'user_id, username are missing, exactly one parameter must be provided');
  }
  const account = await findAccountNamed(context.database, body.username);
  if (account === undefined) throw problem('user-not-found');
  return account.id;
}

/** `null` = does not end. A day that is over would make a member who is none. */
function expiryOf(day: string | null | undefined, now: number): number | null {
  if (day === undefined || day === null || day === '') return null;
  const at = parseExpiryDate(day);
  if (at <= now) throw problem('invalid-parameter', 'expires_at must be a date in the future.');
  return at;
}

const update = (of: Of) =>
  operation({
    ...facts(of),
    id: `update_${of}_member`,
    method: 'PUT',
    path: `/${of}s/:id/members/:user_id`,
    summary: `Changes the role of a member of a ${of}`,
    description: `Left out, the end of the membership stays. ${rights(of)}`,
    params: schema.ofMember(of),
    body: schema.memberChanges,
    responses: { 200: one },
    handler: async (context, { params, body }) => {
      const place = await managed(context, of, params.id);
      const before = await findMembership(context.database, targetOf(place), params.user_id);
      if (before === undefined) throw problem('user-not-found');
      const expiresAt = body.expires_at === undefined ? before.expiresAt : expiryOf(body.expires_at, context.now());
      const wanted = { accountId: params.user_id, accessLevel: body.access_level, expiresAt };
      await setMember(context.database, context.caller, place, wanted, context.now());
      return { status: 200, body: await presentDirect(context, place, params.user_id) };
    },
  });

const remove = (of: Of) =>
  operation({
    ...facts(of),
    id: `remove_${of}_member`,
    method: 'DELETE',
    path: `/${of}s/:id/members/:user_id`,
    summary: `Ends a direct membership in a ${of}`,
    description: `Everybody may leave. ${rights(of)} A group at the top keeps an owner.`,
    params: schema.ofMember(of),
    responses: { 204: { description: 'Ended.' } },
    handler: async (context, { params }) => {
      const place = await seen(context, of, params.id);
      await removeMember(context.database, context.caller, place, params.user_id, context.now());
      return { status: 204 };
    },
  });

const all = (of: Of): Operation[] => [
  list(of, 'direct'),
  list(of, 'all'),
  get(of, 'direct'),
  get(of, 'all'),
  add(of),
  update(of),
  remove(of),
];

export const memberOperations = [...all('project'), ...all('group')];
