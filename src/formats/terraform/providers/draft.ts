import { type Problem, problem } from '../../../problems/problem.ts';
import type { Name, SourceFile, SourceVersion } from '../../../registry/model.ts';
import type { RegistryPort } from '../../format.ts';
import { knownFile } from './file-names.ts';

/** A version that isn't released yet: its files so far. Nobody's list shows it. */
export interface Draft {
  readonly archives: readonly SourceFile[];
  readonly manifest: SourceFile | null;
  readonly shasums: SourceFile | null;
  readonly signature: SourceFile | null;
}

/** `version-exists` when it has been released; `null` when there is nothing of it. */
export async function draftOf(registry: RegistryPort, name: Name, version: string): Promise<Draft | null> {
  const found = await findVersion(registry, name, version);
  if (found === undefined) return null;
  if (found.status !== 'hidden') throw released(name, version);
  const of = (kind: string) => found.files.filter((file) => knownFile(name.key, version, file.name)?.kind === kind);
  return {
    archives: of('archive'),
    manifest: of('manifest')[0] ?? null,
    shasums: of('shasums')[0] ?? null,
    signature: of('signature')[0] ?? null,
  };
}

async function findVersion(registry: RegistryPort, name: Name, version: string): Promise<SourceVersion | undefined> {
  const found = await registry.package(name, 'manifest', { files: true });
  return found?.versions.find(({ key }) => key === version);
}

function released({ display }: Name, version: string): Error {
  return problem('version-exists', `The provider ${display} ${version} has been released; a release never changes.`);
}

/** What `SHA256SUMS` must say: the archives and the manifest. */
export function digestsOf({ archives, manifest }: Draft): ReadonlyMap<string, string> {
  const files = manifest === null ? archives : [...archives, manifest];
  return new Map(files.map(({ name, digests }) => [name, digests.sha256]));
}

/** Text of a small file of the draft. */
export async function textOf(registry: RegistryPort, name: Name, version: string, file: SourceFile): Promise<Buffer> {
  const stored = await registry.file(name, { versionKey: version, fileName: file.name });
  return registry.read(stored);
}

/** Every name that the sums tell must be there with those bytes, and every archive must be told. `null` = all is well. */
export function incompleteness(draft: Draft, sums: ReadonlyMap<string, string>): Problem | null {
  const digests = digestsOf(draft);
  for (const [name, sha256] of sums) {
    const stored = digests.get(name);
    if (stored === undefined)
      return problem('precondition-failed', `${name.slice(0, 200)}, which SHA256SUMS names, is not there yet.`);
    if (stored !== sha256) return problem('digest-mismatch', `The digest of ${name} in SHA256SUMS is of other bytes.`);
  }
  const untold = [...digests.keys()].find((name) => !sums.has(name));
  if (untold !== undefined) return problem('manifest-mismatch', `SHA256SUMS does not name ${untold}.`);
  if (draft.archives.length === 0) return problem('precondition-failed', 'There is no archive of any platform yet.');
  return null;
}
