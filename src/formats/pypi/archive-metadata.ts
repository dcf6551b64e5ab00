import { InvalidArchive } from '../../lib/invalid-archive.ts';
import { problem } from '../../problems/problem.ts';
import type { StagedFile } from '../../registry/model.ts';
import type { ArchiveMetadata } from './core-metadata.ts';
import type { DistributionName } from './distribution-name.ts';
import { readSdist } from './sdist.ts';
import { readWheel } from './wheel.ts';

/** Looks into a wheel or sdist; refuses one that is broken, ambiguous, a bomb, or lacks its metadata. */
export async function readArchiveMetadata(staged: StagedFile, name: DistributionName): Promise<ArchiveMetadata> {
  try {
    return await (name.packageType === 'bdist_wheel' ? readWheel(staged, name) : readSdist(staged, name));
  } catch (error) {
    if (error instanceof InvalidArchive) throw problem('invalid-archive', error.message);
    throw error;
  }
}
