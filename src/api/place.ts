/** Finds what a path names and asks whether the caller may do something there: the first step of most handlers. */
import type { UserCaller } from '../access/caller.ts';
import {
  type GroupAction,
  permitOnGroup,
  permitOnInstance,
  permitOnProject,
  type ProjectAction,
  type Verdict,
} from '../access/permit.ts';
import { missing, refusal, type Thing } from '../access/refusal.ts';
import { findGroup, type Namespace } from '../catalog/namespaces.ts';
import { findProject, type Project } from '../catalog/projects.ts';
import { problem } from '../problems/problem.ts';
import type { ApiContext } from './context.ts';

/** The project, when the caller may do `action` there; else 404, 403 or `registry-disabled`. */
export async function projectFor(context: ApiContext, id: string | number, action: ProjectAction): Promise<Project> {
  const { database, caller, now } = context;
  const project = await findProject(database, id);
  if (project === undefined) throw absent(context, 'project');
  insist(context, await permitOnProject(database, caller, action, project, now()), 'project');
  return project;
}

/** The group, when the caller may do `action` there; else 404 or 403. */
export async function groupFor(context: ApiContext, id: string | number, action: GroupAction): Promise<Namespace> {
  const { database, caller, now } = context;
  const group = await findGroup(database, id);
  if (group === undefined) throw absent(context, 'group');
  insist(context, await permitOnGroup(database, caller, action, group, now()), 'group');
  return group;
}

export async function mayOnProject(context: ApiContext, action: ProjectAction, project: Project): Promise<boolean> {
  return (await permitOnProject(context.database, context.caller, action, project, context.now())).allowed;
}

export async function mayOnGroup(context: ApiContext, action: GroupAction, group: Namespace): Promise<boolean> {
  return (await permitOnGroup(context.database, context.caller, action, group, context.now())).allowed;
}

/** `forbidden` for everybody but administrators. */
export function administratorOnly(context: ApiContext): void {
  insist(context, permitOnInstance(context.caller, 'admin-instance'), 'group');
}

export function isAdministrator({ caller }: ApiContext): boolean {
  return caller.kind === 'user' && caller.isAdmin;
}

/** The caller as an account; `forbidden` for deploy tokens, which have none. */
export function accountOf({ caller }: ApiContext): UserCaller {
  if (caller.kind === 'user') return caller;
  if (caller.kind === 'anonymous') throw problem('unauthenticated');
  throw problem('forbidden', 'A deploy token has no account: use a personal, project or group access token.');
}

/**
 * Anonymous callers get 404 for what they may not see, existing or not: an operation that admits them at all does not
 * ask them to sign in (GitLab's `GET /projects/:id`).
 */
function insist(context: ApiContext, verdict: Verdict, thing: Thing): void {
  if (verdict.allowed) return;
  if (verdict.because === 'unauthenticated') throw absent(context, thing);
  throw refusal(verdict, thing);
}

function absent({ caller }: ApiContext, thing: Thing) {
  return caller.kind === 'anonymous' ? problem(`${thing}-not-found`) : missing(caller, thing);
}
