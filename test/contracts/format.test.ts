import {
  genericAdapter,
  mavenAdapter,
  npmAdapter,
  nugetAdapter,
  pypiAdapter,
  terraformAdapter,
  terraformProviderAdapter,
} from './format-adapters.ts';
import { formatContract } from './format.contract.ts';

for (const format of [
  npmAdapter,
  nugetAdapter,
  genericAdapter,
  mavenAdapter,
  pypiAdapter,
  terraformAdapter,
  terraformProviderAdapter,
])
  formatContract(format);
