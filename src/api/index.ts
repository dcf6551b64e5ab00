import { groupOperations } from './groups/routes.ts';
import { metadataOperations } from './metadata/routes.ts';
import { namespaceOperations } from './namespaces/routes.ts';
import type { Operation } from './operation.ts';
import { packageOperations } from './packages/routes.ts';
import { projectOperations } from './projects/routes.ts';

/** Every operation of the management API, in the order of the docs. */
export const operations: readonly Operation[] = [
  ...packageOperations,
  ...projectOperations,
  ...groupOperations,
  ...namespaceOperations,
  ...metadataOperations,
];
