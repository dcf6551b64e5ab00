import { createHash } from 'node:crypto';
import { evaluateConditions } from '../../lib/conditional.ts';
import { escapeHtml } from '../../lib/html.ts';
import type { FormatRequest, PackageName, PlainReply, RegistryPort } from '../format.ts';
import { redirect } from './redirect.ts';
import { htmlEnd, htmlHead, meta } from './simple-html.ts';
import { apiVersions } from './simple-json.ts';
import { contentType, wantedForm } from './simple-page.ts';

const pageSize = 1_000;

/** `GET /simple/`: every project of this mount. */
export async function getRootIndex(request: FormatRequest, registry: RegistryPort): Promise<PlainReply> {
  if (!request.hasTrailingSlash) return redirect(request, 'simple/');
  const form = wantedForm(request);
  const names = await allNames(registry);
  const body = form === 'json' ? jsonOf(names) : htmlOf(names, request.base);
  const etag = `"${createHash('sha1').update(body).digest('base64url')}"`;
  const headers = {
    'content-type': contentType(form),
    'cache-control': 'private, max-age=0, must-revalidate',
    vary: 'Accept',
    etag,
  };
  const isKnown = request.headers['if-none-match'] !== undefined;
  const verdict = isKnown ? evaluateConditions(request.method, request.headers, { etag, lastModified: 0 }) : 'proceed';
  return verdict === 'not-modified' ? { status: 304, headers } : { status: 200, headers, body };
}

async function allNames(registry: RegistryPort): Promise<readonly PackageName[]> {
  const names: PackageName[] = [];
  for (;;) {
    const after = names.at(-1)?.key;
    const page = await registry.names({ ...(after === undefined ? {} : { after }), limit: pageSize });
    names.push(...page);
    if (page.length < pageSize) return names;
  }
}

function jsonOf(names: readonly PackageName[]): string {
  const projects = names.map(({ display }) => ({ name: display }));
  return JSON.stringify({ meta: { 'api-version': apiVersions.full }, projects });
}

function htmlOf(names: readonly PackageName[], base: string): string {
  const links = names.map(
    ({ key, display }) => `<a href="${escapeHtml(`${base}/simple/${key}/`)}">${escapeHtml(display)}</a><br>`,
  );
  const head = htmlHead('Simple index', [meta('pypi:repository-version', apiVersions.full)]);
  return [...head, links.join('\n'), htmlEnd].join('');
}
