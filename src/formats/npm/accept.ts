import { abbreviatedType } from './packument-kinds.ts';

/**
 * Whether a client wants the abbreviated packument: it names that type, and likes nothing else of JSON better. No client
 * is refused for what it accepts.
 */
export function wantsAbbreviated(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const weights = new Map<string, number>();
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    weights.set(type, weightOf(parameters));
  }
  const short = weights.get(abbreviatedType) ?? 0;
  const full = weights.get('application/json') ?? weights.get('application/*') ?? weights.get('*/*') ?? 0;
  return short > 0 && short >= full;
}

/** The `q` among a media range's parameters, 1 when there is none or it makes no sense. */
function weightOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
  const value = Number(weight?.slice(weight.indexOf('=') + 1).trim() || 1);
  return value >= 0 && value <= 1 ? value : 1;
}
