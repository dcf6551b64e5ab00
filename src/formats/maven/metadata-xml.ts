import { type Xml, xml } from '../../lib/xml-writer.ts';
import type { DocumentContent } from '../format.ts';
import type { ArtifactMetadata, ListedVersion } from './artifact-metadata.ts';
import { isSnapshot } from './file-name.ts';
import type { SnapshotMetadata } from './snapshot-metadata.ts';
import { compactTime } from './times.ts';

const mediaType = 'application/xml; charset=utf-8';
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** What is about nothing has no text: it is answered with 404. */
const none: DocumentContent = { mediaType, parts: [] };

export function renderArtifactMetadata(doc: ArtifactMetadata): DocumentContent {
  if (doc.versions.length === 0 && doc.plugins.length === 0) return none;
  const { groupId, artifactId, plugins } = doc;
  const listsVersions = doc.versions.length > 0;
  const body = xml`<metadata>
${listsVersions && groupId !== null ? xml`  <groupId>${groupId}</groupId>\n` : []}${
  listsVersions && artifactId !== null ? xml`  <artifactId>${artifactId}</artifactId>\n` : []
}${listsVersions ? versioning(doc) : []}${plugins.length > 0 ? pluginList(plugins) : []}</metadata>
`;
  return { mediaType, parts: [declaration, body.text] };
}

/** Highest of all, and highest that is no snapshot. */
function latestAndRelease(versions: readonly ListedVersion[]): { latest?: string; release?: string } {
  const latest = versions.at(-1)?.version;
  const release = versions.findLast(({ version }) => !isSnapshot(version))?.version;
  return { ...(latest === undefined ? {} : { latest }), ...(release === undefined ? {} : { release }) };
}

function versioning({ versions, lastUpdated }: ArtifactMetadata): Xml {
  const { latest, release } = latestAndRelease(versions);
  return xml`  <versioning>
${latest === undefined ? [] : xml`    <latest>${latest}</latest>\n`}${
  release === undefined ? [] : xml`    <release>${release}</release>\n`
}    <versions>
${versions.map(({ version }) => xml`      <version>${version}</version>\n`)}    </versions>
${lastUpdated === null ? [] : xml`    <lastUpdated>${compactTime(lastUpdated)}</lastUpdated>\n`}  </versioning>
`;
}

function pluginList(plugins: ArtifactMetadata['plugins']): Xml {
  return xml`  <plugins>
${plugins.map(
  ({ name, prefix, artifactId }) => xml`    <plugin>
      <name>${name}</name>
      <prefix>${prefix}</prefix>
      <artifactId>${artifactId}</artifactId>
    </plugin>
`,
)}  </plugins>
`;
}

export function renderSnapshotMetadata(doc: SnapshotMetadata): DocumentContent {
  const { groupId, artifactId, version, snapshot, files } = doc;
  if (version === null) return none;
  const lastUpdated = files.reduce((newest, { updated }) => (updated > newest ? updated : newest), '');
  const body = xml`<metadata modelVersion="1.1.0">
${groupId === null ? [] : xml`  <groupId>${groupId}</groupId>\n`}${
  artifactId === null ? [] : xml`  <artifactId>${artifactId}</artifactId>\n`
}  <version>${version}</version>
  <versioning>
${
  snapshot === null
    ? []
    : xml`    <snapshot>
      <timestamp>${snapshot.timestamp}</timestamp>
      <buildNumber>${snapshot.number}</buildNumber>
    </snapshot>
`
}${lastUpdated === '' ? [] : xml`    <lastUpdated>${lastUpdated}</lastUpdated>\n`}    <snapshotVersions>
${files.map(snapshotVersion)}    </snapshotVersions>
  </versioning>
</metadata>
`;
  return { mediaType, parts: [declaration, body.text] };
}

function snapshotVersion({ classifier, extension, value, updated }: SnapshotMetadata['files'][number]): Xml {
  return xml`      <snapshotVersion>
${classifier === '' ? [] : xml`        <classifier>${classifier}</classifier>\n`}        <extension>${extension}</extension>
        <value>${value}</value>
        <updated>${updated}</updated>
      </snapshotVersion>
`;
}
