import type { Format, Route } from '../format.ts';
import { discover } from './discovery.ts';
import { describeModule, listVersions } from './module-detail.ts';
import { listModules } from './module-search.ts';
import { moduleProblem } from './problem.ts';
import { downloadFromProject } from './project-download.ts';
import { downloadArchive, locateArchive, redirectToLatest } from './registry-download.ts';
import { isUniqueName, moduleSettings } from './settings.ts';
import { moduleUpstream } from './upstream.ts';
import { uploadElsewhere, uploadModule } from './upload.ts';
import { compareVersions } from './versions-order.ts';

/** GitLab's URLs of a project. */
const projectRoutes: readonly Route[] = [
  { method: 'GET', path: '/modules/:name/:system/versions', needs: 'read', handler: listVersions, scopes: ['project'] },
  { method: 'GET', path: '/modules/:name/:system', needs: 'read', handler: downloadFromProject, scopes: ['project'] },
  {
    method: 'GET',
    path: '/modules/:name/:system/:version',
    needs: 'read',
    handler: downloadFromProject,
    scopes: ['project'],
  },
  {
    method: 'PUT',
    path: '/modules/:name/:system/:version/file',
    needs: 'publish',
    handler: uploadModule,
    scopes: ['project'],
  },
  {
    method: 'PUT',
    path: '/modules/:name/:system/:version',
    needs: 'publish',
    handler: uploadElsewhere,
    scopes: ['project'],
  },
];

const module = '/modules/v1/:namespace/:name/:system';

const views = ['instance', 'virtual'] as const;

/**
 * The module registry protocol; its addresses name a group or user, so it is served of the whole instance, and of virtual
 * registries, where they may also name what another registry calls so.
 */
const registryRoutes: readonly Route[] = (
  [
    ['/modules/v1', listModules, ['instance']],
    ['/modules/v1/search', listModules, ['instance']],
    ['/modules/v1/:namespace', listModules, ['instance']],
    [`${module}/versions`, listVersions, views],
    [`${module}/download`, redirectToLatest, views],
    [module, describeModule, views],
    [`${module}/:version`, describeModule, views],
    [`${module}/:version/download`, locateArchive, views],
  ] as const
).map(([path, handler, scopes]) => ({ method: 'GET', path, needs: 'read', handler, scopes }));

const archiveRoute: Route = {
  method: 'GET',
  path: `${module}/:version/file`,
  needs: 'read',
  handler: downloadArchive,
  scopes: views,
  ticketed: true,
};

/** Terraform and OpenTofu modules. https://docs.gitlab.com/user/packages/terraform_module_registry/ */
export const terraform: Format = {
  id: 'terraform',
  packageType: 'terraform_module',
  listedApart: true,
  defaultMaxFileSize: 1024 ** 3,
  primaryTag: null,
  wrongBasicPassword: 'refuse',
  challenge: true,
  anonymousViews: 'challenge',
  settings: moduleSettings,
  uniqueName: isUniqueName,
  routes: [...registryRoutes, archiveRoute, ...projectRoutes],
  siteRoutes: [{ method: 'GET', path: '/.well-known/terraform.json', needs: 'nothing', handler: discover }],
  problem: moduleProblem,
  upstream: moduleUpstream,
  compareVersions,
};
