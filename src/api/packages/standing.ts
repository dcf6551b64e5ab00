/** What is said of versions and packages: ours, GitLab has no such operations. */
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { operation } from '../operation.ts';
import { packageFor } from './find.ts';
import * as schema from './schema.ts';

const changing = {
  tag: 'Packages',
  needs: 'caller',
  scopes: ['api', 'write_package_registry'],
  params: schema.ofPackage,
} as const;

const setStanding = operation({
  ...changing,
  id: 'set_package_standing',
  method: 'PUT',
  path: '/projects/:id/packages/:package_id/standing',
  summary: 'Says something of one version',
  description:
    'PyPI: `yanked`, so that only those install it who ask for exactly this version. `null` takes it back. Which words there are depends on the format. Needs the role Maintainer.',
  body: schema.standingBody,
  responses: { 200: { description: 'What is said of it now.', schema: schema.standingSchema } },
  handler: async (context, { params, body }) => {
    const found = await subject(context, params);
    const change = { standing: body.standing, reason: reasonOf(body) };
    await context.packages.setStanding(found.package_id, change, context.caller);
    return { status: 200, body: { ...found, ...change } };
  },
});

const setPackageStanding = operation({
  ...changing,
  id: 'set_package_standing_of_all_versions',
  method: 'PUT',
  path: '/projects/:id/packages/:package_id/package_standing',
  summary: 'Says something of a package with all of its versions',
  description:
    'PyPI: `deprecated` is shown; `archived` also takes no more uploads; of what is `quarantined`, nothing is offered either. `null` takes it back. Any version of the package stands for it. Needs the role Maintainer.',
  body: schema.packageStandingBody,
  responses: { 200: { description: 'What is said of it now.', schema: schema.packageStandingSchema } },
  handler: async (context, { params, body }) => {
    const { version: _version, ...found } = await subject(context, params);
    const change = { standing: body.standing, reason: reasonOf(body) };
    await context.packages.setPackageStanding(found.package_id, change, context.caller);
    return { status: 200, body: { ...found, ...change } };
  },
});

async function subject(context: ApiContext, params: { readonly id: string; readonly package_id: number }) {
  const { item } = await packageFor(context, params, 'delete-package');
  return { package_id: item.id, name: item.name, version: item.version };
}

/** A reason for nothing is none. */
function reasonOf({ standing, reason }: { standing: string | null; reason?: string | null }): string | null {
  const text = reason?.trim() ?? '';
  if (standing === null && text !== '') throw problem('invalid-parameter', 'reason goes with a standing only');
  return text === '' ? null : text;
}

export const standingOperations = [setStanding, setPackageStanding];
