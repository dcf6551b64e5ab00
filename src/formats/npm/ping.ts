import type { FormatRequest, RegistryPort, Reply } from '../format.ts';

/** `GET /-/ping` → `{}`; npm prints whatever else there is. */
export async function ping(_request: FormatRequest, _registry: RegistryPort): Promise<Reply> {
  return { status: 200, body: {} };
}
