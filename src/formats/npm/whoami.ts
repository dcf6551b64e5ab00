import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { requireSignedIn } from './signed-in.ts';

/** `GET /-/whoami` → `{"username":"alice"}`. */
export async function whoami(_request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  return { status: 200, body: { username: requireSignedIn(registry) } };
}
