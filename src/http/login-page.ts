import type { FastifyInstance } from 'fastify';
import type { Authenticator } from '../access/authenticate.ts';
import type { Account } from '../catalog/accounts.ts';
import type { formBody } from '../api/form-body.ts';
import { html } from '../lib/html.ts';
import { Problem } from '../problems/problem.ts';
import { page, pageHeaders } from './page.ts';

/** The half of a browser login that this page does. */
export interface WebLoginPages {
  /** `true` while a client waits for this login. */
  waiting(loginId: string): Promise<boolean>;
  /** Lets the waiting client have a token of the account; `false` when nobody waits any more. */
  approve(loginId: string, account: Account): Promise<boolean>;
}

interface LoginRoute {
  Params: { loginId: string };
}

/** `/-/login/<id>`: where `npm login` sends people to type their password. */
export function mountLoginPage(app: FastifyInstance, logins: WebLoginPages, authenticator: Authenticator): void {
  app.get<LoginRoute>('/-/login/:loginId', async (request, reply) => {
    const waiting = await logins.waiting(request.params.loginId);
    return reply
      .code(waiting ? 200 : 404)
      .headers(pageHeaders)
      .send(waiting ? form('') : gone());
  });
  app.post<LoginRoute>('/-/login/:loginId', async (request, reply) => {
    const given = request.body as ReturnType<typeof formBody> | undefined;
    const outcome = await signIn(request.params.loginId, given ?? {}, logins, authenticator);
    return reply.code(outcome.status).headers(pageHeaders).send(outcome.page);
  });
}

async function signIn(
  loginId: string,
  given: Record<string, unknown>,
  logins: WebLoginPages,
  authenticator: Authenticator,
): Promise<{ status: number; page: string }> {
  const { username, password } = given;
  if (typeof username !== 'string' || typeof password !== 'string') {
    return { status: 400, page: form('Type a user name and a password.') };
  }
  if (!(await logins.waiting(loginId))) return { status: 404, page: gone() };
  try {
    // The password and nothing else: a narrow token must not be able to mint a wide one.
    const account = await authenticator.signIn(username, password);
    if (account === null) return { status: 401, page: form('The user name or the password is wrong.') };
    const done = await logins.approve(loginId, account);
    return done ? { status: 200, page: finished(account.username) } : { status: 404, page: gone() };
  } catch (error) {
    if (error instanceof Problem && error.status === 429) return { status: 429, page: form(error.reason) };
    throw error;
  }
}

function form(wrong: string): string {
  return page(
    'Sign in to Packyard',
    html`<h1>Sign in to Packyard</h1>
<p>A command-line client asks to work in your name. Continue only if you have just run its login command yourself:
whoever sent you this link otherwise would get a token of yours.</p>
${wrong === '' ? null : html`<p class="wrong" role="alert">${wrong}</p>`}
<form method="post">
<label>User name <input name="username" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>`,
  );
}

function finished(username: string): string {
  return page(
    'Signed in',
    html`<h1>Signed in as ${username}</h1><p>Your command-line client has its token. You can close this page.</p>`,
  );
}

function gone(): string {
  return page(
    'Login not found',
    html`<h1>This login is over</h1><p>It was finished, or it took longer than five minutes. Run the login command again.</p>`,
  );
}
