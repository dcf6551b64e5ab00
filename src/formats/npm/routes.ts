import type { Route } from '../format.ts';
import { commandRoutes } from './command-routes.ts';
import { packumentElsewhere, tarballElsewhere, versionElsewhere } from './elsewhere.ts';
import { getPackument } from './packument-reply.ts';
import { put } from './put.ts';
import { isStarCommand } from './star-command.ts';
import { getTarball } from './tarball.ts';
import { getVersionManifest } from './version-manifest.ts';

const publishHint = 'Publish to a project: /api/v4/projects/<id>/packages/npm/.';

/** Earlier routes win. No package is called `-`: routes that begin with it are commands and come first. */
export const routes: readonly Route[] = [
  ...commandRoutes,
  // Packages.
  { method: 'GET', path: '/:name', needs: 'read', elsewhere: packumentElsewhere, handler: getPackument },
  {
    method: 'GET',
    path: '/:name/-/:file',
    needs: 'read',
    hideFromAnonymous: true,
    elsewhere: tarballElsewhere,
    handler: getTarball,
  },
  { method: 'GET', path: '/:name/:version', needs: 'read', elsewhere: versionElsewhere, handler: getVersionManifest },
  {
    method: 'PUT',
    path: '/:name',
    needs: 'publish',
    needsOf: (headers) => (isStarCommand(headers) ? 'read' : 'publish'),
    scopes: ['project'],
    scopeHint: publishHint,
    handler: put,
  },
  {
    method: 'PUT',
    path: '/:name/-rev/:rev',
    needs: 'publish',
    scopes: ['project'],
    scopeHint: publishHint,
    handler: put,
  },
];
