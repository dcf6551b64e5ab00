import { problem } from '../../../src/problems/problem.ts';
import type { Name, VersionName } from '../../../src/registry/model.ts';
import type { Format, FormatRequest, RegistryPort, Reply } from '../../../src/formats/format.ts';
import { parcelList } from './document.ts';

const form = /^[a-z0-9][a-z0-9.-]{0,99}$/;

function coordinates({ params }: FormatRequest): { name: Name; version: VersionName } {
  const { name = '', version = '1' } = params;
  if (!form.test(name)) throw problem('invalid-name', 'A parcel is called by small letters, digits, dots and dashes.');
  if (!form.test(version)) throw problem('invalid-version', 'A version is small letters, digits, dots and dashes.');
  return { name: { key: name, display: name, namespace: null }, version: { key: version, display: version } };
}

async function upload(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { name, version } = coordinates(request);
  const staged = await registry.stage(request.body());
  await registry.publish({
    name,
    version,
    manifest: JSON.stringify({ sha256: staged.digests.sha256 }),
    summary: null,
    readme: null,
    description: null,
    keywords: [],
    files: [{ name: 'parcel', role: 'archive', staged, uniqueKey: null }],
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'refuse',
    status: 'default',
  });
  return { status: 201, body: { ok: true } };
}

async function list(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return { document: await registry.document(parcelList, coordinates(request).name) };
}

async function download(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { name, version } = coordinates(request);
  const file = await registry.file(name, { versionKey: version.key, fileName: 'parcel' });
  const downloadName = `${name.key}-${version.key}.parcel`;
  return { file, mediaType: 'application/octet-stream', downloadName, mutable: false };
}

/** Parcels: one file a version, and a list of versions. */
export const parcel: Format = {
  id: 'parcel',
  defaultMaxFileSize: 100 * 1024 ** 2,
  primaryTag: null,
  wrongBasicPassword: 'refuse',
  challenge: true,
  routes: [
    { method: 'GET', path: '/:name', needs: 'read', handler: list },
    { method: 'GET', path: '/:name/:version', needs: 'read', handler: download },
    { method: 'PUT', path: '/:name/:version', needs: 'publish', scopes: ['project'], handler: upload },
  ],
  problem: ({ status, message }) => ({ status, body: { error: message } }),
  compareVersions: (a, b) => a.localeCompare(b, 'en', { numeric: true }),
};
