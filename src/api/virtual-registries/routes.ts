import { associationOperations } from './associations.ts';
import { cacheOperations } from './cache.ts';
import { explainOperations } from './explain.ts';
import { hiddenOperations } from './hidden.ts';
import { registryOperations } from './registries.ts';
import { testOperations } from './test-connection.ts';
import { upstreamOperations } from './upstreams.ts';

export const virtualRegistryOperations = [
  ...registryOperations,
  ...testOperations,
  ...upstreamOperations,
  ...associationOperations,
  ...cacheOperations,
  ...explainOperations,
  ...hiddenOperations,
];
