/** The files of a module that tell what it is: its configuration and its READMEs. */
export interface ModuleFiles {
  /** Native and JSON syntax. */
  readonly configuration: readonly { readonly name: string; readonly text: string }[];
  readonly readme: string | null;
}

/** Where a file belongs: the root (`''`), `modules/<name>`, `examples/<name>`. */
export interface FilePlace {
  readonly folder: string;
  readonly name: string;
}

/** Of one file. */
export const largestFile = 1024 ** 2;
/** Of all files together: what it takes to read them is paid by everybody's requests. */
export const largestTotal = 4 * 1024 ** 2;
export const mostFiles = 400;

const configuration = /\.(?:tf|tofu)(?:\.json)?$/;
const readme = /^README(?:\.md)?$/i;

/** The place of an entry, or `null` when it says nothing about the module. A leading `.` is passed over. */
export function placeOf(segments: readonly string[]): FilePlace | null {
  const path = segments[0] === '.' ? segments.slice(1) : segments;
  const name = path.at(-1) ?? '';
  if (!configuration.test(name) && !readme.test(name)) return null;
  const folder = path.slice(0, -1);
  const isPart = folder[0] === 'modules' || folder[0] === 'examples';
  const isWanted = folder.length === 0 || (isPart && folder.length >= 2 && folder.length <= 3);
  return isWanted ? { folder: folder.join('/'), name } : null;
}

/** Collects files until there are too many; what comes after that is left out. */
export class ModuleFileCollection {
  readonly #folders = new Map<string, { configuration: { name: string; text: string }[]; readme: string | null }>();
  #count = 0;
  #total = 0;

  /** `true` when a file of that size is still wanted; it counts from then on. */
  admits(size: number): boolean {
    if (size > largestFile || this.#count >= mostFiles || this.#total + size > largestTotal) return false;
    this.#count++;
    this.#total += size;
    return true;
  }

  add({ folder, name }: FilePlace, bytes: Buffer): void {
    const files = this.#folders.get(folder) ?? { configuration: [], readme: null };
    this.#folders.set(folder, files);
    const text = bytes.toString('utf8').replaceAll('\0', '');
    if (!readme.test(name)) files.configuration.push({ name, text });
    // The one with the ending is the one that pages show.
    else if (files.readme === null || name.length > 'README'.length) files.readme = text;
  }

  /** By folder, the root as `''`. */
  folders(): ReadonlyMap<string, ModuleFiles> {
    return this.#folders;
  }
}
