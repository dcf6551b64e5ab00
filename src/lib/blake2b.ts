import { pipeline, Transform, type Readable } from 'node:stream';

/** A stream's bytes as they pass, and their BLAKE2b digest of 256 bits (RFC 7693) once all of them have. */
export interface HashedStream {
  /** In place of the stream that was given; its errors are this one's. */
  readonly bytes: Readable;
  /** Lower-case hex; call it after the end of `bytes`. */
  digest(): string;
}

/** Node.js has BLAKE2b of 512 bits only, which isn't the same function cut short. The library is loaded with the first upload. */
export async function blake2b256(source: Readable): Promise<HashedStream> {
  const { createBLAKE2b } = await import('hash-wasm');
  const hash = await createBLAKE2b(256);
  hash.init();
  const bytes = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  // The error is heard by whoever reads `bytes`.
  pipeline(source, bytes, () => undefined);
  let digest: string | null = null;
  return {
    bytes,
    digest: () => {
      digest ??= hash.digest('hex');
      return digest;
    },
  };
}
