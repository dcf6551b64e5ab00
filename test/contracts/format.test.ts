import { genericAdapter, mavenAdapter, npmAdapter, pypiAdapter } from './format-adapters.ts';
import { formatContract } from './format.contract.ts';

for (const format of [npmAdapter, genericAdapter, mavenAdapter, pypiAdapter]) formatContract(format);
