import type { Format, SettingReader } from '../formats/format.ts';
import type { RegistryFoundation } from './foundation.ts';

/** What is set of a format's own settings. */
export function settingsOf(format: Format, services: RegistryFoundation): SettingReader {
  return (name) => {
    const declared = format.settings?.find((setting) => setting.name === name);
    if (declared === undefined) throw new Error(`the format ${format.id} declares no setting ${name}`);
    return services.formatSettings.get(`${format.id}.${name}`) ?? declared.default;
  };
}

/** Whether a file may be uploaded again under its name, where the format leaves it to the administrator. */
export function duplicatesAllowed(format: Format, services: RegistryFoundation): boolean {
  const isDeclared = format.settings?.some(({ name }) => name === 'duplicates') === true;
  return !isDeclared || settingsOf(format, services)('duplicates') !== 'false';
}
