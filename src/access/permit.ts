/**
 * The one place that says yes or no: roles as in https://docs.gitlab.com/user/permissions/, guests reading packages.
 * Nothing here writes. Every function takes the time last, for memberships that expire.
 */
import { isPackageMaintainer, roleOf } from '../catalog/roles.ts';
import type { Namespace } from '../catalog/namespaces.ts';
import type { Project } from '../catalog/projects.ts';
import type { Visibility } from '../catalog/visibility.ts';
import type { Session } from '../database/database.ts';
import { type AccessLevel, type Caller, developer, maintainer, owner } from './caller.ts';
import { lacksScope, mayUse, type Use } from './scopes.ts';
import { belongsToGroup } from './visible.store.ts';

/** Deprecating a version, removing a tag or file count as `delete-package`. */
export type PackageAction = 'read-package' | 'publish-package' | 'tag-package' | 'delete-package';

export type ProjectAction =
  | PackageAction
  | 'read-project'
  | 'manage-members'
  | 'manage-tokens'
  | 'admin-project'
  | 'remove-project';

/** `read-package` of a group: its view may be seen; each project in it decides for itself. */
export type GroupAction =
  | 'read-package'
  | 'read-group'
  | 'create-project'
  | 'create-subgroup'
  | 'manage-members'
  | 'manage-tokens'
  | 'manage-virtual-registries'
  | 'admin-group';

/**
 * Reading through a virtual registry of a group: for those who belong to it, or to something below it. That the group is
 * public doesn't count: whoever reads here uses credentials for other registries.
 */
export async function permitOnVirtualRegistry(
  session: Session,
  caller: Caller,
  groupId: number,
  now: number = Date.now(),
): Promise<Verdict> {
  if (caller.kind === 'anonymous') return no(caller, 'unauthenticated');
  if (!(await belongsToGroup(session, caller, groupId, now))) return no(caller, 'hidden');
  return mayUse(caller, 'read-virtual') ? allowed : no(caller, 'forbidden', lacksScope('read-virtual'));
}

/** Reading through the dependency proxy of a project: for its members, who use its credentials for another registry. */
export async function permitOnDependencyProxy(
  session: Session,
  caller: Caller,
  project: Project,
  now: number = Date.now(),
): Promise<Verdict> {
  const verdict = await permitOnProject(session, caller, 'read-package', project, now);
  if (!verdict.allowed) return verdict;
  if ((await projectRole(session, caller, project, now)) > 0) return allowed;
  return no(caller, 'forbidden', 'Only members of the project may use its dependency proxy.');
}

export type InstanceAction = 'create-group' | 'admin-instance';

/**
 * `hidden` = must look as if it did not exist; `unauthenticated` = an anonymous caller, whether it exists or not.
 * `reason` is a sentence for the caller, or empty.
 */
export type Verdict = { readonly allowed: true } | Refusal;

export interface Refusal {
  readonly allowed: false;
  readonly because: 'unauthenticated' | 'forbidden' | 'hidden' | 'registry-disabled';
  readonly reason: string;
}

interface Rule {
  readonly use: Use;
  /** Least role; 0 = seeing it is enough. */
  readonly role: AccessLevel | 0;
}

const projectRules: Readonly<Record<ProjectAction, Rule>> = {
  'read-project': { use: 'read', role: 0 },
  'read-package': { use: 'read-packages', role: 0 },
  'publish-package': { use: 'write-packages', role: developer },
  'tag-package': { use: 'write-packages', role: developer },
  'delete-package': { use: 'write-packages', role: maintainer },
  'manage-members': { use: 'write', role: maintainer },
  'manage-tokens': { use: 'write', role: maintainer },
  'admin-project': { use: 'write', role: maintainer },
  'remove-project': { use: 'write', role: owner },
};

const groupRules: Readonly<Record<GroupAction, Rule>> = {
  'read-group': { use: 'read', role: 0 },
  'read-package': { use: 'read-packages', role: 0 },
  'create-project': { use: 'write', role: developer },
  'create-subgroup': { use: 'write', role: maintainer },
  'manage-members': { use: 'write', role: owner },
  'manage-tokens': { use: 'write', role: owner },
  'manage-virtual-registries': { use: 'write', role: maintainer },
  'admin-group': { use: 'write', role: owner },
};

const roleNames: Readonly<Record<AccessLevel, string>> = {
  10: 'Guest',
  20: 'Reporter',
  30: 'Developer',
  40: 'Maintainer',
  50: 'Owner',
};

/** Above all roles: GitLab's number in protection rules. */
export const administrator = 60;

const allowed: Verdict = { allowed: true };

export async function permitOnProject(
  session: Session,
  caller: Caller,
  action: ProjectAction,
  project: Project,
  now: number = Date.now(),
): Promise<Verdict> {
  const rule = projectRules[action];
  const open = openTo(caller, project.visibility);
  const needsRole = !open || rule.role > 0 || project.packagesAccess === 'private';
  const role = needsRole ? await projectRole(session, caller, project, now) : 0;
  const offersPackages = action === 'read-package' && project.packagesAccess === 'public';
  if (!open && role === 0 && !offersPackages) return no(caller, 'hidden');
  const closed = isPackageAction(action) ? packagesClosed(caller, project, role) : null;
  return closed ?? decide(caller, rule, role);
}

