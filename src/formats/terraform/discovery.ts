import type { FormatRequest, Reply } from '../format.ts';

/** Ports of a machine's own that `terraform login` may listen on. */
const loginPorts = [10_000, 10_010];

/**
 * `GET /.well-known/terraform.json`: what is served here, and where. Paths, because they are resolved against the URL that
 * the client came by. https://developer.hashicorp.com/terraform/internals/remote-service-discovery
 */
export async function discover({ origin }: FormatRequest): Promise<Reply> {
  const prefix = new URL(origin).pathname.replace(/\/$/, '');
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: {
      'modules.v1': `${prefix}/api/v4/packages/terraform/modules/v1/`,
      'providers.v1': `${prefix}/api/v4/packages/terraform_provider/v1/`,
      'login.v1': {
        client: 'terraform-cli',
        grant_types: ['authz_code'],
        authz: `${prefix}/oauth/authorize`,
        token: `${prefix}/oauth/token`,
        ports: loginPorts,
      },
    },
  };
}
