import type { Bootstrapped } from '../access/bootstrap.ts';
import type { Config } from '../config/load.ts';

export interface Start {
  readonly version: string;
  /** Where the server listens, without a trailing slash. */
  readonly url: string;
  readonly bootstrap: Bootstrapped;
  readonly config: Pick<Config, 'rootPassword' | 'rootToken'>;
}

/** What the server says when it is ready; on the first start with the secrets, this once. */
export function welcome({ version, url, bootstrap, config }: Start): readonly string[] {
  const here = reachable(url);
  const ready = `Packyard ${version} is ready at ${here}`;
  if (!bootstrap.created) return [ready];
  return [
    '',
    ready,
    '',
    ...credentials(bootstrap, config),
    '',
    'Password and token are shown this once. To publish a first package, paste into another terminal:',
    '',
    publishLine(here, config.rootToken === null ? bootstrap.token : '$PACKYARD_ROOT_TOKEN'),
    '',
  ];
}

/** What is said when the first start made the administrator and failed then: nobody could ask for it again. */
export function farewell(bootstrap: Bootstrapped, config: Start['config']): readonly string[] {
  if (!bootstrap.created) return [];
  const title = 'The server did not start, but its administrator was made. Keep this, it is shown this once:';
  return ['', title, '', ...credentials(bootstrap, config), ''];
}

function credentials(made: Bootstrapped & { readonly created: true }, config: Start['config']): readonly string[] {
  const password = config.rootPassword === null ? made.password : 'as PACKYARD_ROOT_PASSWORD says';
  const token = config.rootToken === null ? made.token : 'as PACKYARD_ROOT_TOKEN says';
  return ['  user      root', `  password  ${password}`, `  token     ${token}`];
}

/**
 * A line for a POSIX shell. npm takes a token only for exactly the registry's URL, written without its scheme:
 * https://docs.npmjs.com/cli/v11/configuring-npm/npmrc#auth-related-configuration
 */
function publishLine(url: string, token: string): string {
  const registry = `${url}/api/v4/projects/1/packages/npm/`;
  const credential = `${registry.replace(/^https?:/, '')}:_authToken=${token}`;
  const publish = `npm publish --registry=${registry} "--${credential}"`;
  return `mkdir hello-packyard && cd hello-packyard && npm init -y && ${publish}`;
}

/** Nobody connects to "all addresses"; this machine reaches them by its own. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]');
}
