import { tarballName } from './names.ts';

/** File name under which a version's Sigstore bundle is stored, and uploaded by npm: `pkg-1.0.0.sigstore`. */
export function attestationName(name: string, version: string): string {
  return tarballName(name, version).replace(/\.tgz$/, '.sigstore');
}
