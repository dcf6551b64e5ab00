import { Type } from 'typebox';
import { findProjectUpstream, removeProjectUpstream, setProjectUpstream } from '../../catalog/project-upstreams.ts';
import { forgetSite } from '../../catalog/upstream-place.ts';
import { deleteUpstream, insertUpstream, updateUpstream, type Upstream } from '../../catalog/upstreams.ts';
import { rootIdOf } from '../../catalog/name-claims.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import { reference, text } from '../fields.ts';
import { operation } from '../operation.ts';
import { projectFor } from '../place.ts';
import { formatFor } from '../virtual-registries/find.ts';
import { presentUpstream } from '../virtual-registries/present.ts';
import { upstreamChanges, upstreamSchema } from '../virtual-registries/schema.ts';
import { changedUpstream, emptyUpstream } from '../virtual-registries/upstream-input.ts';

const facts = { tag: 'Dependency proxy', needs: 'caller' } as const;
const path = '/projects/:id/dependency_proxy/settings/:format';
const params = Type.Object({
  id: reference('project'),
  format: text('Id of the package format: `npm`, `maven`.', { min: 1, max: 50, examples: ['maven'] }),
});
const one = { description: 'The upstream; its password or token is never shown.', schema: upstreamSchema };
const noUpstream = 'The project has no upstream for this format.';

const get = operation({
  ...facts,
  id: 'get_dependency_proxy',
  method: 'GET',
  path,
  summary: "Shows the upstream of a project's dependency proxy for a format",
  description: 'Needs the maintainer role.',
  params,
  responses: { 200: one },
  handler: async (context, { params: { id, format } }) => {
    const project = await projectFor(context, id, 'admin-project');
    const upstream = await findProjectUpstream(context.database, project.id, formatFor(context, format).id);
    if (upstream === undefined) throw problem('not-found', noUpstream);
    return { status: 200, body: presentUpstream(upstream) };
  },
});

const put = operation({
  ...facts,
  id: 'set_dependency_proxy',
  method: 'PUT',
  path,
  summary: "Sets the upstream of a project's dependency proxy for a format",
  description:
    'Clients then use `/projects/:id/dependency_proxy/packages/:format`, which answers with the packages of the project first. Another URL clears the credentials. Needs the maintainer role.',
  params,
  body: upstreamChanges,
  responses: { 200: one },
  handler: async (context, { params: { id, format: formatId }, body }) => {
    const project = await projectFor(context, id, 'admin-project');
    const { id: format } = formatFor(context, formatId);
    const before = await findProjectUpstream(context.database, project.id, format);
    const empty = { ...emptyUpstream, namespaceId: rootIdOf(project.lineage), format };
    if (before === undefined && body.url === undefined) throw problem('invalid-parameter', 'url is missing');
    const fields = await changedUpstream(context, body, before ?? empty);
    if (fields.url === null) throw problem('invalid-parameter', 'url must be an http or https URL.');
    const after = await context.database.transaction(async (tx) => {
      const saved: Upstream =
        before === undefined ? await insertUpstream(tx, fields, context.now()) : { ...before, ...fields };
      if (before !== undefined) {
        await updateUpstream(tx, saved, context.now());
        if (before.url !== saved.url) await forgetSite(tx, saved.id);
      }
      await setProjectUpstream(tx, project.id, format, saved.id);
      const details = { format, url: saved.url };
      await record(tx, context, {
        action: 'dependency-proxy.set',
        projectId: project.id,
        subject: project.fullPath,
        details,
      });
      return saved;
    });
    return { status: 200, body: presentUpstream(after) };
  },
});

const remove = operation({
  ...facts,
  id: 'delete_dependency_proxy',
  method: 'DELETE',
  path,
  summary: "Ends a project's dependency proxy for a format, with what is cached of it",
  description: 'Needs the maintainer role.',
  params,
  responses: { 204: { description: 'Ended.' } },
  handler: async (context, { params: { id, format: formatId } }) => {
    const project = await projectFor(context, id, 'admin-project');
    const { id: format } = formatFor(context, formatId);
    const upstream = await findProjectUpstream(context.database, project.id, format);
    if (upstream === undefined) throw problem('not-found', noUpstream);
    await context.database.transaction(async (tx) => {
      await removeProjectUpstream(tx, project.id, format);
      await deleteUpstream(tx, upstream.id);
      await record(tx, context, {
        action: 'dependency-proxy.delete',
        projectId: project.id,
        subject: project.fullPath,
        details: { format },
      });
    });
    return { status: 204 };
  },
});

export const dependencyProxyOperations = [get, put, remove];
