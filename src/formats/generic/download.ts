import { mediaTypeOf } from '../../lib/media-type.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { readCoordinates } from './names.ts';

/** `GET /:name/:version/*`: the newest file of that name. */
export async function download(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { name, version, fileName } = readCoordinates(request.params);
  const file = await registry.file(name, { versionKey: version.key, fileName });
  // A file that is still coming from an upstream has no digest yet.
  const digest = Buffer.from(file.digests.sha256, 'hex').toString('base64');
  return {
    file,
    mediaType: mediaTypeOf(fileName),
    downloadName: fileName,
    mutable: true,
    redirectable: true,
    headers: digest === '' ? {} : { 'repr-digest': `sha-256=:${digest}:` },
  };
}
