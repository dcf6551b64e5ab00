import type { Caller } from '../access/caller.ts';
import { permitOnGroup, permitOnProject, type Verdict } from '../access/permit.ts';
import { missing, refusal } from '../access/refusal.ts';
import { findGroup } from '../catalog/namespaces.ts';
import { maintainsInProject } from '../catalog/people.ts';
import { findProject, type Project } from '../catalog/projects.ts';
import type { Session } from '../database/database.ts';
import type { MountScope, Needs, Route } from '../formats/format.ts';
import { type Problem, problem } from '../problems/problem.ts';
import type { KnownMounts } from '../registry/known-mounts.ts';
import type { Mount } from '../registry/mount.ts';
import { openVirtualMount } from './virtual-mount-of.ts';

export interface MountPath {
  readonly scope: MountScope;
  /** `:id` decoded: a number or a full path; empty for the instance. */
  readonly id: string;
  /** Of a virtual mount: a virtual registry, or a project with its upstream. */
  readonly of?: 'registry' | 'project';
}

/** What else an answer depends on. */
export interface MountFacts {
  readonly now: number;
  readonly format: string;
  readonly known: KnownMounts;
  /** The state of the database that the answer is of; `null` = can't be told. */
  readonly stamp: number | null;
}

/**
 * The mount that a path names, once the caller is allowed what the route needs. Unknown and hidden look alike.
 */
export async function openMount(
  session: Session,
  path: MountPath,
  caller: Caller,
  route: Route,
  facts: MountFacts,
): Promise<Mount> {
  const { now, format } = facts;
  if (route.needs === 'caller' && caller.kind === 'anonymous') throw problem('unauthenticated');
  try {
    if (path.scope === 'virtual' && !isPersonal(route.needs)) {
      return await openVirtualMount(
        session,
        { id: path.id, of: path.of ?? 'registry', format },
        caller,
        route.needs,
        facts,
      );
    }
    return await mountOf(session, path, caller, route.needs, now);
  } catch (error) {
    if (route.hideFromAnonymous === true && isUnauthenticated(error)) throw problem(`${thingOf(path.scope)}-not-found`);
    throw error;
  }
}

function isUnauthenticated(error: unknown): error is Problem {
  return error instanceof Error && 'code' in error && error.code === 'unauthenticated';
}

function thingOf(scope: MountScope): 'project' | 'group' {
  return scope === 'group' ? 'group' : 'project';
}

async function mountOf(session: Session, path: MountPath, caller: Caller, needs: Needs, now: number): Promise<Mount> {
  if (path.scope === 'instance' || isPersonal(needs)) return personalMount(session, path, caller, now);
  if (path.scope === 'group') {
    const group = await findGroup(session, path.id);
    if (group === undefined) throw missing(caller, 'group');
    const verdict = await permitOnGroup(session, caller, 'read-package', group, now);
    if (!verdict.allowed) throw refusal(verdict, 'group');
    return { scope: 'group', group };
  }
  const project = await findProject(session, path.id);
  if (project === undefined) throw missing(caller, 'project');
  const verdict = await projectVerdict(session, caller, needs, project, now);
  if (!verdict.allowed) throw refusal(verdict, 'project');
  return { scope: 'project', project };
}

/** Ping, login and the like are about the caller, not about packages. */
function isPersonal(needs: Needs): needs is 'nothing' | 'caller' {
  return needs === 'nothing' || needs === 'caller';
}

/**
 * They work below any URL, and answer the same whether the project exists, is hidden or isn't there: login must work
 * before anything can be seen.
 */
async function personalMount(session: Session, path: MountPath, caller: Caller, now: number): Promise<Mount> {
  const project = path.scope === 'project' ? await findProject(session, path.id) : undefined;
  if (project === undefined) return { scope: 'instance' };
  const verdict = await permitOnProject(session, caller, 'read-package', project, now);
  return verdict.allowed ? { scope: 'project', project } : { scope: 'instance' };
}

async function projectVerdict(
  session: Session,
  caller: Caller,
  needs: 'read' | 'publish' | 'delete',
  project: Project,
  now: number,
): Promise<Verdict> {
  const verdict = await permitOnProject(session, caller, `${needs}-package`, project, now);
  if (verdict.allowed || needs !== 'publish' || verdict.because !== 'forbidden' || caller.kind !== 'user')
    return verdict;
  // Maintainers of one package may publish it: which package this is, the pipeline asks when it knows the name.
  if (!(await maintainsInProject(session, caller.accountId, project.id))) return verdict;
  return permitOnProject(session, caller, 'read-package', project, now);
}
