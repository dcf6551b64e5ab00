import type { Operation } from './operation.ts';

/** Every operation of the management API, in the order of the docs. */
export const operations: readonly Operation[] = [];
