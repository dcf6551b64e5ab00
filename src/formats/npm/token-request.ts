import { problem } from '../../problems/problem.ts';
import { type JsonObject, member, optionalText, requiredText } from './json-body.ts';

const day = 24 * 60 * 60 * 1_000;
const mostDays = 3_650;

/** What `npm token create` asks for. */
export interface TokenRequest {
  readonly password: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly expiresAt: number | null;
}

/**
 * The body of `POST /-/npm/v1/tokens`: npm 11 and later send `name`, `expires` in days and the limits of granular
 * tokens; npm 10 and libraries `readonly` and `cidr_whitelist`. A limit that can't be kept here is refused: the token
 * would be worth more than its owner means.
 */
export function parseTokenRequest(body: JsonObject, now: number): TokenRequest {
  for (const [field, option] of unsupportedLists) refuseList(body, field, option);
  const readOnly = wantsReadOnly(body);
  refuseOrganisationLimit(body, readOnly);
  const days = daysIn(body);
  return {
    password: requiredText(body, 'password'),
    name: optionalText(body, 'name') || optionalText(body, 'description') || 'npm token',
    readOnly,
    expiresAt: days === null ? null : now + days * day,
  };
}

const unsupportedLists: readonly (readonly [field: string, option: string])[] = [
  ['packages', '--packages'],
  ['scopes', '--scopes'],
  ['orgs', '--orgs'],
  ['cidr_whitelist', '--cidr'],
];

function refuseList(body: JsonObject, field: string, option: string): void {
  const value = member(body, field);
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return;
  throw problem(
    'invalid-parameter',
    `Tokens made here can't be limited with ${option}. Leave it out, or use a project's deploy token.`,
  );
}

function wantsReadOnly(body: JsonObject): boolean {
  const flag = member(body, 'readonly') ?? false;
  if (typeof flag !== 'boolean') throw problem('invalid-parameter', '"readonly" must be true or false.');
  const permission = optionalText(body, 'packages_and_scopes_permission');
  if (permission === null || permission === 'read-write') return flag;
  if (permission === 'read-only') return true;
  throw problem('invalid-parameter', '--packages-and-scopes-permission must be read-only or read-write here.');
}

/** A token that may write may also do what its owner may do to groups. */
function refuseOrganisationLimit(body: JsonObject, readOnly: boolean): void {
  const permission = optionalText(body, 'orgs_permission');
  if (permission === null || readOnly || permission === 'read-write') return;
  throw problem('invalid-parameter', "Tokens made here can't be limited with --orgs-permission. Leave it out.");
}

function daysIn(body: JsonObject): number | null {
  const days = member(body, 'expires') ?? null;
  if (days === null) return null;
  if (typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= mostDays) return days;
  throw problem('invalid-parameter', `"expires" must be a number of days from 1 to ${mostDays}.`);
}
