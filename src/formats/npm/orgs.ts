import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { jsonObject, optionalText, requiredText } from './json-body.ts';
import { membersOf } from './organisations.ts';

/** npm's roles, and GitLab's names where npm has none. Levels are GitLab's. */
const levels: ReadonlyMap<string, number> = new Map([
  ['owner', 50],
  ['admin', 40],
  ['developer', 30],
  ['reporter', 20],
  ['guest', 10],
]);

/** `GET /-/org/ORG/user` → `{"alice":"owner"}`. */
export async function listMembers(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const members = await membersOf(registry, request.params.org ?? '');
  return { status: 200, body: Object.fromEntries([...members].map(([name, level]) => [name, roleOf(level)])) };
}

/** `PUT /-/org/ORG/user` with `{"user","role"}`; npm's default role is `developer`. */
export async function setMember(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const path = request.params.org ?? '';
  const body = await jsonObject(request);
  const user = requiredText(body, 'user');
  const role = optionalText(body, 'role') ?? 'developer';
  const level = levels.get(role);
  if (level === undefined)
    throw problem('invalid-parameter', `"role" must be one of ${[...levels.keys()].join(', ')}.`);
  await registry.accounts.setGroupMember(path, user, level);
  const members = await membersOf(registry, path);
  return { status: 200, body: { org: { name: path, size: members.size }, user, role } };
}

/** `DELETE /-/org/ORG/user` with `{"user"}`. */
export async function removeMember(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const user = requiredText(await jsonObject(request), 'user');
  await registry.accounts.removeGroupMember(request.params.org ?? '', user);
  return { status: 204 };
}

function roleOf(level: number): string {
  for (const [role, least] of levels) if (level >= least) return role;
  return 'guest';
}
