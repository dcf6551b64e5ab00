import type { Format, Route } from '../../format.ts';
import { providerProblem } from '../problem.ts';
import { compareVersions } from '../versions-order.ts';
import { downloadFromProject, downloadProviderFile, listProviderVersions, locateProvider } from './download.ts';
import { downloadForeign, downloadMirrored, mirrorDocument } from './mirror.ts';
import { isOwnProvider } from './names.ts';
import { release } from './release.ts';
import { listKeys, ownKey, registerKey, removeKey } from './signing-keys.ts';
import { providerUpstream } from './upstream.ts';
import { uploadMirroredArchive, uploadProviderFile } from './upload.ts';

const mirrored = '/mirror/:hostname/:namespace/:type';

const routes: readonly Route[] = [
  { method: 'GET', path: '/signing-key.asc', needs: 'nothing', handler: ownKey },
  {
    method: 'GET',
    path: '/v1/:namespace/:type/versions',
    needs: 'read',
    scopes: ['instance', 'virtual'],
    handler: listProviderVersions,
  },
  {
    method: 'GET',
    path: '/v1/:namespace/:type/:version/download/:os/:arch',
    needs: 'read',
    scopes: ['instance', 'virtual'],
    handler: locateProvider,
  },
  {
    method: 'GET',
    path: '/v1/:namespace/:type/:version/file/:file',
    needs: 'read',
    scopes: ['instance', 'virtual'],
    ticketed: true,
    handler: downloadProviderFile,
  },
  {
    method: 'GET',
    path: `${mirrored}/:document`,
    needs: 'read',
    scopes: ['group', 'instance', 'virtual'],
    handler: mirrorDocument,
  },
  {
    method: 'GET',
    path: `${mirrored}/:version/:file`,
    needs: 'read',
    scopes: ['virtual'],
    ticketed: true,
    handler: downloadForeign,
  },
  {
    method: 'GET',
    path: '/mirrored/:group/:hostname/:namespace/:type/:version/:file',
    needs: 'read',
    scopes: ['instance'],
    handler: downloadMirrored,
  },
  {
    method: 'PUT',
    path: `${mirrored}/:version/:file`,
    needs: 'publish',
    scopes: ['project'],
    handler: uploadMirroredArchive,
  },
  // Registering a key is a say in what counts as the project's own: for those who may remove packages.
  { method: 'PUT', path: '/signing-keys', needs: 'delete', scopes: ['project'], handler: registerKey },
  { method: 'GET', path: '/signing-keys', needs: 'read', scopes: ['project'], handler: listKeys },
  { method: 'DELETE', path: '/signing-keys/:fingerprint', needs: 'delete', scopes: ['project'], handler: removeKey },
  { method: 'POST', path: '/:type/:version/release', needs: 'publish', scopes: ['project'], handler: release },
  { method: 'GET', path: '/:type', needs: 'read', scopes: ['project', 'group'], handler: listProviderVersions },
  { method: 'GET', path: '/:type/:version/:file', needs: 'read', scopes: ['project'], handler: downloadFromProject },
  { method: 'PUT', path: '/:type/:version/:file', needs: 'publish', scopes: ['project'], handler: uploadProviderFile },
];

/** Terraform and OpenTofu providers: registry and network mirror. GitLab has neither; the upload URLs are ours. */
export const terraformProvider: Format = {
  id: 'terraform_provider',
  defaultMaxFileSize: 2 * 1024 ** 3,
  primaryTag: null,
  wrongBasicPassword: 'refuse',
  challenge: true,
  anonymousViews: 'challenge',
  uniqueName: isOwnProvider,
  routes,
  problem: providerProblem,
  upstream: providerUpstream,
  compareVersions,
};
