import { problem } from '../problems/problem.ts';
import { type AddressGuard, ForbiddenAddress } from './address-guard.ts';

const longest = 255;

/**
 * The base URL of an upstream as it is kept: `http` or `https`, without user name, query, fragment and slash at the end.
 * `invalid-parameter` when it is none, or when its host has an address that upstreams may not have.
 */
export async function checkedBaseUrl(text: string, guard: AddressGuard): Promise<string> {
  const url = text.length <= longest && URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw problem('invalid-parameter', 'url must be an http or https URL of at most 255 characters.');
  }
  if (`${url.username}${url.password}` !== '') {
    throw problem('invalid-parameter', 'url must not hold a user name: send username and password.');
  }
  if (`${url.search}${url.hash}` !== '') throw problem('invalid-parameter', 'url must have no query and no fragment.');
  try {
    await guard.checkName(url.hostname);
  } catch (error) {
    if (!(error instanceof ForbiddenAddress)) throw error;
    throw problem(
      'invalid-parameter',
      'url leads to a private address. An administrator can allow it: PACKYARD_UPSTREAM_ALLOW.',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
