import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { refuseAnonymousView } from './find-packages.ts';
import { listedFor } from './package-entries.ts';
import { readsSemVer2 } from './search-request.ts';
import { packageOf, packagesBeginning } from './v2-contents.ts';
import { flagParameter, textIn } from './v2-query.ts';

const mostIds = 30;
/** How many are looked at for them: some may have nothing listed. */
const mostExamined = 1_000;

/** `GET /v2/package-ids?partialId=Ac`: `["Acme.Tea"]`, ids that begin so. Visual Studio's console completes by it. */
export async function packageIds(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  refuseAnonymousView(registry);
  const partial = textIn(request.query.get('partialId') ?? '');
  const ids: string[] = [];
  let examined = 0;
  for await (const nuget of packagesBeginning(registry, partial)) {
    if (listedFor(nuget, shownTo(request)).length > 0) ids.push(nuget.id);
    examined += 1;
    if (ids.length === mostIds || examined === mostExamined) break;
  }
  return { status: 200, body: ids };
}

/** `GET /v2/package-versions/Acme.Tea`: `["1.0.0"]`, listed ones. */
export async function packageVersions(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const nuget = await packageOf(registry, request.params['id'] ?? '');
  const listed = nuget === null ? [] : listedFor(nuget, shownTo(request));
  return { status: 200, body: listed.map(({ parsed }) => parsed.normalized) };
}

function shownTo(request: FormatRequest): { prerelease: boolean; semVer2: boolean } {
  return {
    prerelease: flagParameter(request, 'includePrerelease'),
    semVer2: readsSemVer2(textIn(request.query.get('semVerLevel') ?? '')),
  };
}
