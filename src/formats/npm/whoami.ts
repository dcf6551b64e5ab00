import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';

/** `GET /-/whoami` → `{"username":"alice"}`. */
export async function whoami(_request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { username } = registry.caller;
  if (username === null) throw problem('unauthenticated', 'Sign in first: npm login.');
  return { status: 200, body: { username } };
}
