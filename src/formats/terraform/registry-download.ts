import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { archiveReply, listedVersion, storedArchive } from './module-file.ts';
import { readModuleName, readVersion } from './names.ts';

/** `GET …/:namespace/:name/:system/download`: to the latest version. */
export async function redirectToLatest(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = readModuleName(request.params);
  const { version } = await listedVersion(await viewOf(request, registry), name, null);
  return { status: 302, headers: { location: `${pathOf(request, version)}/download` } };
}

/**
 * `GET …/:version/download`: where the archive is. Terraform fetches it without the credential it has for this registry,
 * so the address carries a ticket for this one file.
 */
export async function locateArchive(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = readModuleName(request.params);
  const view = await viewOf(request, registry);
  const listed = await listedVersion(view, name, readVersion(request.params).key);
  const file = await storedArchive(view, name, listed);
  const path = `${pathOf(request, listed.version)}/file`;
  const ticket = registry.ticket(file, ticketPath(request));
  // As GitLab, which leaves the parameter there without a value.
  const location = `${path}?token=${ticket ?? ''}&archive=${listed.archive}`;
  return { status: 204, headers: { 'x-terraform-get': location, 'cache-control': 'no-store' } };
}

/** `GET …/:version/file`: the archive, with the ticket of the step before or with a credential. */
export async function downloadArchive(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = readModuleName(request.params);
  const version = readVersion(request.params).key;
  const find = async (of: RegistryPort) => {
    const view = await viewOf(request, of);
    return storedArchive(view, name, await listedVersion(view, name, version));
  };
  const ticket = request.query.get('token') ?? '';
  const file = ticket === '' ? await find(registry) : await registry.redeemTicket(ticket, ticketPath(request), find);
  return { ...archiveReply(file), headers: { 'cache-control': 'no-store' } };
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

function ticketPath({ params }: FormatRequest): string {
  const { namespace = '', name = '', system = '', version = '' } = params;
  return ['modules', namespace, name, system, version].join('/');
}
