import type { FormatRequest, RegistryPort, Reply } from '../format.ts';

/** `GET /` of a registry, CouchDB's way. There is no changes feed, hence no `update_seq`. */
export async function registryRoot(_request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { total } = await registry.search({ words: [], limit: 1, offset: 0 });
  return { status: 200, body: { db_name: 'registry', doc_count: total } };
}
