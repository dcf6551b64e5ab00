/** https://docs.gitlab.com/api/settings/: those of its settings that there are here. */
import { Type } from 'typebox';
import { applyForwarding, forwardingPattern, presentForwarding, readForwarding } from '../forwarding-fields.ts';
import { record } from '../audit.ts';
import { operation } from '../operation.ts';
import { administratorOnly } from '../place.ts';

const facts = { tag: 'Application settings', needs: 'caller', path: '/application/settings' } as const;
const everything = { lineage: '/', projectId: null };
const responses = {
  200: {
    description: 'What holds for the whole server where no group or project says otherwise.',
    schema: Type.Object({}, { title: 'ApplicationSettings', patternProperties: forwardingPattern }),
  },
};

const get = operation({
  ...facts,
  id: 'get_application_settings',
  method: 'GET',
  summary: 'Shows settings of the server',
  description: 'Those that can be changed while it runs. For administrators.',
  responses,
  handler: async (context) => {
    administratorOnly(context);
    return { status: 200, body: await presentForwarding(context, everything) };
  },
});

const update = operation({
  ...facts,
  id: 'change_application_settings',
  method: 'PUT',
  summary: 'Changes settings of the server',
  description:
    'For administrators. For each format that can send its clients on to a public registry: `npm_package_requests_forwarding` (`null` = as configured) and `lock_npm_package_requests_forwarding`, after which no group and no project may say otherwise.',
  body: Type.Object({}, { patternProperties: forwardingPattern }),
  responses,
  handler: async (context, { body }) => {
    administratorOnly(context);
    const changes = readForwarding(context, body);
    await context.database.transaction(async (tx) => {
      const details = await applyForwarding(tx, everything, changes);
      await record(tx, context, { action: 'settings.update', subject: 'instance', details });
    });
    return { status: 200, body: await presentForwarding(context, everything) };
  },
});

export const applicationSettingsOperations = [get, update];
