import type { MountScope } from '../formats/format.ts';
import type { FormatMount } from './format-mount.ts';
import type { MountPath } from './mount-of.ts';

/** Virtual registries by number, and a project together with its upstream. */
const virtualForm =
  /^\/api\/v4\/(?:virtual_registries\/packages\/([a-z_]+)\/(\d{1,15})|projects\/([^/]+)\/dependency_proxy\/packages\/([a-z_]+))(?=\/|$)/;
const mountForm = /^\/api\/v4\/(?:projects\/([^/]+)\/|groups\/([^/]+)\/-\/|)packages\/([a-z_]+)(?=\/|$)/;

export interface Dispatched {
  readonly mount: FormatMount;
  readonly path: MountPath;
  /** The mount as the client spelled it, without trailing slash. */
  readonly rawBase: string;
  /** What follows it, without the query. */
  readonly rawPath: string;
}

export interface Mounts {
  /** By format id. */
  readonly formats: ReadonlyMap<string, FormatMount>;
  /** Routes below the server's root (`Format.siteRoutes`), by path. */
  readonly sites: ReadonlyMap<string, FormatMount>;
}

/** The format mount that a raw request URL names; `null` when it is something else. */
export function dispatch(url: string, { formats: mounts, sites }: Mounts): Dispatched | null {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const site = sites.get(path);
  if (site !== undefined) return { mount: site, path: { scope: 'instance', id: '' }, rawBase: '', rawPath: path };
  const virtual = virtualForm.exec(path);
  if (virtual !== null) return dispatchVirtual(virtual, path, mounts);
  const found = mountForm.exec(path);
  const mount = found === null ? undefined : mounts.get(found[3] ?? '');
  if (found === null || mount === undefined) return null;
  const [rawBase, project, group] = found;
  const scope: MountScope = project === undefined ? (group === undefined ? 'instance' : 'group') : 'project';
  return {
    mount,
    path: { scope, id: decodeId(project ?? group ?? '') },
    rawBase,
    rawPath: path.slice(rawBase.length),
  };
}

function dispatchVirtual(
  [rawBase, format, registry, project, projectFormat]: RegExpExecArray,
  path: string,
  mounts: Mounts['formats'],
): Dispatched | null {
  const mount = mounts.get(format ?? projectFormat ?? '');
  if (mount === undefined) return null;
  const id = decodeId(registry ?? project ?? '');
  const rest = { rawBase, rawPath: path.slice(rawBase.length) };
  return { mount, path: { scope: 'virtual', id, of: registry === undefined ? 'project' : 'registry' }, ...rest };
}

/** What can't be decoded names nothing: it is looked up as it stands and not found. */
function decodeId(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}
