import { problem } from '../../problems/problem.ts';
import { type Elsewhere, encodedPath } from '../elsewhere.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { acceptedForm, mediaTypes, namedForm, type SimpleForm } from './accept.ts';
import { projectName } from './distribution-name.ts';
import { redirect } from './redirect.ts';
import { simpleHtml, simpleJson } from './simple-kinds.ts';

/** `GET /simple/:name/`: the files of a project, in the form that the client takes. */
export async function getProjectPage(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const spelled = request.params['name'] ?? '';
  const name = pageName(spelled);
  if (!request.hasTrailingSlash) return redirect(request, `${name.key}/`);
  if (name.key !== spelled) return redirect(request, `../${name.key}/`);
  const form = wantedForm(request);
  const document = await registry.document(form === 'json' ? simpleJson : simpleHtml, name);
  const headers = { 'content-type': contentType(form), vary: 'Accept, Accept-Encoding', etag: strong(document.etag) };
  return { document, headers };
}

/** The page of the same name in another simple index. */
export function pageElsewhere({ params }: FormatRequest): Elsewhere {
  const name = pageName(params['name'] ?? '');
  return { name, path: `${encodedPath(name.key)}/` };
}

/**
 * uv asks again with strong entity tags only, otherwise by time: what is published in the second in which it looked would
 * stay hidden from it. Both encodings of a page decode to the same bytes, and no part of one is ever asked for.
 */
function strong(etag: string): string {
  return etag.replace(/^W\//, '');
}

/** `?format=` is for people whose browser sends another `Accept`. */
export function wantedForm({ headers, query }: FormatRequest): SimpleForm {
  const format = query.get('format');
  const form = format === null ? acceptedForm(headers.accept) : namedForm(format);
  if (form !== null) return form;
  throw problem('not-acceptable', `Offered are ${Object.values(mediaTypes).join(', ')}.`, { vary: 'Accept' });
}

export function contentType(form: SimpleForm): string {
  return form === 'json' ? mediaTypes.json : `${mediaTypes[form]}; charset=utf-8`;
}

/** A name that can't be one is a project that isn't there. */
export function pageName(name: string): ReturnType<typeof projectName> {
  try {
    return projectName(name);
  } catch {
    throw problem('package-not-found', 'There is no project of that name here.');
  }
}
