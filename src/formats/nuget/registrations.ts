import { problem } from '../../problems/problem.ts';
import type { DocumentKind, FormatRequest, Handler, RegistryPort, Reply } from '../format.ts';
import { entriesBetween, leafKind, pageKind, registrationKinds } from './document-kinds.ts';
import type { Hive } from './links.ts';
import { nameOf, readVersion } from './names.ts';
import type { NuGetPackage } from './package-entries.ts';
import { entriesIn } from './registration-text.ts';

/** Pages grow when versions are pushed in between; nobody is served much more than a page. */
const mostInPage = 256;

/** `GET /metadata/:id/index.json` */
export function registrationIndex(hive: Hive): Handler {
  return async ({ params }, registry) => ({
    document: await registry.document(registrationKinds[hive], nameOf(params['id'] ?? '')),
  });
}

/** `GET /metadata/:id/page/:lower/:upper.json` */
export function registrationPage(hive: Hive): Handler {
  return (request, registry) => {
    const lower = readVersion(request.params['lower'] ?? '');
    const upper = readVersion(withoutEnding(request.params['upper'] ?? ''));
    return partOf(request, registry, pageKind(hive, lower, upper), (nuget) => {
      const { length } = entriesBetween(nuget, hive, lower, upper);
      return length > 0 && length <= mostInPage;
    });
  };
}

/** `GET /metadata/:id/:version.json` */
export function registrationLeaf(hive: Hive): Handler {
  return (request, registry) => {
    const version = readVersion(withoutEnding(request.params['file'] ?? ''));
    return partOf(request, registry, leafKind(hive, version), (nuget) =>
      entriesIn(nuget, { hive }).some(({ parsed }) => parsed.key === version.key),
    );
  };
}

/** A document about some of a package's versions, where there are any. */
async function partOf(
  { params }: FormatRequest,
  registry: RegistryPort,
  kind: DocumentKind<NuGetPackage>,
  exists: (nuget: NuGetPackage) => boolean,
): Promise<Reply> {
  const name = nameOf(params['id'] ?? '');
  const nuget = await registry.contents(kind, name);
  if (nuget === null || !exists(nuget)) throw problem('version-not-found', `${name.display} has no such version here.`);
  return { document: await registry.document(kind, name) };
}

function withoutEnding(file: string): string {
  if (!file.toLowerCase().endsWith('.json')) throw problem('not-found', 'Registrations end with .json.');
  return file.slice(0, -'.json'.length);
}
