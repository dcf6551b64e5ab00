import { problem } from '../../../problems/problem.ts';
import type { Name, StoredFile } from '../../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../../format.ts';
import { readVersion } from '../names.ts';
import { hashesOf, releasedVersion, ticketed } from './download.ts';
import { knownFile } from './file-names.ts';
import { mirroredName, readProviderName } from './names.ts';
import { providerVersions } from './version-list.ts';

/** Which provider an address of the mirror means, and where it is looked for. */
interface Addressed {
  readonly name: Name;
  readonly view: RegistryPort;
}

/**
 * `GET /mirror/:hostname/:namespace/:type/index.json` and `…/<version>.json`.
 * https://developer.hashicorp.com/terraform/internals/provider-network-mirror-protocol
 */
export async function mirrorDocument(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { document = '' } = request.params;
  const { name, view } = await addressed(request, registry);
  if (document === 'index.json') return index(view, name);
  if (!document.endsWith('.json')) throw problem('not-found', 'A mirror has index.json and <version>.json.');
  const { key: version } = readVersion({ version: document.slice(0, -'.json'.length) });
  return archives(request, registry, { name, view }, version);
}

async function index(view: RegistryPort, name: Name): Promise<Reply> {
  const list = await view.contents(providerVersions, name);
  if (list === null || list.versions.length === 0)
    throw problem('package-not-found', 'The mirror has no such provider.');
  return { status: 200, body: { versions: Object.fromEntries(list.versions.map(({ version }) => [version, {}])) } };
}

/** Archives are fetched without a credential: their addresses carry tickets. */
async function archives(
  request: FormatRequest,
  registry: RegistryPort,
  { name, view }: Addressed,
  version: string,
): Promise<Reply> {
  const { platforms } = await releasedVersion(view, name, version);
  const found: Record<string, unknown> = {};
  for (const platform of platforms) {
    const file = await view.file(name, { versionKey: version, fileName: platform.fileName });
    const ticket = registry.ticket(file, ticketPath({ ...request.params, version, file: file.name }));
    const url = `${[version, file.name].map(encodeURIComponent).join('/')}${ticket === null ? '' : `?token=${ticket}`}`;
    found[`${platform.os}_${platform.arch}`] = { url, hashes: hashesOf(platform) };
  }
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: { archives: found } };
}

/** `GET /mirror/:hostname/:namespace/:type/:version/:file`: with a ticket, or with a credential. */
export async function downloadMirrored(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { type = '', file: fileName = '' } = request.params;
  const { key: version } = readVersion(request.params);
  if (knownFile(type, version, fileName)?.kind !== 'archive')
    throw problem('file-not-found', 'There is no such archive.');
  const find = async (of: RegistryPort): Promise<StoredFile> => {
    const { name, view } = await addressed(request, of);
    await releasedVersion(view, name, version);
    return view.file(name, { versionKey: version, fileName });
  };
  return ticketed(request, registry, ticketPath(request.params), find);
}

/**
 * Providers of this host are those of its registry. Others were uploaded by people who have a project: their words count for
 * the project or group whose mirror is asked, never for the whole instance.
 */
async function addressed(request: FormatRequest, registry: RegistryPort): Promise<Addressed> {
  const { params, origin } = request;
  const { hostname = '', namespace = '' } = params;
  if (isOwnHost(hostname, origin)) {
    return { name: readProviderName(params), view: await registry.namespaceView(namespace) };
  }
  if (registry.scope === 'instance') {
    throw problem('package-not-found', "Other registries' providers are mirrored by projects and groups.");
  }
  return { name: mirroredName(params), view: registry };
}

/** With its port or without: Terraform asks no mirror for a host that has one. */
function isOwnHost(hostname: string, origin: string): boolean {
  const own = new URL(origin);
  return [own.host, own.hostname].includes(hostname.toLowerCase());
}

function ticketPath({
  hostname = '',
  namespace = '',
  type = '',
  version = '',
  file = '',
}: FormatRequest['params']): string {
  return ['mirror', hostname, namespace, type, version, file].join('/');
}
