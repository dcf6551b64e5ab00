/**
 * A copy that holds no more memory than its bytes, for what is kept: zlib's results lie in 16 KiB of their own, and small
 * buffers in slabs that they share with strangers. Both would stay as long as the few bytes do.
 */
export function ownBytes(bytes: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
