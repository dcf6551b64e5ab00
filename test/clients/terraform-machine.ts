/** Terraform on a person's machine that trusts the test's authority, with one configuration a folder. */
import path from 'node:path';
import type { TestServerOptions } from '../harness/types.ts';
import type { Client } from './client.ts';
import { type Machine, machine } from './machine.ts';
import { type Scene, scene } from './scene.ts';
import { type TestAuthority, testAuthority } from './test-authority.ts';

export interface TerraformRun {
  /** `main.tf`. */
  readonly config: string;
  /** The command line's own settings, `~/.terraformrc`. */
  readonly settings?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A folder of an earlier run to go on in. */
  readonly folder?: string;
}

export interface TerraformMachine extends Machine {
  /** `terraform init` in a folder of its own, which it answers. */
  init(run: TerraformRun): Promise<string>;
  /** What a failing `init` says, its lines joined. */
  initFails(run: TerraformRun): Promise<string>;
}

export interface SecureScene extends Scene {
  readonly authority: TestAuthority;
  /** `127.0.0.1:8443`. */
  readonly host: string;
}

/** The usual scene, served over TLS. The test's own requests don't check the certificate; Terraform does. */
export async function secureScene(options: Pick<TestServerOptions, 'now' | 'settings'> = {}): Promise<SecureScene> {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  const authority = await testAuthority();
  const settings = { PACKYARD_TLS_CERT: authority.cert, PACKYARD_TLS_KEY: authority.key, ...options.settings };
  const made = await scene({ ...options, settings });
  const end = async (): Promise<void> => {
    await made.end();
    await authority.remove();
  };
  return { ...made, end, authority, host: made.server.url.replace('https://', '') };
}

export async function terraformMachine(client: Client, { authority }: SecureScene): Promise<TerraformMachine> {
  const own = await machine(client);
  let runs = 0;
  const prepare = async ({ config, settings = '', env = {}, folder }: TerraformRun) => {
    const cwd = folder ?? (await own.folder(`run-${++runs}`));
    const name = path.relative(own.home, cwd);
    await own.write(`${name}/main.tf`, config);
    await own.write(`${name}/settings`, settings);
    const rc = path.join(cwd, 'settings');
    const common = { SSL_CERT_FILE: authority.ca, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: rc };
    return { cwd, env: { ...common, ...env } };
  };
  return {
    ...own,
    async init(wanted) {
      const options = await prepare(wanted);
      await own.ok(['init', '-no-color'], options);
      return options.cwd;
    },
    async initFails(wanted) {
      const said = await own.fails(['init', '-no-color'], await prepare(wanted));
      return said.replace(/\s+/g, ' ');
    },
  };
}

/** A `credentials` block. */
export function credentials(host: string, token: string): string {
  return `credentials "${host}" {\n  token = "${token}"\n}\n`;
}

/** A block that says where the services of a host are, instead of asking it. */
export function servicesOf(name: string, host: string): string {
  const api = `https://${host}/api/v4/packages`;
  return servicesAt(name, { modules: `${api}/terraform`, providers: `${api}/terraform_provider` });
}

/** The same by the URLs of mounts. */
export function servicesAt(name: string, mounts: { readonly modules: string; readonly providers: string }): string {
  return `host "${name}" {
  services = {
    "modules.v1"   = "${mounts.modules}/modules/v1/"
    "providers.v1" = "${mounts.providers}/v1/"
  }
}
`;
}
