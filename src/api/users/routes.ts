/** https://docs.gitlab.com/api/users/ */
import { deleteUser, setUserState } from '../../access/accounts.ts';
import { type AccountFilter, type AccountState, listAccounts } from '../../catalog/accounts.ts';
import { problem } from '../../problems/problem.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { accountOf, administratorOnly, isAdministrator } from '../place.ts';
import { accountNow, changeOneself, changeUser, doing, makeUser, seesAll } from './change.ts';
import { presentFullUser, presentUser } from './present.ts';
import * as schema from './schema.ts';

const reading = { tag: 'Users', needs: 'caller', scopes: ['api', 'read_api', 'read_user'] } as const;
const writing = { tag: 'Users', needs: 'caller' } as const;
const full = { description: 'The user.', schema: schema.fullUserSchema };

const me = operation({
  ...reading,
  id: 'get_current_user',
  method: 'GET',
  path: '/user',
  summary: 'Shows the caller',
  responses: { 200: full },
  handler: async (context) => {
    const account = await accountNow(context, accountOf(context).accountId);
    return { status: 200, body: await presentFullUser(context, account) };
  },
});

const updateMe = operation({
  ...writing,
  id: 'update_current_user',
  method: 'PUT',
  path: '/user',
  summary: 'Changes the caller',
  description: 'Name, e-mail address and password. Not part of GitLab, which has a page for it.',
  body: schema.ownChanges,
  responses: { 200: full },
  handler: async (context, { body }) => ({
    status: 200,
    body: await presentFullUser(context, await changeOneself(context, body)),
  }),
});

const list = operation({
  ...reading,
  id: 'list_users',
  method: 'GET',
  path: '/users',
  summary: 'Lists users',
  description: 'People only; administrators see more of each.',
  query: schema.userListQuery,
  responses: { 200: { description: 'A page of users.', schema: listOf(schema.userSchema), headers: pageHeaderNotes } },
  handler: async (context, { query, url }) => {
    accountOf(context);
    const mayKnow = isAdministrator(context);
    if (query.admins === true && !mayKnow) throw problem('forbidden', 'Only administrators may filter by this.');
    const state: AccountState = query.blocked === true ? 'blocked' : 'active';
    const filter: AccountFilter = {
      isBot: false,
      ...(query.username === undefined ? {} : { username: query.username }),
      ...(query.search === undefined ? {} : { search: query.search }),
      ...(query.active === true || query.blocked === true ? { state } : {}),
      ...(query.admins === true ? { isAdmin: true } : {}),
    };
    const orders = { id: 'id', name: 'name', username: 'username', created_at: 'createdAt' } as const;
    const page = pageOf(query);
    const { items, total } = await listAccounts(context.database, filter, {
      limit: page.size,
      offset: page.offset,
      order: { by: orders[query.order_by ?? 'id'], direction: query.sort ?? 'desc' },
    });
    const presented = [];
    for (const account of items) {
      presented.push(mayKnow ? await presentFullUser(context, account) : presentUser(account, context.origin));
    }
    return pageAnswer(presented, total, page, { origin: context.origin, url });
  },
});

const get = operation({
  ...reading,
  id: 'get_user',
  method: 'GET',
  path: '/users/:id',
  summary: 'Shows a user',
  params: schema.ofUser,
  responses: { 200: { description: 'The user.', schema: schema.userSchema } },
  handler: async (context, { params }) => {
    accountOf(context);
    const account = await accountNow(context, params.id);
    const body = seesAll(context, account)
      ? await presentFullUser(context, account)
      : presentUser(account, context.origin);
    return { status: 200, body };
  },
});

const create = operation({
  ...writing,
  id: 'create_user',
  method: 'POST',
  path: '/users',
  summary: 'Creates a user',
  description: 'Only for administrators.',
  body: schema.newUser,
  responses: { 201: full, 409: { description: 'The user name is taken.' } },
  handler: async (context, { body }) => {
    administratorOnly(context);
    return { status: 201, body: await presentFullUser(context, await makeUser(context, body)) };
  },
});

const update = operation({
  ...writing,
  id: 'update_user',
  method: 'PUT',
  path: '/users/:id',
  summary: 'Changes a user',
  description: 'Only for administrators.',
  params: schema.ofUser,
  body: schema.userChanges,
  responses: { 200: full, 409: { description: 'The user name is taken.' } },
  handler: async (context, { params, body }) => {
    administratorOnly(context);
    return { status: 200, body: await presentFullUser(context, await changeUser(context, params.id, body)) };
  },
});

const remove = operation({
  ...writing,
  id: 'delete_user',
  method: 'DELETE',
  path: '/users/:id',
  summary: 'Deletes a user',
  description: 'Only for administrators. Refused while the user owns projects, unless `hard_delete` is set.',
  params: schema.ofUser,
  query: schema.deletion,
  responses: { 204: { description: 'Deleted.' }, 422: { description: 'The user still owns projects.' } },
  handler: async (context, { params, query }) => {
    administratorOnly(context);
    await deleteUser(context.database, params.id, { cascade: query.hard_delete === true }, doing(context));
    return { status: 204 };
  },
});

const block = operation({
  ...writing,
  id: 'block_user',
  method: 'POST',
  path: '/users/:id/block',
  summary: 'Blocks a user',
  description: "Only for administrators. The user's password and tokens stop at the next request.",
  params: schema.ofUser,
  responses: { 201: { description: 'Blocked; the body is `true`.' } },
  handler: async (context, { params }) => {
    administratorOnly(context);
    await setUserState(context.database, params.id, 'blocked', doing(context));
    return { status: 201, body: true };
  },
});

const unblock = operation({
  ...writing,
  id: 'unblock_user',
  method: 'POST',
  path: '/users/:id/unblock',
  summary: 'Unblocks a user',
  description: 'Only for administrators.',
  params: schema.ofUser,
  responses: { 201: { description: 'Unblocked; the body is `true`.' } },
  handler: async (context, { params }) => {
    administratorOnly(context);
    await setUserState(context.database, params.id, 'active', doing(context));
    return { status: 201, body: true };
  },
});

export const userOperations = [me, updateMe, list, get, create, update, remove, block, unblock];
