import type { Static } from 'typebox';
import { permitOnGroup } from '../../access/permit.ts';
import { missing, refusal } from '../../access/refusal.ts';
import { findNamespace, findUserNamespace, type Namespace } from '../../catalog/namespaces.ts';
import { createProject, deleteProject, moveProject, updateProject } from '../../catalog/project-changes.ts';
import { findProject, type Project } from '../../catalog/projects.ts';
import type { PackagesAccess } from '../../catalog/visibility.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import type { ApiContext } from '../context.ts';
import { applyForwarding, readForwarding } from '../forwarding-fields.ts';
import { pathFromName } from '../path-taken.ts';
import { accountOf, projectFor } from '../place.ts';
import type { newProject, projectChanges } from './schema.ts';

export async function makeProject(context: ApiContext, wanted: Static<typeof newProject>): Promise<Project> {
  const { name, path } = nameAndPath(wanted);
  const namespace = await homeOf(context, wanted.namespace_id);
  const packagesAccess = packagesAccessOf(wanted);
  return context.database.transaction(async (tx) => {
    const project = await createProject(
      tx,
      {
        namespaceId: namespace.id,
        name,
        path,
        description: wanted.description ?? '',
        visibility: wanted.visibility ?? 'private',
        ...(packagesAccess === undefined ? {} : { packagesAccess }),
      },
      context.now(),
    );
    const details = { visibility: project.visibility };
    await record(tx, context, {
      action: 'project.create',
      projectId: project.id,
      subject: `project:${project.fullPath}`,
      details,
    });
    return project;
  });
}

function nameAndPath({ name, path }: Static<typeof newProject>): { name: string; path: string } {
  if (name === undefined && path === undefined) {
    throw problem('invalid-parameter', 'name, path are missing, at least one parameter must be provided');
  }
  return { name: name ?? path ?? '', path: path ?? pathFromName(name ?? '') };
}

/** The namespace the project shall lie in, when the caller may create projects there. */
async function homeOf(context: ApiContext, id: number | undefined): Promise<Namespace> {
  const { database, caller, now } = context;
  const { accountId } = accountOf(context);
  const namespace = await (id === undefined ? findUserNamespace(database, accountId) : findNamespace(database, id));
  if (namespace === undefined) {
    if (id !== undefined) throw missing(caller, 'group');
    throw problem('invalid-parameter', 'namespace_id is missing: this account has no space of its own.');
  }
  const verdict = await permitOnGroup(database, caller, 'create-project', namespace, now());
  if (!verdict.allowed) throw refusal(verdict, 'group');
  return namespace;
}

export async function changeProject(
  context: ApiContext,
  id: string,
  changes: Static<typeof projectChanges>,
): Promise<Project> {
  const project = await projectFor(context, id, 'admin-project');
  // Who sees a project and where, and whether names leave it, is for owners to say, as in GitLab.
  const forwarding = readForwarding(context, changes);
  if (changes.visibility !== undefined || changes.path !== undefined || forwarding.size > 0) {
    await projectFor(context, id, 'remove-project');
  }
  const packagesAccess = packagesAccessOf(changes);
  return context.database.transaction(async (tx) => {
    const set = {
      ...(changes.name === undefined ? {} : { name: changes.name }),
      ...(changes.description === undefined ? {} : { description: changes.description ?? '' }),
      ...(changes.visibility === undefined ? {} : { visibility: changes.visibility }),
      ...(packagesAccess === undefined ? {} : { packagesAccess }),
    };
    await updateProject(tx, project, set, context.now());
    const path = changes.path ?? project.path;
    if (path !== project.path) await moveProject(tx, { ...project, ...set }, { path }, context.now());
    const place = { lineage: project.lineage, projectId: project.id };
    const said = await applyForwarding(tx, place, forwarding);
    const details = { ...set, ...said, ...(path === project.path ? {} : { path }) };
    await record(tx, context, {
      action: 'project.update',
      projectId: project.id,
      subject: `project:${project.fullPath}`,
      details,
    });
    const changed = await findProject(tx, project.id);
    if (changed === undefined) throw problem('project-not-found');
    return changed;
  });
}

export async function dropProject(context: ApiContext, id: string): Promise<void> {
  const project = await projectFor(context, id, 'remove-project');
  await context.database.transaction(async (tx) => {
    await deleteProject(tx, project.id, context.now());
    await record(tx, context, {
      action: 'project.delete',
      projectId: project.id,
      subject: `project:${project.fullPath}`,
    });
  });
}

function packagesAccessOf(body: {
  readonly package_registry_access_level?: PackagesAccess;
  readonly packages_enabled?: boolean;
}): PackagesAccess | undefined {
  if (body.package_registry_access_level !== undefined) return body.package_registry_access_level;
  if (body.packages_enabled === undefined) return undefined;
  return body.packages_enabled ? 'enabled' : 'disabled';
}
