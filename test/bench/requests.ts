import type { Form } from './peers/peer.ts';

/** As npm and pnpm ask while they install. https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
const accept: Readonly<Record<Form, string>> = {
  abbreviated: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*',
  full: 'application/json',
};

export interface DocumentAsk {
  readonly form: Form;
  readonly encoding: 'gzip' | null;
  readonly authorization: string | null;
}

export function documentHeaders({ form, encoding, authorization }: DocumentAsk): Record<string, string> {
  return {
    accept: accept[form],
    ...(encoding === null ? {} : { 'accept-encoding': encoding }),
    ...(authorization === null ? {} : { authorization }),
  };
}
