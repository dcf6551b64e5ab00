import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';

export async function getTarball(_request: FormatRequest, _registry: RegistryPort): Promise<Reply> {
  throw problem('not-found');
}
