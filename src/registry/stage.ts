import type { Readable } from 'node:stream';
import type { PromisedDigests, StagedFile } from './model.ts';
import type { Binding } from './mount.ts';

/** Receives an upload into staging. */
export async function stage(
  binding: Binding,
  body: Readable,
  options: { promised?: PromisedDigests; expectedSize?: number },
): Promise<StagedFile> {
  const maxSize = binding.services.maxFileSize(binding.format.id);
  const staging = await binding.services.blobs.stage(body, { ...options, maxSize });
  await binding.staged.hold(staging);
  return staging;
}
