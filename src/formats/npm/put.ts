import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { deprecateVersions } from './deprecate.ts';
import { isObject, member } from './json-body.ts';
import { parseNewName, parsePresentName } from './names.ts';
import { replaceMaintainers } from './owners.ts';
import { publishVersion } from './publish.ts';
import { readPutBody } from './put-body.ts';
import type { PutDocument, PutMeaning } from './put-document.ts';
import { isStarCommand } from './star-command.ts';
import { starPackage } from './star.ts';
import { unpublishVersions } from './unpublish.ts';

/**
 * `PUT NAME` and `PUT NAME/-rev/REV`: publish, deprecate, star, change of owners and unpublish, told apart by what their
 * bodies hold. No client says reliably which it means: `npm undeprecate` sends another command than `npm deprecate`, and
 * others send none.
 */
export async function put(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const raw = request.params['name'] ?? '';
  const name = parsePresentName(raw);
  const rev = request.params['rev'] ?? null;
  const accept = (): void => {
    if (isStarCommand(request.headers)) throw problem('forbidden', 'A star brings no tarball: run npm publish.');
    parseNewName(raw);
  };
  const { document, tarball } = await readPutBody(request, registry, accept);
  if (tarball === null && !promisesTarball(document)) {
    return meaningOf(document, rev)(registry, name, document, rev);
  }
  if (rev !== null) throw problem('invalid-request', 'Publish without "/-rev/" in the URL.');
  if (tarball === null) throw problem('invalid-request', 'Attachment data is empty.');
  return publishVersion(registry, parseNewName(raw), document, tarball);
}

/** A publish whose attachment lost its data; CouchDB's stubs of old ones don't count. */
function promisesTarball(document: PutDocument): boolean {
  const attachments = member(document, '_attachments');
  if (!isObject(attachments)) return false;
  return Object.entries(attachments).some(
    ([key, attachment]) => key.endsWith('.tgz') && !(isObject(attachment) && member(attachment, 'stub') === true),
  );
}

function meaningOf(document: PutDocument, rev: string | null): PutMeaning {
  if (member(document, 'versions') !== undefined) return rev === null ? deprecateVersions : unpublishVersions;
  if (member(document, 'maintainers') !== undefined) return replaceMaintainers;
  if (member(document, 'users') !== undefined) return starPackage;
  throw problem('invalid-request', 'The body publishes nothing: it has no "versions", "maintainers" or "users".');
}
