import type { Route } from '../format.ts';
import { autocomplete } from './autocomplete.ts';
import { download, versionList } from './download.ts';
import { type Hive, hivePaths, hives } from './links.ts';
import { relist, remove } from './listing.ts';
import { push } from './push.ts';
import { registrationIndex, registrationLeaf, registrationPage } from './registrations.ts';
import { search } from './search.ts';
import { serviceIndex } from './v3-index.ts';
import { pushSymbols } from './symbol-push.ts';
import { symbolFile } from './symbol-server.ts';
import { vulnerabilityIndex, vulnerabilityPage } from './vulnerability-info.ts';

const scopeHint = 'Push to the URL of a project: groups and the instance are views.';

function registrations(hive: Hive): readonly Route[] {
  const path = `/${hivePaths[hive]}/:id`;
  return [
    { method: 'GET', path: `${path}/index.json`, needs: 'read', handler: registrationIndex(hive) },
    { method: 'GET', path: `${path}/page/:lower/:upper`, needs: 'read', handler: registrationPage(hive) },
    { method: 'GET', path: `${path}/:file`, needs: 'read', handler: registrationLeaf(hive) },
  ];
}

/** Push and V3: GitLab's paths, and those that it has none for. */
export const v3Routes: readonly Route[] = [
  { method: 'GET', path: '/index.json', needs: 'nothing', handler: serviceIndex },
  { method: 'GET', path: '/query', needs: 'read', handler: search },
  { method: 'GET', path: '/autocomplete', needs: 'read', handler: autocomplete },
  { method: 'GET', path: '/download/:id/index.json', needs: 'read', handler: versionList },
  { method: 'GET', path: '/download/:id/:version/:file', needs: 'read', handler: download },
  ...hives.flatMap(registrations),
  { method: 'GET', path: '/vulnerabilities/index.json', needs: 'read', handler: vulnerabilityIndex },
  { method: 'GET', path: '/vulnerabilities/all.json', needs: 'read', handler: vulnerabilityPage },
  { method: 'GET', path: '/symbolfiles/:file/:signature/:again', needs: 'read', handler: symbolFile },
  { method: 'PUT', path: '/', needs: 'publish', scopes: ['project'], scopeHint, handler: push },
  { method: 'PUT', path: '/symbolpackage', needs: 'publish', scopes: ['project'], scopeHint, handler: pushSymbols },
];

/** Two segments of any kind: they stand behind all others. */
export const listingRoutes: readonly Route[] = [
  { method: 'DELETE', path: '/:id/:version', needs: 'delete', scopes: ['project'], handler: remove },
  { method: 'POST', path: '/:id/:version', needs: 'delete', scopes: ['project'], handler: relist },
];
