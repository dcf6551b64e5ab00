/** Keeps secrets out of logs: by the name of a field, by its place in a URL, and by the look of a token. */

export const redacted = '[redacted]';

const secretFields = new Set([
  'authorization',
  'proxy-authorization',
  'private-token',
  'deploy-token',
  'job-token',
  'cookie',
  'set-cookie',
  'x-nuget-apikey',
  'npm-otp',
  'password',
  'token',
  'access_token',
  'private_token',
  'job_token',
  'secret',
  '_auth',
  '_authtoken',
  '_password',
]);

/** A copy of `value` without the content of secret fields, to a depth of six. Errors stay as they are. */
export function redactFields(value: unknown, depth = 6): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth === 0) return '[…]';
  if (Array.isArray(value)) return value.map((item) => redactFields(item, depth - 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') return value;
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    copy[key] = secretFields.has(key.toLowerCase()) ? redacted : redactFields(field, depth - 1);
  }
  return copy;
}

const secretQuery = /([?&](?:private_token|job_token|access_token|token|_auth|password)=)[^&#\s]*/gi;
const secretPath = /(\/-\/(?:user\/token|npm\/v1\/tokens\/token|v1\/done|v1\/login|login)\/)[^/?#\s]+/gi;
const credentialsInUrl = /(:\/\/)[^/@\s:]*:[^/@\s]*@/g;
/** Prefixes of our tokens and of GitLab's, which may be in use here after a move. */
const tokenLike = /\b(pky[prgd]_|gl[a-z]{2,6}-)[\w.-]{16,}/g;

/** Replaces what is secret in a URL, or in a sentence that holds URLs or tokens. */
export function redactText(text: string): string {
  return text
    .replace(secretQuery, `$1${redacted}`)
    .replace(secretPath, `$1${redacted}`)
    .replace(credentialsInUrl, `$1${redacted}@`)
    .replace(tokenLike, `$1${redacted}`);
}

/** The target of a request as it may be logged. Runs for each request, so plain ones are told apart cheaply. */
export function redactTarget(target: string): string {
  const suspicious =
    target.includes('?') ||
    target.includes('/token/') ||
    target.includes('/-/v1/') ||
    target.includes('/-/login/') ||
    target.includes('//');
  return suspicious ? redactText(target) : target;
}
