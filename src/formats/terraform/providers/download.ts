import { problem } from '../../../problems/problem.ts';
import type { Name, StoredFile } from '../../../registry/model.ts';
import type { FileReply, FormatRequest, RegistryPort, Reply } from '../../format.ts';
import { readVersion } from '../names.ts';
import { knownFile, shasumsName, signatureName } from './file-names.ts';
import { readProviderName } from './names.ts';
import type { SignatureDetails } from './release.ts';
import { type Platform, type ProviderVersion, providerVersions } from './version-list.ts';

/** `GET /v1/:namespace/:type/versions`, and `GET /:type` of a project. */
export async function listProviderVersions(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const view = request.params['namespace'] === undefined ? registry : await viewOf(request, registry);
  return { document: await view.document(providerVersions, readProviderName(request.params)) };
}

/**
 * `GET /v1/:namespace/:type/:version/download/:os/:arch`: where the archive, its sums and their signature are. Clients fetch
 * those without a credential, so each address carries a ticket.
 * https://developer.hashicorp.com/terraform/internals/provider-registry-protocol#find-a-provider-package
 */
export async function locateProvider(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = readProviderName(request.params);
  const version = readVersion(request.params).key;
  const { os = '', arch = '' } = request.params;
  const view = await viewOf(request, registry);
  const listed = await releasedVersion(view, name, version);
  const platform = listed.platforms.find((one) => one.os === os && one.arch === arch);
  if (platform === undefined) {
    throw problem(
      'file-not-found',
      `${name.display} ${version} is not there for ${os.slice(0, 40)} ${arch.slice(0, 40)}.`,
    );
  }
  const urlOf = (file: StoredFile): string => providerFileUrl(request, registry, version, file);
  const find = (fileName: string) => view.file(name, { versionKey: version, fileName });
  const signature = await find(signatureName(name.key, version));
  const { keyId, armored } = JSON.parse(signature.details ?? '{}') as SignatureDetails;
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      protocols: listed.protocols,
      os,
      arch,
      filename: platform.fileName,
      download_url: urlOf(await find(platform.fileName)),
      shasum: platform.sha256,
      shasums_url: urlOf(await find(shasumsName(name.key, version))),
      shasums_signature_url: urlOf(signature),
      signing_keys: {
        gpg_public_keys: [{ key_id: keyId, ascii_armor: armored, trust_signature: '', source: '', source_url: null }],
      },
      packages: packagesOf(listed),
    },
  };
}

/** OpenTofu's addition: hashes of every platform, for lock files. */
function packagesOf({ platforms }: ProviderVersion): Record<string, unknown> {
  return Object.fromEntries(
    platforms.map((platform) => [
      `${platform.os}_${platform.arch}`,
      { hashes: hashesOf(platform), package_size: platform.size },
    ]),
  );
}

export function hashesOf({ sha256, h1 }: Platform): readonly string[] {
  return h1 === null ? [`zh:${sha256}`] : [h1, `zh:${sha256}`];
}

export async function releasedVersion(view: RegistryPort, name: Name, version: string): Promise<ProviderVersion> {
  const list = await view.contents(providerVersions, name);
  if (list === null) throw problem('package-not-found', `There is no provider ${name.display} here.`);
  const found = list.versions.find((one) => one.version === version);
  if (found === undefined)
    throw problem('version-not-found', `The provider ${name.display} has no version ${version}.`);
  return found;
}

/** `GET /v1/:namespace/:type/:version/file/:file`: with a ticket, or with a credential. */
export async function downloadProviderFile(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { namespace = '', file: fileName = '' } = request.params;
  const { name, version } = fileOfRelease(request);
  const find = async (of: RegistryPort): Promise<StoredFile> => {
    const view = await of.namespaceView(namespace);
    await releasedVersion(view, name, version);
    return view.file(name, { versionKey: version, fileName });
  };
  return ticketed(request, registry, ticketPath(request.params), find);
}

/** The file by the ticket of the query, or else with the caller's own rights. */
export async function ticketed(
  { query }: FormatRequest,
  registry: RegistryPort,
  path: string,
  find: (registry: RegistryPort) => Promise<StoredFile>,
): Promise<Reply> {
  const ticket = query.get('token') ?? '';
  const file = ticket === '' ? await find(registry) : await registry.redeemTicket(ticket, path, find);
  return { ...fileReply(file), headers: { 'cache-control': 'no-store' } };
}

/** `GET /:type/:version/:file` of a project, drafts too. */
export async function downloadFromProject(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { name, version } = fileOfRelease(request);
  const file = await registry.file(name, { versionKey: version, fileName: request.params['file'] ?? '' });
  // A draft may be uploaded again.
  return { ...fileReply(file), mutable: true };
}

function fileOfRelease({ params }: FormatRequest): { name: Name; version: string } {
  const name = readProviderName(params);
  const version = readVersion(params).key;
  if (knownFile(name.key, version, params['file'] ?? '') === null)
    throw problem('file-not-found', 'There is no such file.');
  return { name, version };
}

export function fileReply(file: StoredFile): FileReply {
  const mediaType = file.role === 'archive' ? 'application/zip' : 'application/octet-stream';
  return { file, mediaType, downloadName: file.name, mutable: file.role !== 'archive', redirectable: true };
}

/** The address of a release's file below the instance, with a ticket for those who have one. */
export function providerFileUrl(
  { base, params }: FormatRequest,
  registry: RegistryPort,
  version: string,
  file: StoredFile,
): string {
  const { namespace = '', type = '' } = params;
  const api = new URL(base).pathname.replace(/\/(?:groups\/[^/]+\/-\/)?packages\/terraform_provider$/, '');
  const path = [namespace, type, version, 'file', file.name].map(encodeURIComponent).join('/');
  const ticket = registry.ticket(file, ticketPath({ ...params, version, file: file.name }));
  return `${api}/packages/terraform_provider/v1/${path}${ticket === null ? '' : `?token=${ticket}`}`;
}

function ticketPath({ namespace = '', type = '', version = '', file = '' }: FormatRequest['params']): string {
  return ['providers', namespace, type, version, file].join('/');
}

export function viewOf({ params }: FormatRequest, registry: RegistryPort): Promise<RegistryPort> {
  return registry.namespaceView(params['namespace'] ?? '');
}