/** Like `permitOnProject`; besides, those whom a package names as maintainers may publish and tag it. */
export async function permitOnPackage(
  session: Session,
  caller: Caller,
  action: PackageAction,
  project: Project,
  packageId: number | null,
  now: number = Date.now(),
): Promise<Verdict> {
  const verdict = await permitOnProject(session, caller, action, project, now);
  if (verdict.allowed || verdict.because !== 'forbidden' || packageId === null || caller.kind !== 'user')
    return verdict;
  const mayByName = action === 'publish-package' || action === 'tag-package';
  if (!mayByName || !mayUse(caller, projectRules[action].use)) return verdict;
  const reads = await permitOnProject(session, caller, 'read-package', project, now);
  return reads.allowed && (await isPackageMaintainer(session, packageId, caller.accountId)) ? allowed : verdict;
}

export async function permitOnGroup(
  session: Session,
  caller: Caller,
  action: GroupAction,
  group: Namespace,
  now: number = Date.now(),
): Promise<Verdict> {
  const rule = groupRules[action];
  if (!openTo(caller, group.visibility) && !(await belongsToGroup(session, caller, group.id, now))) {
    return no(caller, 'hidden');
  }
  const role = rule.role === 0 ? 0 : await groupRole(session, caller, group, now);
  return decide(caller, rule, role);
}

/** `create-group`: at the top level, by people; `admin-instance`: settings, users, everything. */
export function permitOnInstance(caller: Caller, action: InstanceAction): Verdict {
  if (caller.kind === 'anonymous') return no(caller, 'unauthenticated');
  if (!mayUse(caller, 'write')) return no(caller, 'forbidden', lacksScope('write'));
  const isPerson = caller.kind === 'user' && !caller.isBot;
  if (action === 'create-group' && isPerson) return allowed;
  if (isPerson && caller.isAdmin) return allowed;
  return no(
    caller,
    'forbidden',
    action === 'admin-instance' ? 'Only administrators may do this.' : 'Only people may do this.',
  );
}

/** Anyone, or any person who signed in, sees it. Bots and deploy tokens stay in the place they were made for. */
function openTo(caller: Caller, visibility: Visibility): boolean {
  return visibility === 'public' || (visibility === 'internal' && caller.kind === 'user' && !caller.isBot);
}

/** A deploy token counts as a maintainer where it is at home: its scopes say how much of that it may use. */
async function projectRole(session: Session, caller: Caller, project: Project, now: number): Promise<AccessLevel | 0> {
  if (caller.kind === 'anonymous') return 0;
  if (caller.kind === 'user') {
    if (caller.isAdmin) return owner;
    return roleOf(session, caller.accountId, { lineage: project.lineage, projectId: project.id }, now);
  }
  const atHome =
    caller.projectId === null ? project.lineage.includes(`/${caller.namespaceId}/`) : caller.projectId === project.id;
  return atHome ? maintainer : 0;
}

/**
 * What protection rules of a project compare: the role there; 60 for administrators; 0 for deploy tokens, which no rule
 * lets through, as in GitLab.
 */
export async function protectionLevel(
  session: Session,
  caller: Caller,
  project: Project,
  now: number = Date.now(),
): Promise<number> {
  if (caller.kind !== 'user') return 0;
  return caller.isAdmin ? administrator : projectRole(session, caller, project, now);
}

/** Whether all that lies below a group at the top may be told to the caller: members of it are members of all below. */
export async function knowsAllOf(
  session: Session,
  caller: Caller,
  rootId: number,
  now: number = Date.now(),
): Promise<boolean> {
  if (caller.kind === 'anonymous') return false;
  if (caller.kind === 'deploy-token') return caller.namespaceId === rootId;
  if (caller.isAdmin) return true;
  return (await roleOf(session, caller.accountId, { lineage: `/${rootId}/`, projectId: null }, now)) > 0;
}

async function groupRole(session: Session, caller: Caller, group: Namespace, now: number): Promise<AccessLevel | 0> {
  if (caller.kind !== 'user') return 0;
  if (caller.isAdmin) return owner;
  return roleOf(session, caller.accountId, { lineage: group.lineage, projectId: null }, now);
}

function isPackageAction(action: ProjectAction): action is PackageAction {
  return action.endsWith('-package');
}

/** The refusal that the project's package setting asks for, or `null`. The caller may see the project already. */
function packagesClosed(caller: Caller, project: Project, role: AccessLevel | 0): Verdict | null {
  if (project.packagesAccess === 'disabled') {
    return no(caller, 'registry-disabled', 'The package registry of this project is switched off.');
  }
  if (project.packagesAccess === 'private' && role === 0) {
    return no(caller, 'forbidden', 'Only members of the project may use its packages.');
  }
  return null;
}

function decide(caller: Caller, rule: Rule, role: AccessLevel | 0): Verdict {
  if (!mayUse(caller, rule.use)) return no(caller, 'forbidden', lacksScope(rule.use));
  if (role >= rule.role) return allowed;
  return no(caller, 'forbidden', `This needs the role ${roleNames[rule.role as AccessLevel]} or a higher one.`);
}

/** A refusal. To somebody anonymous the answer is always the same: sign in first. */
function no(caller: Caller, because: Refusal['because'], reason = ''): Verdict {
  if (caller.kind === 'anonymous' && because !== 'registry-disabled') {
    return { allowed: false, because: 'unauthenticated', reason: '' };
  }
  return { allowed: false, because, reason };
}
