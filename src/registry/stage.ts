import type { Readable } from 'node:stream';
import type { PromisedDigests, StagedFile } from './model.ts';
import type { Binding } from './mount.ts';

/** Receives an upload into staging; it is discarded with the request unless a publication commits it. */
export async function stage(
  binding: Binding,
  body: Readable,
  options: { promised?: PromisedDigests; expectedSize?: number },
): Promise<StagedFile> {
  const maxSize = binding.services.maxFileSize(binding.format.id);
  const staging = await binding.services.blobs.stage(body, { ...options, maxSize });
  binding.staged.add(staging);
  return staging;
}

/** Frees whatever the request staged; safe to call after a publish. */
export async function releaseStaged(binding: Binding): Promise<void> {
  for (const staging of binding.staged) await staging.discard();
  binding.staged.clear();
}
