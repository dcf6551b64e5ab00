import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { jsonObject, requiredText } from './json-body.ts';
import { levelOf, membersOf } from './organisations.ts';

/** The teams of a group are its roles: nobody makes or removes them, and everybody is in exactly one. */
const teams: ReadonlyMap<string, number> = new Map([
  ['guests', 10],
  ['reporters', 20],
  ['developers', 30],
  ['maintainers', 40],
  ['owners', 50],
]);

/** `GET /-/org/ORG/team` → `["org:guests", …]`. */
export async function listTeams(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const path = request.params.org ?? '';
  await membersOf(registry, path);
  return { status: 200, body: [...teams.keys()].map((team) => `${path}:${team}`) };
}

/** `GET /-/team/ORG/TEAM/user` → `["alice"]`. */
export async function listTeamMembers(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const level = levelOfTeam(request.params.team);
  const members = await membersOf(registry, request.params.org ?? '');
  return { status: 200, body: [...members].filter(([, own]) => own === level).map(([name]) => name) };
}

/** `PUT /-/team/ORG/TEAM/user` with `{"user"}`: gives the role, whatever role the user had before. */
export async function addToTeam(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const level = levelOfTeam(request.params.team);
  const user = requiredText(await jsonObject(request), 'user');
  await registry.accounts.setGroupMember(request.params.org ?? '', user, level);
  return { status: 201, body: { ok: true } };
}

/** `DELETE /-/team/ORG/TEAM/user` with `{"user"}`: takes the role, and with it the membership. */
export async function removeFromTeam(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const path = request.params.org ?? '';
  const level = levelOfTeam(request.params.team);
  const user = requiredText(await jsonObject(request), 'user');
  if (levelOf(await membersOf(registry, path), user) !== level) {
    throw problem('user-not-found', `${user} is not in the team ${path}:${request.params.team}.`);
  }
  await registry.accounts.removeGroupMember(path, user);
  return { status: 204 };
}

/** Access level of a team; `not-found` for names that are no role. */
export function levelOfTeam(team: string | undefined): number {
  const level = teams.get(team ?? '');
  if (level === undefined) {
    throw problem('not-found', `A group's teams are its roles: ${[...teams.keys()].join(', ')}.`);
  }
  return level;
}
