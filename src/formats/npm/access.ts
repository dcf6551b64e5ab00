import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { jsonObject, member, optionalText } from './json-body.ts';
import { parseName } from './names.ts';
import { requireSignedIn } from './signed-in.ts';
import { storedPackage } from './stored-package.ts';

/** `GET /-/package/NAME/collaborators` → `{"alice":"write"}`: the members of its project. */
export async function collaborators(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  requireSignedIn(registry);
  await storedPackage(registry, parseName(request.params.name ?? ''));
  return { status: 200, body: Object.fromEntries(await registry.accounts.collaborators()) };
}

/** `GET /-/package/NAME/visibility` → `{"public":true}`. */
export async function visibility(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = parseName(request.params.name ?? '');
  await storedPackage(registry, name);
  return { status: 200, body: { public: await registry.isPublic(name) } };
}

/**
 * `POST /-/package/NAME/access` with `{"access":"public"|"restricted"}` or `{"publish_requires_tfa":false}`. Both are
 * answered by how things are: visibility belongs to the project, and there is no second factor to require.
 */
export async function setAccess(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = parseName(request.params.name ?? '');
  const body = await jsonObject(request);
  const access = optionalText(body, 'access');
  const secondFactor = member(body, 'publish_requires_tfa') ?? null;
  if (access === null && secondFactor === null) throw problem('invalid-parameter', '"access" not given');
  if (access !== null && access !== 'public' && access !== 'restricted') {
    throw problem('invalid-parameter', '"access" must be public or restricted.');
  }
  await storedPackage(registry, name);
  const isPublic = await registry.isPublic(name);
  if (secondFactor !== null && secondFactor !== false) {
    throw problem(
      'invalid-request',
      'Two-factor authentication is not offered here, so it can not be required to publish.',
    );
  }
  if (access !== null && (access === 'public') !== isPublic) {
    throw problem(
      'forbidden',
      `Packages are as visible as their project, which is ${isPublic ? '' : 'not '}public. Change the project's visibility instead.`,
    );
  }
  return { status: 200, body: {} };
}

/** `GET /-/package/NAME/trust`: no trusted publishers are kept. */
export async function listTrust(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  await storedPackage(registry, parseName(request.params.name ?? ''));
  return { status: 200, body: [] };
}
