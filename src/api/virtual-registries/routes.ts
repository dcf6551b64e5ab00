import { associationOperations } from './associations.ts';
import { cacheOperations } from './cache.ts';
import { cacheUsageOperations } from './cache-usage.ts';
import { cleanupPolicyOperations } from './cleanup-policy.ts';
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
  ...cacheUsageOperations,
  ...cleanupPolicyOperations,
  ...explainOperations,
  ...hiddenOperations,
];
