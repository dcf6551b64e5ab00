import type { RegistryPort } from '../format.ts';
import { isSnapshot } from './file-name.ts';
import type { FilePath } from './path.ts';

/**
 * Whether other bytes may come in place of a file: plain snapshot files always (Ivy and sbt write no others), builds of
 * a snapshot never, releases where the settings allow it.
 */
export function mayReplace(registry: RegistryPort, { version, file }: FilePath): boolean {
  if (isSnapshot(version.key)) return file.build === null;
  return registry.setting('duplicates') === 'true';
}
