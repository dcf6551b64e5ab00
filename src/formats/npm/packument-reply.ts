import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { wantsAbbreviated } from './accept.ts';
import { parseName } from './names.ts';
import { abbreviatedPackument, fullPackument } from './packument-kinds.ts';

/** `GET NAME`: the packument, abbreviated for those who ask for it. */
export async function getPackument(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = parseName(request.params['name'] ?? '');
  const kind = wantsAbbreviated(request.headers.accept) ? abbreviatedPackument : fullPackument;
  return { document: await registry.document(kind, name) };
}
