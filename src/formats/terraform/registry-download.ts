import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import type { Name } from '../../registry/model.ts';
import { archiveName, archiveReply, listedVersion, locatedVersion, storedArchive } from './module-file.ts';
import { addressedModule, readModuleName, readVersion } from './names.ts';

/** `GET …/:namespace/:name/:system/download`: to the latest version. */
export async function redirectToLatest(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { view, name } = await addressed(request, registry);
  const { version } = await listedVersion(view, name, null);
  return { status: 302, headers: { location: `${pathOf(request, version)}/download` } };
}

/**
 * `GET …/:version/download`: where the archive is. Terraform fetches it without the credential it has for this registry,
 * so the address carries a ticket for this one file.
 */
export async function locateArchive(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { view, name } = await addressed(request, registry);
  const located = await locatedVersion(view, name, readVersion(request.params).key);
  const file = await storedArchive(view, name, located);
  const folder = located.folder === '' ? '' : `//${located.folder}`;
  const path = `${pathOf(request, located.version)}/file${folder}`;
  const ticket = registry.ticket(file, ticketPath(request));
  // As GitLab, which leaves the parameter there without a value.
  const location = `${path}?token=${ticket ?? ''}&archive=${located.archive}`;
  return { status: 204, headers: { 'x-terraform-get': location, 'cache-control': 'no-store' } };
}

/** `GET …/:version/file`: the archive, with the ticket of the step before or with a credential. */
export async function downloadArchive(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const version = readVersion(request.params).key;
  let downloadName = '';
  const find = async (of: RegistryPort) => {
    const { view, name } = await addressed(request, of);
    const located = await locatedVersion(view, name, version);
    downloadName = archiveName(name, version, located.archive);
    return storedArchive(view, name, located);
  };
  const ticket = request.query.get('token') ?? '';
  const file = ticket === '' ? await find(registry) : await registry.redeemTicket(ticket, ticketPath(request), find);
  return { ...archiveReply(file, downloadName), headers: { 'cache-control': 'no-store' } };
}

/** The module that an address means, and where it is looked for: on a virtual mount its namespace needn't be a group here. */
export async function addressed(
  request: FormatRequest,
  registry: RegistryPort,
): Promise<{ readonly view: RegistryPort; readonly name: Name }> {
  if (registry.scope === 'virtual') return { view: registry, name: addressedModule(request.params) };
  return { name: readModuleName(request.params), view: await viewOf(request, registry) };
}

export function viewOf({ params }: FormatRequest, registry: RegistryPort): Promise<RegistryPort> {
  return registry.namespaceView(params['namespace'] ?? '');
}

/** The version's URL, without the host: clients come by names that this server needn't know. */
function pathOf({ base, params }: FormatRequest, version: string): string {
  const { namespace = '', name = '', system = '' } = params;
  const path = [namespace, name, system, version].map(encodeURIComponent).join('/');
  return `${new URL(base).pathname}/modules/v1/${path}`;
}

function ticketPath({ params, base }: FormatRequest): string {
  const { namespace = '', name = '', system = '', version = '' } = params;
  return [new URL(base).pathname, 'modules', namespace, name, system, version].join('/');
}
