import { accessTokenOperations } from './access-tokens/routes.ts';
import { advisoryOperations } from './advisories/routes.ts';
import { applicationSettingsOperations } from './application-settings/routes.ts';
import { auditEventOperations } from './audit-events/routes.ts';
import { deployTokenOperations } from './deploy-tokens/routes.ts';
import { groupOperations } from './groups/routes.ts';
import { memberOperations } from './members/routes.ts';
import { metadataOperations } from './metadata/routes.ts';
import { namespaceOperations } from './namespaces/routes.ts';
import type { Operation } from './operation.ts';
import { packageOperations } from './packages/routes.ts';
import { personalAccessTokenOperations } from './personal-access-tokens/routes.ts';
import { projectOperations } from './projects/routes.ts';
import { protectionRuleOperations } from './protection-rules/routes.ts';
import { reservedNameOperations } from './reserved-names/routes.ts';
import { userOperations } from './users/routes.ts';
import { dependencyProxyOperations } from './projects/dependency-proxy.ts';
import { virtualRegistryOperations } from './virtual-registries/routes.ts';

/** Every operation of the management API, in the order of the docs. */
export const operations: readonly Operation[] = [
  ...packageOperations,
  ...protectionRuleOperations,
  ...projectOperations,
  ...groupOperations,
  ...memberOperations,
  ...namespaceOperations,
  ...userOperations,
  ...personalAccessTokenOperations,
  ...accessTokenOperations,
  ...deployTokenOperations,
  ...virtualRegistryOperations,
  ...reservedNameOperations,
  ...dependencyProxyOperations,
  ...advisoryOperations,
  ...auditEventOperations,
  ...applicationSettingsOperations,
  ...metadataOperations,
];
