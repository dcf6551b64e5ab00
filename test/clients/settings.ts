/** Client settings that name the server under test. */

export interface RegistrySettings {
  /** Registry URL with its trailing slash. */
  readonly registry: string;
  readonly token?: string;
  /** Only packages of this scope come from here (`acme`, without `@`); without it every package does. */
  readonly scope?: string;
}

/** `.npmrc` for npm, pnpm, yarn classic and bun. `more` lines go below. */
export function npmrc({ registry, token, scope }: RegistrySettings, more: readonly string[] = []): string {
  const lines = [`${scope === undefined ? '' : `@${scope}:`}registry=${registry}`];
  if (token !== undefined) lines.push(`${withoutProtocol(registry)}:_authToken=${token}`);
  return `${[...lines, ...more].join('\n')}\n`;
}

/** `.yarnrc.yml` for yarn berry: every package from here, signed in for reading too. */
export function yarnrc({ registry, token }: RegistrySettings, more: readonly string[] = []): string {
  const lines = [
    `npmRegistryServer: ${JSON.stringify(registry)}`,
    'unsafeHttpWhitelist: ["127.0.0.1"]',
    'enableTelemetry: false',
    'nodeLinker: node-modules',
    ...(token === undefined ? [] : [`npmAuthToken: ${JSON.stringify(token)}`, 'npmAlwaysAuth: true']),
  ];
  return `${[...lines, ...more].join('\n')}\n`;
}

/** `//127.0.0.1:8080/api/v4/…/npm/`: how `.npmrc` names a registry. */
export function withoutProtocol(registry: string): string {
  return registry.replace(/^https?:/, '');
}
