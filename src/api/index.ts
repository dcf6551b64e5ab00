import type { Operation } from './operation.ts';
import { packageOperations } from './packages/routes.ts';

/** Every operation of the management API, in the order of the docs. */
export const operations: readonly Operation[] = [...packageOperations];
