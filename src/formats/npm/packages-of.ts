import type { FormatRequest, PackageRef, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { requireSignedIn } from './signed-in.ts';
import { levelOfTeam } from './teams.ts';

const developer = 30;

/** `GET /-/org/ORG/package` → `{"pkg":"write"}`; on 404 npm asks for a user of that name. */
export async function packagesOfGroup(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return { status: 200, body: byName(await ofGroup(registry, request.params.org ?? '')) };
}

/** `GET /-/user/USER/package`. */
export async function packagesOfUser(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  requireSignedIn(registry);
  const username = request.params.user ?? '';
  const packages = await registry.packagesOf({ username });
  if (packages === null) throw problem('user-not-found', `There is no user or group called ${username}.`);
  return { status: 200, body: byName(packages) };
}

/** `GET /-/team/ORG/TEAM/package`: the group's packages, with what the team's role may do to them. */
export async function packagesOfTeam(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const access = levelOfTeam(request.params.team) >= developer ? 'write' : 'read';
  const packages = await ofGroup(registry, request.params.org ?? '');
  return { status: 200, body: byName(packages.map(({ name }) => ({ name, access }))) };
}

async function ofGroup(registry: RegistryPort, group: string): Promise<readonly PackageRef[]> {
  requireSignedIn(registry);
  const packages = await registry.packagesOf({ group });
  if (packages === null) throw problem('group-not-found', `There is no group ${group}, or you may not see it.`);
  return packages;
}

/** Where projects share a name, the wider access is told. */
function byName(packages: readonly PackageRef[]): Record<string, 'read' | 'write'> {
  const access = new Map<string, 'read' | 'write'>();
  for (const ref of packages) if (access.get(ref.name) !== 'write') access.set(ref.name, ref.access);
  return Object.fromEntries(access);
}
