/** Who is asking. Principals are typed: a deploy token whose id equals a user's id is never mistaken for the user. */
import type { TokenScope } from '../catalog/token-scope.ts';

export { developer, guest, maintainer, owner } from '../catalog/access-level.ts';
export type { AccessLevel } from '../catalog/access-level.ts';
export type { TokenScope } from '../catalog/token-scope.ts';

export interface AnonymousCaller {
  readonly kind: 'anonymous';
}

/** A person or bot: by personal, project or group access token, or by password. */
export interface UserCaller {
  readonly kind: 'user';
  readonly accountId: number;
  readonly username: string;
  readonly isAdmin: boolean;
  /** Bots stand behind project and group tokens; they see internal things only as members. */
  readonly isBot: boolean;
  /** `null` when signed in by password. */
  readonly tokenId: number | null;
  /** `null` = everything the account may do. */
  readonly scopes: ReadonlySet<TokenScope> | null;
  /** When the credential stops being valid, milliseconds since the epoch; `null` = never. */
  readonly expiresAt: number | null;
}

/** A deploy token: bound to one project, or to a group and all below it. */
export interface DeployTokenCaller {
  readonly kind: 'deploy-token';
  readonly tokenId: number;
  readonly username: string;
  readonly scopes: ReadonlySet<TokenScope>;
  readonly projectId: number | null;
  readonly namespaceId: number | null;
  readonly expiresAt: number | null;
}

export type Caller = AnonymousCaller | UserCaller | DeployTokenCaller;

export const anonymous: AnonymousCaller = { kind: 'anonymous' };

/** A credential as it came over the wire, before anybody looked it up. */
export type Credential =
  /** `PRIVATE-TOKEN`, `JOB-TOKEN`, `X-NuGet-ApiKey`, `Authorization: Bearer`, npm `_authToken`. */
  | { readonly carrier: 'token'; readonly secret: string }
  /** `DEPLOY-TOKEN`: only deploy tokens. */
  | { readonly carrier: 'deploy-token'; readonly secret: string }
  /** `Authorization: Basic`: a token as password, or an account's password. */
  | { readonly carrier: 'basic'; readonly username: string; readonly secret: string };
