import type { Format } from './format.ts';
import { generic } from './generic/index.ts';
import { maven } from './maven/index.ts';
import { npm } from './npm/index.ts';
import { nuget } from './nuget/index.ts';
import { pypi } from './pypi/index.ts';
import { terraform } from './terraform/index.ts';
import { terraformProvider } from './terraform/providers/index.ts';

/** Every format there is: adding one is a folder and a line here. */
export const formats: readonly Format[] = [npm, maven, pypi, nuget, terraform, terraformProvider, generic];
