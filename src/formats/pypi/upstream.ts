import type { Name } from '../../registry/model.ts';
import {
  ask,
  type DocumentWanted,
  type FileWanted,
  type UpstreamAnswerHead,
  type UpstreamFile,
  type UpstreamProtocol,
  type UpstreamSteps,
} from '../upstream-protocol.ts';
import { mediaTypes } from './accept.ts';
import { projectName } from './distribution-name.ts';
import { normalizeName, possibleProjects } from './file-names.ts';
import { simpleHtml, simpleJson } from './simple-kinds.ts';
import { parseSimplePage } from './simple-parse.ts';
import type { SimpleFile, SimpleProject } from './simple-project.ts';
import { companions } from './stored-files.ts';
import { licenseOf, withLicenses } from './upstream-licenses.ts';

const accept = `${mediaTypes.json}, ${mediaTypes.html}; q=0.2, text/html; q=0.01`;

/** How other indexes are read: one page of the simple API a project, below the URL that pip would be given. */
export const pypiUpstream = {
  claims: 'name',
  spelling: normalizeName,
  // The public index keeps its files elsewhere.
  trustedOrigins: ({ hostname }) => (hostname === 'pypi.org' ? ['https://files.pythonhosted.org'] : []),
  explains: (name) => ({ name: projectName(name), kind: simpleJson }),
  document,
  file,
} satisfies UpstreamProtocol;

interface Page {
  readonly project: SimpleProject;
  /** Relative links start here. */
  readonly url: string;
}

/** The JSON API of other indexes isn't read: it says nothing that pages don't, but for descriptions. */
function* document({ kind, name, licenses }: DocumentWanted): UpstreamSteps<SimpleProject | null> {
  if (kind.id !== simpleJson.id && kind.id !== simpleHtml.id) return null;
  const page = yield* pageOf(name.key);
  if (page === null) return null;
  const project = licenses === true ? yield* withLicenses(page.project, linksIn(page)) : page.project;
  return { ...project, name: name.key, files: project.files.map(asOurs) };
}

function* pageOf(project: string): UpstreamSteps<Page | null> {
  const page = yield* ask({ path: `${encodeURIComponent(project)}/`, accept, read: readPage, about: nameOf(project) });
  // Some pages don't say whose they are; the names of their files do then.
  return page === null || (page.project.name !== project && page.project.name !== '') ? null : page;
}

function readPage(text: string, { url }: UpstreamAnswerHead): Page {
  return { project: parseSimplePage(text), url };
}

function linksIn({ url }: Page): (file: SimpleFile) => string | null {
  return ({ source }) => absolute(source ?? '', url);
}

/** No link leads past us. */
function asOurs(file: SimpleFile): SimpleFile {
  return { ...file, isSigned: false, provenance: file.provenance === null ? null : 'ours', source: null };
}

/** Asked for by digest, a file's name says which project it may be of. */
function* file({ name, fileName, sha256, licenses }: FileWanted): UpstreamSteps<UpstreamFile | null> {
  const ending = [companions.metadata, companions.provenance].find((text) => fileName.endsWith(text)) ?? '';
  const distribution = fileName.slice(0, fileName.length - ending.length);
  for (const project of name === null ? possibleProjects(distribution) : [name.key]) {
    const page = yield* pageOf(project);
    const listed = page?.project.files.find(
      (each) => each.fileName === distribution && (sha256 === null || each.sha256 === sha256),
    );
    if (page === null || listed === undefined) continue;
    const located = locate(page, listed, ending);
    if (located === null) continue;
    const license = licenses === true ? yield* licenseOf(page.project, listed.version, linksIn(page)) : null;
    return { ...located, license, name: nameOf(project) };
  }
  return null;
}

function nameOf(project: string): Name {
  return { key: project, display: project, namespace: null };
}

function locate({ url }: Page, listed: SimpleFile, ending: string): Omit<UpstreamFile, 'name'> | null {
  const { source, sha256, metadata, provenance, version, uploadedAt: publishedAt, fileName } = listed;
  const at = absolute(source ?? '', url);
  if (at === null) return null;
  const judged = { version, publishedAt };
  if (ending === '') {
    return { ...judged, path: at, digests: { sha256 }, looksLike: fileName.endsWith('.tar.gz') ? 'gzip' : 'zip' };
  }
  if (ending === companions.metadata) {
    const digests = typeof metadata === 'string' ? { sha256: metadata } : {};
    return metadata === null ? null : { ...judged, path: `${at}${ending}`, digests };
  }
  const statement = provenance === null ? null : absolute(provenance, url);
  // Attestations may be added to the same bytes.
  return statement === null ? null : { ...judged, path: statement, digests: {}, mutable: true };
}

function absolute(link: string, base: string): string | null {
  if (link === '' || !URL.canParse(link, base)) return null;
  const url = new URL(link, base);
  url.hash = '';
  return url.href;
}
