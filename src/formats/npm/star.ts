import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { isObject, jsonObject, member, requiredText, storableText } from './json-body.ts';
import { parseName } from './names.ts';
import type { PutMeaning } from './put-document.ts';
import { requireSignedIn } from './signed-in.ts';
import { packageAt } from './stored-package.ts';

/** `PUT /NAME` or `/NAME/-rev/REV` with `users`: only the caller's own star is read, others' stay as they are. */
export const starPackage: PutMeaning = async (registry, name, document, rev) => {
  const users = member(document, 'users');
  if (!isObject(users)) throw problem('invalid-request', '"users" must be an object.');
  const username = person(registry);
  await packageAt(registry, name, rev);
  await registry.setStar(name, Boolean(member(users, username)));
  return { status: 201, body: { ok: true } };
};

/** pnpm: `PUT` and `DELETE /-/user/v1/star` with `{name, package}`. */
export async function starByBody(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const body = await jsonObject(request);
  const field = member(body, 'package') === undefined ? 'name' : 'package';
  return setStar(request, registry, requiredText(body, field));
}

/** pnpm, where the former is missing: `PUT` and `DELETE /-/user/package/NAME/star`. */
export async function starByPath(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return setStar(request, registry, request.params.name ?? '');
}

async function setStar(request: FormatRequest, registry: RegistryPort, rawName: string): Promise<Reply> {
  person(registry);
  const name = parseName(rawName);
  await packageAt(registry, name, null);
  await registry.setStar(name, request.method === 'PUT');
  return { status: 200, body: { ok: true } };
}

/** npm: `GET /-/_view/starredByUser?key="alice"` → `{"rows":[{"value":"pkg"}]}`. */
export async function starredByUser(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const username = keyOf(request.query.get('key') ?? '');
  const names = await registry.starredBy(username);
  return { status: 200, body: { rows: names.map((name) => ({ id: name, key: username, value: name })) } };
}

/** pnpm: `GET /-/user/v1/star` → the caller's names. */
export async function myStars(_request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return { status: 200, body: await registry.starredBy(person(registry)) };
}

/** pnpm: `GET /-/user/USER/stars` → names. */
export async function starsOfUser(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return { status: 200, body: await registry.starredBy(request.params.user ?? '') };
}

function person(registry: RegistryPort): string {
  const username = requireSignedIn(registry);
  if (registry.caller.kind !== 'user') throw problem('forbidden', 'Only people have stars, deploy tokens do not.');
  return username;
}

/** A view's key is JSON; a bare name is taken as well. */
function keyOf(key: string): string {
  let username: unknown = key;
  if (key.startsWith('"')) {
    try {
      username = JSON.parse(key);
    } catch {
      throw problem('invalid-parameter', 'key must be a user name in quotes.');
    }
  }
  if (typeof username !== 'string' || username === '') throw problem('invalid-parameter', '"key" not given');
  return storableText(username, '"key"');
}
