import { problem } from '../../../problems/problem.ts';
import type { Name, StoredFile } from '../../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../../format.ts';
import { readVersion } from '../names.ts';
import { hashesOf, providerFileUrl, ticketed, type TicketedFile, ticketedFile } from './download.ts';
import { releasedVersion, releaseOf } from './find-release.ts';
import { knownFile } from './file-names.ts';
import { addressedProvider, foreignProvider, mirroredName, readProviderName } from './names.ts';
import { providerVersions } from './version-list.ts';

/** Which provider an address of the mirror means, where it is looked for, and where its archives are fetched. */
interface Addressed {
  readonly name: Name;
  readonly view: RegistryPort;
  readonly urlOf: (version: string, file: TicketedFile) => string;
}

/**
 * `GET /mirror/:hostname/:namespace/:type/index.json` and `…/<version>.json`.
 * https://developer.hashicorp.com/terraform/internals/provider-network-mirror-protocol
 */
export async function mirrorDocument(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { document = '' } = request.params;
  const addressed = await addressedBy(request, registry);
  if (document === 'index.json') return index(addressed);
  if (!document.endsWith('.json')) throw problem('not-found', 'A mirror has index.json and <version>.json.');
  const { key: version } = readVersion({ version: document.slice(0, -'.json'.length) });
  return archives(addressed, version);
}

async function index({ view, name }: Addressed): Promise<Reply> {
  const list = await view.contents(providerVersions, name);
  if (list === null || list.versions.length === 0)
    throw problem('package-not-found', 'The mirror has no such provider.');
  return { status: 200, body: { versions: Object.fromEntries(list.versions.map(({ version }) => [version, {}])) } };
}

async function archives({ name, view, urlOf }: Addressed, version: string): Promise<Reply> {
  const { platforms } = await releaseOf(view, name, version);
  const found: Record<string, unknown> = {};
  for (const platform of platforms) {
    const file = await ticketedFile(view, name, version, platform);
    found[`${platform.os}_${platform.arch}`] = { url: urlOf(version, file), hashes: hashesOf(platform) };
  }
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: { archives: found } };
}

/**
 * Providers of this host are those of its registry. Others were uploaded by people who have a project: their word counts for
 * the group whose mirror is asked, never for the whole instance.
 */
async function addressedBy(request: FormatRequest, registry: RegistryPort): Promise<Addressed> {
  const { params, origin } = request;
  const { hostname = '', namespace = '' } = params;
  const isOwn = isOwnHost(hostname, origin);
  if (registry.scope === 'virtual' && !isOwn) {
    const urlOf = (version: string, file: TicketedFile) => virtualFileUrl(request, registry, version, file);
    return { name: foreignProvider(params), view: registry, urlOf };
  }
  if (isOwn) {
    const urlOf = (version: string, file: TicketedFile) => providerFileUrl(request, registry, version, file);
    if (registry.scope === 'virtual') return { name: addressedProvider(params), view: registry, urlOf };
    return { name: readProviderName(params), view: await registry.namespaceView(namespace), urlOf };
  }
  if (registry.scope !== 'group') {
    throw problem('package-not-found', "Other registries' providers are mirrored by groups, at the group's URL.");
  }
  const urlOf = (version: string, file: TicketedFile) => mirroredFileUrl(request, registry, version, file);
  return { name: mirroredName(params), view: registry, urlOf };
}

/** With its port, the usual one too, or without: Terraform asks no mirror for a host that has one. */
function isOwnHost(hostname: string, origin: string): boolean {
  const own = new URL(origin);
  const address = `${own.protocol}//${hostname}`;
  const asked = URL.canParse(address) ? new URL(address).host : hostname;
  return [own.host, own.hostname].includes(asked);
}

/**
 * Archives are fetched without a credential, by a ticket. Below a group's own URL nobody anonymous would be let in, so they
 * have one below the instance.
 */
function mirroredFileUrl(
  request: FormatRequest,
  registry: RegistryPort,
  version: string,
  { fileName, file }: TicketedFile,
): string {
  const { params, base } = request;
  const [, prefix = '', group = ''] = /^(.*)\/groups\/([^/]+)\/-\/packages\//.exec(new URL(base).pathname) ?? [];
  const { hostname = '', namespace = '', type = '' } = params;
  const ticket = registry.ticket(
    file,
    ticketPath({ ...params, group: decodeURIComponent(group), version, file: fileName }),
  );
  const rest = [hostname, namespace, type, version, fileName].map(encodeURIComponent).join('/');
  const query = ticket === null ? '' : `?token=${ticket}`;
  return `${prefix}/packages/terraform_provider/mirrored/${group}/${rest}${query}`;
}

/** A virtual mount lets the holders of tickets in itself. */
function virtualFileUrl(
  { base, params }: FormatRequest,
  registry: RegistryPort,
  version: string,
  { fileName, file }: TicketedFile,
): string {
  const { hostname = '', namespace = '', type = '' } = params;
  const mount = new URL(base).pathname;
  const ticket = registry.ticket(file, ticketPath({ ...params, group: mount, version, file: fileName }));
  const rest = [hostname, namespace, type, version, fileName].map(encodeURIComponent).join('/');
  return `${mount}/mirror/${rest}${ticket === null ? '' : `?token=${ticket}`}`;
}

/** `GET /mirror/:hostname/:namespace/:type/:version/:file` of a virtual mount: with a ticket, or with a credential. */
export async function downloadForeign(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { type = '', hostname = '', file: fileName = '' } = request.params;
  const isOwn = isOwnHost(hostname, request.origin);
  const name = isOwn ? addressedProvider(request.params) : foreignProvider(request.params);
  const { key: version } = readVersion(request.params);
  if (knownFile(type, version, fileName)?.kind !== 'archive')
    throw problem('file-not-found', 'There is no such archive.');
  const find = async (view: RegistryPort): Promise<StoredFile> => {
    await releasedVersion(view, name, version);
    return { ...(await view.file(name, { versionKey: version, fileName })), name: fileName, role: 'archive' };
  };
  const path = ticketPath({ ...request.params, group: new URL(request.base).pathname });
  return ticketed(request, registry, path, find);
}

/** `GET /mirrored/:group/:hostname/:namespace/:type/:version/:file`: with a ticket, or with a credential. */
export async function downloadMirrored(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { group = '', type = '', file: fileName = '' } = request.params;
  const name = mirroredName(request.params);
  const { key: version } = readVersion(request.params);
  if (knownFile(type, version, fileName)?.kind !== 'archive')
    throw problem('file-not-found', 'There is no such archive.');
  const find = async (of: RegistryPort): Promise<StoredFile> => {
    const view = await of.namespaceView(group);
    await releasedVersion(view, name, version);
    return view.file(name, { versionKey: version, fileName });
  };
  return ticketed(request, registry, ticketPath(request.params), find);
}

function ticketPath(params: FormatRequest['params']): string {
  const { group = '', hostname = '', namespace = '', type = '', version = '', file = '' } = params;
  return ['mirrored', group, hostname, namespace, type, version, file].join('/');
}
