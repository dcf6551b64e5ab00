/** One caller of every kind that permission tells apart, around the group `acme` and its project `acme/app`. */
import type { AccessLevel } from '../../src/catalog/access-level.ts';
import type { Account } from '../../src/catalog/accounts.ts';
import type { Namespace } from '../../src/catalog/namespaces.ts';
import type { Project } from '../../src/catalog/projects.ts';
import type { TokenScope } from '../../src/catalog/token-scope.ts';
import type { PackagesAccess, Visibility } from '../../src/catalog/visibility.ts';
import { anonymous, type Caller, type DeployTokenCaller, type UserCaller } from '../../src/access/caller.ts';
import { type Catalogue, newYear } from './catalogue.ts';

export function userCaller(account: Account, scopes: readonly TokenScope[] | null = null): UserCaller {
  const { id, username, isAdmin, isBot } = account;
  return {
    kind: 'user',
    accountId: id,
    username,
    isAdmin,
    isBot,
    tokenId: scopes === null ? null : 1,
    scopes: scopes === null ? null : new Set(scopes),
    expiresAt: null,
  };
}

export function deployCaller(
  home: { projectId: number } | { namespaceId: number },
  scopes: readonly TokenScope[],
): DeployTokenCaller {
  const place = { projectId: null, namespaceId: null, ...home };
  return { kind: 'deploy-token', tokenId: 1, username: 'd', scopes: new Set(scopes), expiresAt: null, ...place };
}

export interface Scene {
  readonly group: Namespace;
  readonly project: Project;
  readonly callers: Readonly<Record<string, Caller>>;
}

/** Names of callers say what they are; `project-…` and `group-…` where the membership or token is held. */
export async function setScene(
  catalogue: Catalogue,
  visibility: Visibility,
  access: PackagesAccess = 'enabled',
): Promise<Scene> {
  const group = await catalogue.group('acme', visibility);
  const project = await catalogue.project('acme/app', visibility, access);
  const elsewhere = await catalogue.project('acme/elsewhere', 'private');
  const foreign = await catalogue.group('foreign');
  const onProject = { projectId: project.id };
  const onGroup = { namespaceId: group.id };
  const member = async (
    name: string,
    target: typeof onProject | typeof onGroup,
    level: AccessLevel,
    until?: number,
  ) => {
    const account = await catalogue.user(name);
    await catalogue.member(target, account, level, until);
    return account;
  };
  const bot = async (name: string, projectId: number, level: AccessLevel) => {
    const account = await catalogue.user(name, { isBot: true });
    await catalogue.member({ projectId }, account, level);
    return userCaller(account, ['api']);
  };
  const owner = await member('project-owner', onProject, 50);
  const callers: Record<string, Caller> = {
    anonymous: anonymous,
    stranger: userCaller(await catalogue.user('stranger')),
    'project-guest': userCaller(await member('project-guest', onProject, 10)),
    'project-reporter': userCaller(await member('project-reporter', onProject, 20)),
    'project-developer': userCaller(await member('project-developer', onProject, 30)),
    'project-maintainer': userCaller(await member('project-maintainer', onProject, 40)),
    'project-owner': userCaller(owner),
    'group-guest': userCaller(await member('group-guest', onGroup, 10)),
    'group-developer': userCaller(await member('group-developer', onGroup, 30)),
    'group-maintainer': userCaller(await member('group-maintainer', onGroup, 40)),
    'group-owner': userCaller(await member('group-owner', onGroup, 50)),
    'expired-owner': userCaller(await member('expired-owner', onProject, 50, newYear)),
    admin: userCaller(await catalogue.user('admin1', { isAdmin: true })),
    'admin read_api': userCaller(await catalogue.user('admin2', { isAdmin: true }), ['read_api']),
    'owner read_api': userCaller(owner, ['read_api']),
    'owner read_user': userCaller(owner, ['read_user']),
    'owner read_package': userCaller(owner, ['read_package_registry']),
    'owner write_package': userCaller(owner, ['write_package_registry']),
    'developer-bot': await bot('developer-bot', project.id, 30),
    'bot-from-elsewhere': await bot('bot-from-elsewhere', elsewhere.id, 50),
    'project-deploy-read': deployCaller(onProject, ['read_package_registry']),
    'project-deploy-write': deployCaller(onProject, ['write_package_registry']),
    'project-deploy-virtual': deployCaller(onProject, ['write_virtual_registry']),
    'group-deploy-read': deployCaller(onGroup, ['read_package_registry']),
    'group-deploy-write': deployCaller(onGroup, ['write_package_registry']),
    'deploy-from-elsewhere': deployCaller({ projectId: elsewhere.id }, ['write_package_registry']),
    'deploy-from-foreign': deployCaller({ namespaceId: foreign.id }, ['write_package_registry']),
    // The number of this deploy token is that of the owner's account.
    'deploy-like-owner': {
      ...deployCaller({ namespaceId: foreign.id }, ['write_package_registry']),
      tokenId: owner.id,
    },
  };
  return { group, project, callers };
}
