import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { problem } from '../../problems/problem.ts';

/** `PUT NAME` and `PUT NAME/-rev/REV`: publish, deprecate, star, owner and unpublish, told apart by their bodies. */
export async function put(_request: FormatRequest, _registry: RegistryPort): Promise<Reply> {
  throw problem('not-found');
}
