/**
 * The authorization code grant of OAuth 2.0 with PKCE, for programs that listen on their own machine: `terraform login`. It
 * is a web login whose poll id travels as the code: no token exists before the program brings the code and its verifier.
 * https://www.rfc-editor.org/rfc/rfc7636
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Account } from '../catalog/accounts.ts';
import type { Database } from '../database/database.ts';
import { callerOf } from './authenticate.ts';
import { completeWebLogin, pollWebLogin, startWebLogin } from './web-login.ts';

export interface CodeRequest {
  /** SHA-256 of the program's verifier, base64url. */
  readonly challenge: string;
  /** Where the code is sent, exactly as the program wrote it. */
  readonly redirectUri: string;
}

export class CodeLogin {
  readonly #db: Database;
  readonly #secret: string;
  readonly #now: () => number;

  /** `secret`: the same on every process. */
  constructor(db: Database, secret: string, now: () => number) {
    this.#db = db;
    this.#secret = secret;
    this.#now = now;
  }

  /** The code for a person who has just signed in; good once, for five minutes. */
  async code(account: Account, request: CodeRequest): Promise<string> {
    const { loginId, pollId } = await startWebLogin(this.#db, this.#now());
    await completeWebLogin(this.#db, loginId, callerOf(account), this.#now());
    return `${pollId}.${this.#mark(pollId, request).toString('base64url')}`;
  }

  /** A token for the code; `null` when it is used, expired, or was asked for by another program. */
  async token(code: string, verifier: string, redirectUri: string): Promise<string | null> {
    const [pollId = '', mark = ''] = code.split('.', 2);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const expected = this.#mark(pollId, { challenge, redirectUri });
    const given = Buffer.from(mark, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const outcome = await pollWebLogin(this.#db, pollId, this.#now(), 'terraform login');
    return outcome.state === 'done' ? outcome.token : null;
  }

  #mark(pollId: string, { challenge, redirectUri }: CodeRequest): Buffer {
    return createHmac('sha256', this.#secret).update(`code\n${pollId}\n${challenge}\n${redirectUri}`).digest();
  }
}
