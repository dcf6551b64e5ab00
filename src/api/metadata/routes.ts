/** https://docs.gitlab.com/api/metadata/ and https://docs.gitlab.com/api/version/ */
import { Type } from 'typebox';
import { operation } from '../operation.ts';

const facts = {
  tag: 'Server',
  method: 'GET',
  needs: 'caller',
  scopes: ['api', 'read_api', 'read_user'],
} as const;

const version = operation({
  ...facts,
  id: 'get_version',
  path: '/version',
  summary: "Shows the server's version",
  responses: {
    200: { description: 'The version.', schema: Type.Object({ version: Type.String(), revision: Type.String() }) },
  },
  handler: async (context) => ({ status: 200, body: { version: context.version, revision: 'unknown' } }),
});

const metadata = operation({
  ...facts,
  id: 'get_metadata',
  path: '/metadata',
  summary: 'Shows facts about the server',
  responses: {
    200: {
      description: 'The facts.',
      schema: Type.Object({
        version: Type.String(),
        revision: Type.String(),
        enterprise: Type.Boolean(),
        kas: Type.Object({ enabled: Type.Boolean() }),
      }),
    },
  },
  handler: async (context) => ({
    status: 200,
    body: { version: context.version, revision: 'unknown', enterprise: false, kas: { enabled: false } },
  }),
});

export const metadataOperations = [version, metadata];
