import { escapeHtml } from '../../lib/html.ts';
import type { DocumentContent, RenderContext } from '../format.ts';
import { mediaTypes } from './accept.ts';
import { fileUrl, provenanceUrl } from './file-urls.ts';
import { keyedParts, type ListWriting } from './keyed-parts.ts';
import { apiVersionOf } from './simple-json.ts';
import { checkOffered, type SimpleFile, type SimpleProject } from './simple-project.ts';

const writing: ListWriting<SimpleFile> = {
  mark: 'pypi-html-1',
  separator: '\n',
  nameOf: ({ fileName }) => fileName,
  write: writeLink,
};

/** `GET /simple/:name/` for browsers and old clients. No `<base>`, and no empty attributes: an empty `data-yanked` yanks. */
export function renderSimpleHtml(project: SimpleProject, { base }: RenderContext): DocumentContent {
  const { name, status, files } = project;
  checkOffered(project);
  const title = `Links for ${name}`;
  const metas = [
    meta('pypi:repository-version', apiVersionOf(files)),
    meta('pypi:project-status', status?.status ?? 'active'),
    status?.reason === null || status === null ? '' : meta('pypi:project-status-reason', status.reason),
  ];
  return {
    mediaType: `${mediaTypes['legacy-html']}; charset=utf-8`,
    parts: [...htmlHead(title, metas), ...keyedParts(files, writing, base), htmlEnd],
  };
}

export const htmlEnd = '\n</body>\n</html>\n';

/** The page as far as its links. */
export function htmlHead(title: string, metas: readonly string[]): readonly string[] {
  const text = escapeHtml(title);
  return [
    `<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n${metas.join('')}<title>${text}</title>\n</head>\n<body>\n<h1>${text}</h1>\n`,
  ];
}

export function meta(name: string, content: string): string {
  return `<meta name="${name}" content="${escapeHtml(content)}">\n`;
}

function writeLink(file: SimpleFile, base: string): string {
  const metadata = file.metadata === null ? null : file.metadata === true ? 'true' : `sha256=${file.metadata}`;
  const attributes: readonly (readonly [string, string | null])[] = [
    ['href', `${fileUrl(base, file)}#sha256=${file.sha256}`],
    ['data-requires-python', file.requiresPython],
    ['data-yanked', file.yanked],
    // The older clients know the second only.
    ['data-core-metadata', metadata],
    ['data-dist-info-metadata', metadata],
    ['data-gpg-sig', file.isSigned ? 'true' : null],
    ['data-provenance', provenanceUrl(base, file)],
  ];
  const text = attributes.map(([name, value]) => (value === null ? '' : ` ${name}="${escapeHtml(value)}"`)).join('');
  return `<a${text}>${escapeHtml(file.fileName)}</a><br>`;
}
