import { genericAdapter, mavenAdapter, npmAdapter } from './format-adapters.ts';
import { formatContract } from './format.contract.ts';

for (const format of [npmAdapter, genericAdapter, mavenAdapter]) formatContract(format);
