import { problem } from '../../problems/problem.ts';
import type { UploadedFile } from './upload-form.ts';

const maxSize = 64 * 1024;

/** A signature is text, as `gpg --detach-sign --armor` makes it. It is kept and served; who made it is not looked at. */
export function checkSignature({ staged }: UploadedFile): void {
  const { size, bytes } = staged;
  if (size <= maxSize && bytes?.toString('latin1').startsWith('-----BEGIN PGP SIGNATURE-----') === true) return;
  throw problem('invalid-request', 'gpg_signature is not an armored PGP signature of at most 64 KiB.');
}
