import type { SourceVersion } from '../../registry/model.ts';
import { type ArtifactFile, parseFileName } from './file-name.ts';
import { readSummary } from './version-summary.ts';

/**
 * Whether a version is worth listing. Clients send file after file, in any order, and may stop halfway: a POM counts once
 * something came with it, unless it is all there is (`packaging` `pom`), and without a POM the main artifact counts.
 */
export function isComplete(artifactId: string, { version, files, fragment }: SourceVersion): boolean {
  let hasPom = false;
  let hasMain = false;
  let hasOther = false;
  for (const { name } of files) {
    const file = parseFileName(artifactId, version, name);
    if (file === null || file.kind === 'ivy' || isCompanion(file)) continue;
    if (isPom(file)) hasPom = true;
    else if (file.classifier === null) hasMain = true;
    else hasOther = true;
  }
  return hasMain || (hasPom && (hasOther || readSummary(fragment).packaging === 'pom'));
}

export function isPom({ classifier, extension }: ArtifactFile): boolean {
  return classifier === null && extension === 'pom';
}

/** Signatures and Gradle's module metadata: they describe other files. */
export function isCompanion({ extension }: ArtifactFile): boolean {
  return extension === 'module' || /(?:^|\.)(?:asc|sig|sigstore|sigstore\.json)$/.test(extension);
}
