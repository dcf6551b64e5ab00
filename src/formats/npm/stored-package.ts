import type { RegistryPort } from '../format.ts';
import type { Name, SourcePackage, SourceVersion } from '../../registry/model.ts';
import { problem } from '../../problems/problem.ts';
import { buildPackument } from './packument.ts';
import { revOf } from './revisions.ts';

/** The package as this mount shows it; `package-not-found` when it shows none. */
export async function storedPackage(registry: RegistryPort, name: Name): Promise<SourcePackage> {
  const source = await registry.package(name, 'summary');
  if (source === null) throw problem('package-not-found');
  return source;
}

/** The package, if `rev` is still its `_rev`: `revision-conflict` otherwise. A `rev` of `null` asks for nothing. */
export async function packageAt(registry: RegistryPort, name: Name, rev: string | null): Promise<SourcePackage> {
  const source = await storedPackage(registry, name);
  if (rev !== null && rev !== revOf(source)) {
    throw problem(
      'revision-conflict',
      `"${name.display}" was changed by somebody else meanwhile. Run the command again.`,
    );
  }
  return source;
}

/** The versions that documents show: those that clients know of. */
export function listedVersions(source: SourcePackage): readonly SourceVersion[] {
  const shown = new Set(buildPackument(source).entries.map((entry) => entry.version));
  return source.versions.filter((version) => shown.has(version.version));
}
