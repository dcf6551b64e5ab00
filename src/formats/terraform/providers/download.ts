import { problem } from '../../../problems/problem.ts';
import type { FileRole, Name, StoredFile } from '../../../registry/model.ts';
import type { FileReply, FormatRequest, RegistryPort, Reply } from '../../format.ts';
import { readVersion } from '../names.ts';
import { releasedVersion, releaseOf } from './find-release.ts';
import { knownFile, shasumsName, signatureName } from './file-names.ts';
import { addressedProvider, readProviderName, typeOf } from './names.ts';
import { type Platform, type ProviderVersion, providerVersions } from './version-list.ts';

/** `GET /v1/:namespace/:type/versions`, and `GET /:type` of a project. */
export async function listProviderVersions(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const isProjects = request.params['namespace'] === undefined;
  const { view, name } = isProjects
    ? { view: registry, name: readProviderName(request.params) }
    : await addressed(request, registry);
  return { document: await view.document(providerVersions, name) };
}

/**
 * `GET /v1/:namespace/:type/:version/download/:os/:arch`: where the archive, its sums and their signature are. Clients fetch
 * those without a credential, so each address carries a ticket.
 * https://developer.hashicorp.com/terraform/internals/provider-registry-protocol#find-a-provider-package
 */
export async function locateProvider(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const version = readVersion(request.params).key;
  const { os = '', arch = '' } = request.params;
  const { view, name } = await addressed(request, registry);
  const release = await releaseOf(view, name, version);
  const platform = release.platforms.find((one) => one.os === os && one.arch === arch);
  if (platform === undefined) {
    throw problem(
      'file-not-found',
      `${name.display} ${version} is not there for ${os.slice(0, 40)} ${arch.slice(0, 40)}.`,
    );
  }
  const urlOf = async (fileName: string): Promise<string> =>
    providerFileUrl(request, registry, version, await ticketedFile(view, name, version, { ...platform, fileName }));
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      protocols: release.protocols,
      os,
      arch,
      filename: platform.fileName,
      download_url: await urlOf(platform.fileName),
      shasum: platform.sha256,
      shasums_url: await urlOf(shasumsName(typeOf(name), version)),
      shasums_signature_url: await urlOf(signatureName(typeOf(name), version)),
      signing_keys: {
        gpg_public_keys: release.keys.map(({ keyId, armored, trustSignature, source }) => {
          return { key_id: keyId, ascii_armor: armored, trust_signature: trustSignature, source, source_url: null };
        }),
      },
      ...packagesOf(release),
    },
  };
}

/** OpenTofu's addition: hashes of every platform, for lock files. None where sizes aren't known. */
function packagesOf({ platforms }: ProviderVersion): { readonly packages?: Record<string, unknown> } {
  if (platforms.some(({ size }) => size === null)) return {};
  const packages = platforms.map((platform) => [
    `${platform.os}_${platform.arch}`,
    { hashes: hashesOf(platform), package_size: platform.size },
  ]);
  return { packages: Object.fromEntries(packages) as Record<string, unknown> };
}

export function hashesOf({ sha256, h1 }: Platform): readonly string[] {
  return [...(h1 === null ? [] : [h1]), ...(sha256 === null ? [] : [`zh:${sha256}`])];
}

/** The file that a ticket is for: one that another registry has isn't fetched before it is wanted. */
export async function ticketedFile(
  view: RegistryPort,
  name: Name,
  version: string,
  { fileName, size }: Pick<Platform, 'fileName' | 'size'>,
): Promise<TicketedFile> {
  const file = size === null ? null : await view.file(name, { versionKey: version, fileName });
  return { fileName, file };
}

/** `GET /v1/:namespace/:type/:version/file/:file`: with a ticket, or with a credential. */
export async function downloadProviderFile(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { file: fileName = '' } = request.params;
  const { version, role } = fileOfRelease(request);
  const find = async (of: RegistryPort): Promise<StoredFile> => {
    const { view, name } = await addressed(request, of);
    await releasedVersion(view, name, version);
    return { ...(await view.file(name, { versionKey: version, fileName })), name: fileName, role };
  };
  return ticketed(request, registry, ticketPath(request, registry, request.params), find);
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

function fileOfRelease({ params }: FormatRequest): { name: Name; version: string; role: FileRole } {
  const name = readProviderName(params);
  const version = readVersion(params).key;
  const known = knownFile(name.key, version, params['file'] ?? '');
  if (known === null) throw problem('file-not-found', 'There is no such file.');
  const roles = { archive: 'archive', signature: 'signature', shasums: 'metadata', manifest: 'metadata' } as const;
  return { name, version, role: roles[known.kind] };
}

export function fileReply(file: StoredFile): FileReply {
  const mediaType = file.role === 'archive' ? 'application/zip' : 'application/octet-stream';
  return { file, mediaType, downloadName: file.name, mutable: file.role !== 'archive', redirectable: true };
}

export interface TicketedFile {
  readonly fileName: string;
  /** `null` = another registry has it. */
  readonly file: StoredFile | null;
}

/** The address of a release's file, with a ticket for those who have one: below the instance, or below a virtual mount. */
export function providerFileUrl(
  request: FormatRequest,
  registry: RegistryPort,
  version: string,
  { fileName, file }: TicketedFile,
): string {
  const { base, params } = request;
  const { namespace = '', type = '' } = params;
  const mount = new URL(base).pathname;
  const api = mount.replace(/\/(?:groups\/[^/]+\/-\/)?packages\/terraform_provider$/, '');
  const below = registry.scope === 'virtual' ? mount : `${api}/packages/terraform_provider`;
  const path = [namespace, type, version, 'file', fileName].map(encodeURIComponent).join('/');
  const ticket = registry.ticket(file, ticketPath(request, registry, { ...params, version, file: fileName }));
  return `${below}/v1/${path}${ticket === null ? '' : `?token=${ticket}`}`;
}

function ticketPath(
  { base }: FormatRequest,
  { scope }: RegistryPort,
  { namespace = '', type = '', version = '', file = '' }: FormatRequest['params'],
): string {
  // Archives of the instance have one address, wherever they were found.
  const mount = scope === 'virtual' ? new URL(base).pathname : '';
  return [mount, 'providers', namespace, type, version, file].join('/');
}

/** The provider that an address means, and where it is looked for: on a virtual mount its namespace needn't be a group here. */
async function addressed(
  request: FormatRequest,
  registry: RegistryPort,
): Promise<{ readonly view: RegistryPort; readonly name: Name }> {
  if (registry.scope === 'virtual') return { view: registry, name: addressedProvider(request.params) };
  return { name: readProviderName(request.params), view: await viewOf(request, registry) };
}

export function viewOf({ params }: FormatRequest, registry: RegistryPort): Promise<RegistryPort> {
  return registry.namespaceView(params['namespace'] ?? '');
}
