import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { isObject, jsonObject, member, requiredText } from './json-body.ts';
import { parseName } from './names.ts';
import type { PutDocument, PutMeaning } from './put-document.ts';
import { packageAt, storedPackage } from './stored-package.ts';

const mostMaintainers = 1_000;

/** `PUT /NAME/-rev/REV` with `maintainers: [{name}]`, npm's `owner add` and `owner rm`: the whole new list. */
export const replaceMaintainers: PutMeaning = async (registry, name, document, rev) => {
  const usernames = maintainersIn(document);
  const source = await packageAt(registry, name, rev);
  await registry.setMaintainers(name, usernames, { ifRevision: source.revision });
  return { status: 201, body: { ok: true } };
};

/** pnpm: `GET /-/package/NAME/owners` → `[{username, email}]`. */
export async function listOwners(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const source = await storedPackage(registry, parseName(request.params.name ?? ''));
  return {
    status: 200,
    body: source.maintainers.map((person) => ({ username: person.username, email: person.email ?? '' })),
  };
}

/** pnpm: `PUT /-/package/NAME/owners` with `{user}`. */
export async function addOwner(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const username = requiredText(await jsonObject(request), 'user');
  return changeOwners(request, registry, (usernames) => [...new Set([...usernames, username])]);
}

/** pnpm: `DELETE /-/package/NAME/owners/USER`. */
export async function removeOwner(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const username = request.params.user ?? '';
  return changeOwners(request, registry, (usernames) => {
    const others = usernames.filter((other) => other.toLowerCase() !== username.toLowerCase());
    if (others.length === usernames.length) {
      throw problem('user-not-found', `${username} is no owner of this package.`);
    }
    return others;
  });
}

async function changeOwners(
  request: FormatRequest,
  registry: RegistryPort,
  change: (usernames: readonly string[]) => readonly string[],
): Promise<Reply> {
  const name = parseName(request.params.name ?? '');
  const source = await storedPackage(registry, name);
  const usernames = change(source.maintainers.map((person) => person.username));
  await registry.setMaintainers(name, someone(usernames), { ifRevision: source.revision });
  return { status: 200, body: { ok: true } };
}

function maintainersIn(document: PutDocument): readonly string[] {
  const maintainers = member(document, 'maintainers');
  if (!Array.isArray(maintainers)) throw problem('invalid-request', '"maintainers" must be an array.');
  if (maintainers.length > mostMaintainers) {
    throw problem('invalid-request', `"maintainers" has more than ${mostMaintainers} entries.`);
  }
  const usernames = maintainers.map((entry: unknown) => {
    if (!isObject(entry)) throw problem('invalid-request', '"maintainers" must hold objects with a "name".');
    return requiredText(entry, 'name');
  });
  return someone([...new Set(usernames)]);
}

function someone(usernames: readonly string[]): readonly string[] {
  if (usernames.length > 0) return usernames;
  throw problem('invalid-request', 'A package needs an owner: add somebody else before removing the last one.');
}
