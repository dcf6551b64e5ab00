import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { registrationKinds } from './document-kinds.ts';
import { findPackages, refuseAnonymousView } from './find-packages.ts';
import { isPackageId, nameOf } from './names.ts';
import { listedFor, manifestOf } from './package-entries.ts';
import { pageIn, shownIn } from './search-request.ts';

/**
 * `GET /autocomplete`: ids that hold `q` or, with `id`, the versions of one package.
 * https://learn.microsoft.com/nuget/api/search-autocomplete-service-resource
 */
export async function autocomplete(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const id = request.query.get('id');
  return id === null ? ids(request, registry) : versions(request, registry, id);
}

async function ids({ query }: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const part = (query.get('q') ?? '').trim().slice(0, 200);
  const { found, total } = await findPackages(registry, {
    criteria: {
      query: { words: part === '' ? [] : [part] },
      matches: (latest) => manifestOf(latest).id.toLowerCase().includes(part.toLowerCase()),
    },
    packageType: query.get('packageType') ?? '',
    ...shownIn(query),
    ...pageIn(query),
  });
  return { status: 200, body: { totalHits: total, data: found.map(({ latest }) => manifestOf(latest).id) } };
}

async function versions({ query }: FormatRequest, registry: RegistryPort, id: string): Promise<Reply> {
  refuseAnonymousView(registry);
  const nuget = isPackageId(id) ? await registry.contents(registrationKinds.semver2, nameOf(id)) : null;
  const shown = nuget === null ? [] : listedFor(nuget, shownIn(query));
  return { status: 200, body: { totalHits: shown.length, data: shown.map(({ parsed }) => parsed.normalized) } };
}
