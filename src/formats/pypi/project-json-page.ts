import { problem } from '../../problems/problem.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { advisedProjectJson, releaseJson } from './project-json-kinds.ts';
import { redirect } from './redirect.ts';
import { pageName } from './simple-page.ts';
import { parseVersion } from './version-order.ts';

/** `GET /pypi/:name/json`. */
export async function getProjectJson(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const spelled = request.params['name'] ?? '';
  const name = pageName(spelled);
  if (name.key !== spelled) return redirect(request, `../${name.key}/json`);
  const known = await registry.advisories([name.key]);
  return { document: await registry.document(advisedProjectJson(known), name) };
}

/** `GET /pypi/:name/:version/json`, the version in any spelling. */
export async function getReleaseJson(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const spelled = request.params['name'] ?? '';
  const name = pageName(spelled);
  const written = request.params['version'] ?? '';
  const version = parseVersion(written);
  if (version === null) throw problem('version-not-found', 'That is no version of PEP 440.');
  if (name.key !== spelled) return redirect(request, `../../${name.key}/${encodeURIComponent(written)}/json`);
  const known = await registry.advisories([name.key]);
  return { document: await registry.document(releaseJson(version, known), name) };
}
