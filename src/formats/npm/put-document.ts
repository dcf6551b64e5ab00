import type { RegistryPort, Reply } from '../format.ts';
import type { Name } from '../../registry/model.ts';

/**
 * The body of a `PUT`, parsed, the data of its attachments cut out. Nothing in it is checked. Keys that users choose
 * (versions, tags, user names) are read with `Object.entries` or `Object.hasOwn`, since they may be `__proto__`.
 */
export type PutDocument = Readonly<Record<string, unknown>>;

/** One meaning of a `PUT`. `rev` is what the URL said behind `-rev`, or `null`; when given it must be the current `_rev`. */
export type PutMeaning = (
  registry: RegistryPort,
  name: Name,
  document: PutDocument,
  rev: string | null,
) => Promise<Reply>;
