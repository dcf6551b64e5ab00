import { trueOrFalseText, wholePatternText } from '../../lib/setting-texts.ts';
import type { FormatSetting, SettingReader } from '../format.ts';

/** GitLab's package settings of a group, here for the whole server. */
export const moduleSettings: readonly FormatSetting[] = [
  {
    name: 'module_duplicates',
    default: 'false',
    meaning: 'Whether several projects of a top-level group may have a Terraform module of the same name.',
    read: trueOrFalseText,
  },
  {
    name: 'module_duplicate_exception',
    default: null,
    meaning:
      'Regular expression: modules whose whole `name/system` it matches may be in several projects all the same.',
    read: wholePatternText,
  },
];

/** Whether one project alone of a top-level group may have the module. */
export function isUniqueName(nameKey: string, setting: SettingReader): boolean {
  if (setting('module_duplicates') === 'true') return false;
  const exception = setting('module_duplicate_exception');
  return exception === null || !new RegExp(exception, 'u').test(nameKey);
}
