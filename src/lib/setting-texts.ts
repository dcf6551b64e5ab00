/**
 * How the text of a format's own setting is read: answers its normal form, or throws an `Error` whose message completes
 * `PACKYARD_X …`: `must be true or false`.
 */
export type SettingText = (text: string) => string;

export function oneOfTexts(...allowed: readonly string[]): SettingText {
  return (text) => {
    const found = allowed.find((each) => each === text.toLowerCase());
    if (found === undefined) throw new Error(`must be one of ${allowed.join(', ')}`);
    return found;
  };
}

/** `true` or `false`, also said with `yes`, `on`, `1`, `no`, `off`, `0`. */
export const trueOrFalseText: SettingText = (text) => {
  if (/^(?:true|yes|on|1)$/i.test(text)) return 'true';
  if (/^(?:false|no|off|0)$/i.test(text)) return 'false';
  throw new Error('must be true or false');
};

/** A whole number within bounds, written with digits only. */
export function wholeNumberText(min: number, max: number): SettingText {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new Error(`must be a whole number from ${min} to ${max}`);
    return String(value);
  };
}

/** `http` or `https`, without user name, query, fragment and slash at the end. */
export const webUrlText: SettingText = (text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === null || !isWeb || `${url.username}${url.password}${url.search}${url.hash}` !== '') {
    throw new Error('must be a URL such as https://packages.example.com, without user name, query or fragment');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
};

/** A regular expression that must match the whole of a text; comes back with its anchors. */
export const wholePatternText: SettingText = (text) => {
  const whole = `^(?:${text})$`;
  try {
    return new RegExp(whole, 'u').source;
  } catch {
    throw new Error('must be a regular expression');
  }
};
