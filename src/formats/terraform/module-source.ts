import type { PromisedDigests } from '../../registry/model.ts';
import type { ArchiveKind } from './module-archive.ts';

/** An archive that a registry names as the source of a module. */
export interface ArchiveSource {
  readonly url: string;
  readonly kind: ArchiveKind;
  /** The folder in it that is the module, `''` = all of it. Terraform before 1.1 took a part `*` for the only one there is. */
  readonly folder: string;
  /** What it must be, where the source says so. */
  readonly digests: PromisedDigests;
}

/** `refused`: why nothing of it can be passed on, as the end of a sentence that begins with the module. */
export type ModuleSource = ArchiveSource | { readonly refused: string };

const kinds: ReadonlyMap<string, ArchiveKind> = new Map([
  ['tar.gz', 'tgz'],
  ['tgz', 'tgz'],
  ['zip', 'zip'],
]);
/** What go-getter keeps for itself of a query. https://github.com/hashicorp/go-getter#protocol-specific-options */
const own = ['archive', 'checksum', 'filename'];

/**
 * Reads an address as Terraform does (`X-Terraform-Get`): a URL or a path from `base`, a folder after `//`, the kind of the
 * archive as an option or an ending. https://developer.hashicorp.com/terraform/language/modules/sources
 */
export function readModuleSource(address: string, base: string): ModuleSource {
  const [, getter, rest = address] = /^([a-z0-9]+)::(.+)$/.exec(address) ?? [];
  if (getter === 'git') return archiveOfGit(rest);
  if (getter !== undefined && getter !== 'http' && getter !== 'https') return { refused: `comes by ${getter}` };
  if (getter === undefined && !/^(?:https?:\/\/|\.{0,2}\/)/i.test(rest)) {
    return { refused: 'comes from an address that only go-getter knows' };
  }
  const { place, folder } = splitFolder(rest);
  if (folder === null || !URL.canParse(place, base)) return { refused: 'has an address that can not be read' };
  return archiveAt(new URL(place, base), folder);
}

/** `https://x/y//folder?z` → `https://x/y?z` and `folder`; `null` for a folder that no archive should have. */
function splitFolder(address: string): { readonly place: string; readonly folder: string | null } {
  const query = address.indexOf('?');
  const path = query < 0 ? address : address.slice(0, query);
  const start = path.indexOf('://') < 0 ? 0 : path.indexOf('://') + '://'.length;
  const mark = path.indexOf('//', start);
  if (mark < 0) return { place: address, folder: '' };
  const folder = path.slice(mark + 2).replace(/\/+$/, '');
  const isFine = folder.split('/').every((part) => /^[A-Za-z0-9_.*-]+$/.test(part) && part !== '..');
  return {
    place: `${path.slice(0, mark)}${query < 0 ? '' : address.slice(query)}`,
    folder: folder === '' || isFine ? folder : null,
  };
}

function archiveAt(url: URL, folder: string): ModuleSource {
  const wanted = url.searchParams.get('archive') ?? endingOf(url.pathname);
  const kind = kinds.get(wanted);
  if (kind === undefined) return { refused: 'is no archive that says that it is one (.tar.gz, .tgz, .zip)' };
  const digests = promised(url.searchParams.get('checksum'));
  if (digests === null) return { refused: 'has a checksum that can not be read' };
  for (const name of own) if (url.searchParams.has(name)) url.searchParams.delete(name);
  url.hash = '';
  return { url: url.href, kind, folder, digests };
}

function endingOf(path: string): string {
  return /\.(tar\.gz|tgz|zip)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
}

const algorithms = { sha1: 40, sha256: 64, sha512: 128 } as const;

/** `sha256:<hex>`, or the digest alone; `null` for anything else. */
function promised(checksum: string | null): PromisedDigests | null {
  if (checksum === null || checksum === '') return {};
  const [, name = '', hex = ''] = /^(?:([a-z0-9]+):)?([0-9a-f]+)$/.exec(checksum.toLowerCase()) ?? [];
  for (const [algorithm, length] of Object.entries(algorithms)) {
    if (hex.length === length && (name === '' || name === algorithm)) return { [algorithm]: hex };
  }
  return null;
}

const repository = /^https:\/\/github\.com\/([\w.-]+)\/([\w.-]+?)(?:\.git)?$/;

/**
 * GitHub has every commit and tag as an archive that says the same, in a folder that is called by repository and commit, or
 * version without its `v`. Nothing else of Git is a file that could be kept.
 */
function archiveOfGit(address: string): ModuleSource {
  const { place, folder } = splitFolder(address);
  const [where = '', query = ''] = place.split('?');
  const ref = new URLSearchParams(query).get('ref') ?? '';
  const [, owner, name] = repository.exec(where) ?? [];
  if (owner === undefined || name === undefined) return { refused: 'comes by Git' };
  if (folder === null || !/^(?:[0-9a-f]{40}|v?\d[\w.-]*)$/.test(ref)) {
    return { refused: 'comes by Git, from no commit and no version that it names' };
  }
  const top = `${name}-${ref.replace(/^v/, '')}`;
  const url = `https://github.com/${owner}/${name}/archive/${ref}.tar.gz`;
  return { url, kind: 'tgz', folder: folder === '' ? top : `${top}/${folder}`, digests: {} };
}
