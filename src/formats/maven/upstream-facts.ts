import { ask, type UpstreamSteps } from '../upstream-protocol.ts';
import type { ArtifactMetadata } from './artifact-metadata.ts';
import { compareMavenVersions } from './comparable-version.ts';
import { isSnapshot } from './file-name.ts';
import { nameOf } from './path.ts';
import { pomPath } from './upstream-paths.ts';
import { type PomFacts, type PomPlace, readPomFacts } from './upstream-pom.ts';

/** POMs of releases don't change. */
const month = 30 * 24 * 3_600_000;
/** How many POMs are asked for their dates and licenses, the newest versions first. */
const mostDated = 50;
/** And how many of their parents, which versions share. */
const mostParents = 50;
const deepest = 6;

type Parents = Map<string, PomFacts | null>;

/**
 * When each version came and its license, which metadata doesn't say: of the newest by their POMs. The others came at the
 * latest when the metadata changed last, and nobody knows their licenses.
 */
export function* withFacts(
  found: ArtifactMetadata,
  folder: string,
  licenses: boolean,
): UpstreamSteps<ArtifactMetadata> {
  const newest = [...found.versions]
    .map(({ version }) => version)
    .sort((a, b) => compareMavenVersions(b, a))
    .slice(0, mostDated);
  const facts = new Map<string, PomFacts | null>();
  const parents: Parents = new Map();
  for (const version of newest) {
    facts.set(version, isSnapshot(version) ? null : yield* factsOf(folder, version, licenses, parents));
  }
  const versions = found.versions.map(({ version }) => {
    const { publishedAt = null, license = null } = facts.get(version) ?? {};
    return { version, publishedAt: publishedAt ?? found.lastUpdated, license };
  });
  return { ...found, versions };
}

/** What the POM of a version says; its license also where it leaves that to a parent. */
export function* factsOf(
  folder: string,
  version: string,
  licenses: boolean,
  parents: Parents = new Map(),
): UpstreamSteps<PomFacts | null> {
  const goodFor = isSnapshot(version) ? {} : { goodFor: month };
  const facts = yield* ask({ path: pomPath(folder, version), read: readPomFacts, ...goodFor });
  if (facts === null || !licenses || facts.license !== null) return facts;
  return { ...facts, license: yield* inherited(facts.parent, parents) };
}

/** https://maven.apache.org/pom.html#Inheritance */
function* inherited(first: PomPlace | null, parents: Parents): UpstreamSteps<string | null> {
  let place = first;
  for (let depth = 0; place !== null && depth < deepest; depth += 1) {
    const path = pomPath(place.folder, place.version);
    if (!parents.has(path)) {
      if (parents.size >= mostParents) return null;
      const about = nameOf(place.folder.split('/'));
      parents.set(path, yield* ask({ path, read: readPomFacts, about, goodFor: month }));
    }
    const facts = parents.get(path) ?? null;
    if (facts === null || facts.license !== null) return facts?.license ?? null;
    place = facts.parent;
  }
  return null;
}
