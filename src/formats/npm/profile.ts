import type { AccountView, FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { isObject, jsonObject, type JsonObject, member, optionalText, requiredText } from './json-body.ts';

interface ProfileChange {
  name?: string;
  email?: string;
  password?: { old: string; new: string };
}

/** npm's other fields. `npm profile set` repeats those it was told of, so only a value of one is refused. */
const notKept = ['homepage', 'freenode', 'twitter', 'github'] as const;

/** `GET /-/npm/v1/user`. */
export async function getProfile(_request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return { status: 200, body: profileOf(await registry.accounts.me()) };
}

/** `POST /-/npm/v1/user` with the fields to change; the client sends `null` for what it means to empty. */
export async function setProfile(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const body = await jsonObject(request);
  refuseTwoFactor(body);
  refuseFieldsNotKept(body);
  const account = await registry.accounts.me();
  const change = changeIn(body, account);
  const changed = Object.keys(change).length === 0 ? account : await registry.accounts.updateMe(change);
  return { status: 200, body: profileOf(changed) };
}

function profileOf(account: AccountView) {
  return {
    name: account.username,
    email: account.email ?? '',
    email_verified: false,
    fullname: account.name,
    tfa: false,
    created: new Date(account.createdAt).toISOString(),
    updated: new Date(account.updatedAt).toISOString(),
    cidr_whitelist: null,
  };
}

function refuseTwoFactor(body: JsonObject): void {
  const wanted = member(body, 'tfa') ?? false;
  if (wanted === false) return;
  throw problem('forbidden', 'Two-factor authentication is not offered here. Use tokens that expire instead.');
}

function refuseFieldsNotKept(body: JsonObject): void {
  for (const field of notKept) {
    if (optionalText(body, field)) {
      throw problem('invalid-parameter', `Profiles here have no ${field}. Set email, fullname or password.`);
    }
  }
}

function changeIn(body: JsonObject, account: AccountView): ProfileChange {
  const change: ProfileChange = {};
  const email = changedText(body, 'email', account.email ?? '');
  if (email !== null) change.email = email;
  const name = changedText(body, 'fullname', account.name);
  if (name !== null) change.name = name;
  const password = member(body, 'password') ?? null;
  if (password !== null) {
    if (!isObject(password)) throw problem('invalid-parameter', '"password" must hold "old" and "new".');
    change.password = { old: requiredText(password, 'old'), new: requiredText(password, 'new') };
  }
  return change;
}

/** `null` when the field stays as it is. */
function changedText(body: JsonObject, field: string, current: string): string | null {
  if (member(body, field) === undefined) return null;
  const wanted = optionalText(body, field) ?? '';
  if (wanted === current) return null;
  if (wanted === '') throw problem('invalid-parameter', `"${field}" can be changed, but not emptied.`);
  return wanted;
}
