import { cutText } from '../../lib/cut-text.ts';
import { type Declarations, declarationsOf, type ModuleCall, type RequiredProvider } from './module-description.ts';
import type { ModuleFiles } from './module-files.ts';

/** One folder of a module as pages show it. */
export interface ModulePart extends Declarations {
  /** `''`, `modules/network`, `examples/simple`. */
  readonly path: string;
  readonly name: string;
  readonly readme: string;
  /** No configuration at all. */
  readonly empty: boolean;
}

/** All that is known of a module's content: kept as the archive's details. */
export interface ModuleContent {
  readonly root: ModulePart;
  readonly submodules: readonly ModulePart[];
  readonly examples: readonly ModulePart[];
}

export interface Requirements {
  readonly providers: readonly RequiredProvider[];
  readonly dependencies: readonly ModuleCall[];
}

/** The version's manifest: what lists of versions tell. */
export interface ModuleManifest {
  readonly root: Requirements;
  readonly submodules: readonly (Requirements & { readonly path: string })[];
}

const longestReadme = 256 * 1024;
/** Of the details as text: beyond, only the root is told in full. */
const longestContent = 1024 ** 2;

export function contentOf(folders: ReadonlyMap<string, ModuleFiles>): ModuleContent {
  const parts = [...folders].map(([path, files]) => partOf(path, files)).sort((a, b) => (a.path < b.path ? -1 : 1));
  const below = (folder: string) => parts.filter(({ path }) => path.startsWith(`${folder}/`));
  return {
    root: parts.find(({ path }) => path === '') ?? partOf('', { configuration: [], readme: null }),
    submodules: below('modules'),
    examples: below('examples'),
  };
}

function partOf(path: string, { configuration, readme }: ModuleFiles): ModulePart {
  return {
    path,
    name: path.split('/').at(-1) ?? '',
    readme: cutText(readme ?? '', longestReadme),
    empty: configuration.length === 0,
    ...declarationsOf(configuration),
  };
}

export function manifestOf({ root, submodules }: ModuleContent): ModuleManifest {
  return {
    root: requirementsOf(root),
    submodules: submodules.map((part) => ({ path: part.path, ...requirementsOf(part) })),
  };
}

function requirementsOf({ providers, dependencies }: Requirements): Requirements {
  return { providers, dependencies };
}

/** As text, shortened to what a page can show. */
export function contentText(content: ModuleContent): string {
  const text = JSON.stringify(content);
  if (text.length <= longestContent) return text;
  const bare = (part: ModulePart): ModulePart => ({ ...part, readme: '', inputs: [], outputs: [], resources: [] });
  const short = JSON.stringify({ ...content, submodules: content.submodules.map(bare), examples: [] });
  if (short.length <= longestContent) return short;
  return JSON.stringify({ root: bare(content.root), submodules: [], examples: [] });
}
