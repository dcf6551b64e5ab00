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
  const members = await membersOf(catalogue, group, project);
  const owner = members['project-owner'];
  if (owner === undefined) throw new Error('the scene has no owner');
  const callers = {
    anonymous,
    stranger: userCaller(await catalogue.user('stranger')),
    admin: userCaller(await catalogue.user('admin1', { isAdmin: true })),
    ...members,
    ...tokensOf(owner),
    'admin read_api': userCaller(await catalogue.user('admin2', { isAdmin: true }), ['read_api']),
    'developer-bot': await bot(catalogue, 'developer-bot', project, 30),
    'bot-from-elsewhere': await bot(catalogue, 'bot-from-elsewhere', elsewhere, 50),
    ...deployTokens({ group, project, elsewhere, foreign }),
    // The number of this deploy token is that of the owner's account.
    'deploy-like-owner': {
      ...deployCaller({ namespaceId: foreign.id }, ['write_package_registry']),
      tokenId: owner.accountId,
    },
  };
  return { group, project, callers };
}

async function membersOf(
  catalogue: Catalogue,
  group: Namespace,
  project: Project,
): Promise<Record<string, UserCaller>> {
  const onProject = { projectId: project.id };
  const onGroup = { namespaceId: group.id };
  const wanted: [string, typeof onProject | typeof onGroup, AccessLevel, number?][] = [
    ['project-guest', onProject, 10],
    ['project-reporter', onProject, 20],
    ['project-developer', onProject, 30],
    ['project-maintainer', onProject, 40],
    ['project-owner', onProject, 50],
    ['group-guest', onGroup, 10],
    ['group-developer', onGroup, 30],
    ['group-maintainer', onGroup, 40],
    ['group-owner', onGroup, 50],
    ['expired-owner', onProject, 50, newYear],
  ];
  const callers: Record<string, UserCaller> = {};
  for (const [name, target, level, until] of wanted) {
    const account = await catalogue.user(name);
    await catalogue.member(target, account, level, until);
    callers[name] = userCaller(account);
  }
  return callers;
}

function tokensOf(owner: UserCaller): Record<string, Caller> {
  const withScope = (scope: TokenScope) => ({ ...owner, tokenId: 1, scopes: new Set([scope]) });
  return {
    'owner read_api': withScope('read_api'),
    'owner read_user': withScope('read_user'),
    'owner read_package': withScope('read_package_registry'),
    'owner write_package': withScope('write_package_registry'),
  };
}

async function bot(catalogue: Catalogue, name: string, project: Project, level: AccessLevel): Promise<UserCaller> {
  const account = await catalogue.user(name, { isBot: true });
  await catalogue.member({ projectId: project.id }, account, level);
  return userCaller(account, ['api']);
}

function deployTokens(
  places: Readonly<Record<'project' | 'elsewhere', Project> & Record<'group' | 'foreign', Namespace>>,
): Record<string, Caller> {
  const onProject = { projectId: places.project.id };
  const onGroup = { namespaceId: places.group.id };
  return {
    'project-deploy-read': deployCaller(onProject, ['read_package_registry']),
    'project-deploy-write': deployCaller(onProject, ['write_package_registry']),
    'project-deploy-virtual': deployCaller(onProject, ['write_virtual_registry']),
    'group-deploy-read': deployCaller(onGroup, ['read_package_registry']),
    'group-deploy-write': deployCaller(onGroup, ['write_package_registry']),
    'deploy-from-elsewhere': deployCaller({ projectId: places.elsewhere.id }, ['write_package_registry']),
    'deploy-from-foreign': deployCaller({ namespaceId: places.foreign.id }, ['write_package_registry']),
  };
}
