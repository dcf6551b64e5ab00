/** Providers and releases of them for tests. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { certificateOf, detachedSignature, type OpenPgpSecret } from '../../src/lib/openpgp-sign.ts';
import { zip } from './zip.ts';

export interface ReleaseFile {
  readonly name: string;
  readonly body: Buffer;
}

/** The archive of one platform: a script stands for the program, which `init` doesn't start. */
export function providerArchive(type: string, version: string, platform: string, text = platform): ReleaseFile {
  const program = `terraform-provider-${type}_v${version}`;
  const body = zip([
    { name: 'LICENSE', body: 'MIT' },
    { name: program, body: `#!/bin/sh\necho ${text}\n`, mode: 0o100755 },
  ]);
  return { name: `terraform-provider-${type}_${version}_${platform}.zip`, body };
}

export function manifestFile(type: string, version: string, protocols: readonly string[]): ReleaseFile {
  const body = Buffer.from(JSON.stringify({ version: 1, metadata: { protocol_versions: protocols } }));
  return { name: `terraform-provider-${type}_${version}_manifest.json`, body };
}

export function sumsFile(type: string, version: string, files: readonly ReleaseFile[]): ReleaseFile {
  const lines = files.map(({ name, body }) => `${createHash('sha256').update(body).digest('hex')}  ${name}\n`);
  return { name: `terraform-provider-${type}_${version}_SHA256SUMS`, body: Buffer.from(lines.join('')) };
}

/** A publisher's own key. */
export interface Publisher {
  readonly keyId: string;
  readonly armored: string;
  sign(file: ReleaseFile): ReleaseFile;
}

export function publisher(name = 'Publisher <publisher@example.test>'): Publisher {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const createdAt = 1_700_000_000;
  const secret: OpenPgpSecret = { key: privateKey, createdAt };
  return {
    ...certificateOf(secret, name),
    sign: ({ name: signed, body }) => ({
      name: `${signed}.sig`,
      body: detachedSignature(secret, body, createdAt + 60),
    }),
  };
}
