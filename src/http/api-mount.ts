import type { FastifyInstance, FastifyRequest } from 'fastify';
import { answer } from '../api/answer.ts';
import type { ApiServices } from '../api/context.ts';
import { formBody } from '../api/form-body.ts';
import type { ApiAnswer, Operation } from '../api/operation.ts';
import { gitlabParameters } from '../api/parameters.ts';
import { validationMessage, type ValidationFailure } from '../api/validation-message.ts';
import type { Authenticator } from '../access/authenticate.ts';
import { anonymous, type Caller } from '../access/caller.ts';
import { problem } from '../problems/problem.ts';
import { readCredential } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { originOf, type OriginSettings } from './origin.ts';
import { type FileSending, sendFile } from './send-file.ts';
import { sendPlain } from './send-plain.ts';

export interface ApiMountServices {
  readonly api: ApiServices;
  readonly authenticator: Authenticator;
  readonly origin: OriginSettings;
  readonly sending: FileSending;
  readonly exchangeOf: (request: FastifyRequest) => Exchange | undefined;
}

/** Mounts the management API's operations below `/api/v4`, their schemas checked by the web framework. */
export function mountApi(app: FastifyInstance, operations: readonly Operation[], services: ApiMountServices): void {
  readBodies(app);
  for (const operation of operations) {
    app.route({
      method: operation.method,
      url: `/api/v4${operation.path}`,
      exposeHeadRoute: operation.method === 'GET',
      schema: schemaOf(operation),
      preValidation: async (request) => {
        const { query, body } = gitlabParameters(operation, request);
        request.query = query;
        request.body = body;
      },
      schemaErrorFormatter: (errors) =>
        problem('invalid-parameter', validationMessage(errors as readonly ValidationFailure[])),
      handler: async (request, reply) => {
        const exchange = services.exchangeOf(request);
        if (exchange === undefined) throw new Error('a request reached the API without its exchange');
        exchange.route = `api ${operation.method} ${operation.path}`;
        const given = await run(operation, request, exchange, services);
        await send(exchange, given, services);
        reply.hijack();
      },
    });
  }
}

/** JSON, forms, and nothing at all: GitLab's clients send any of them, some with an empty body marked as JSON. */
function readBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, {});
    try {
      done(null, JSON.parse(body.toString()) as unknown);
    } catch {
      done(problem('invalid-json', 'The body is not valid JSON.'));
    }
  });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, formBody(body.toString()));
  });
}

function schemaOf({ params, query, body }: Operation): Record<string, unknown> {
  return {
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
  };
}

async function run(
  operation: Operation,
  request: FastifyRequest,
  exchange: Exchange,
  services: ApiMountServices,
): Promise<ApiAnswer> {
  const caller = await callerOf(request, services.authenticator);
  exchange.caller = caller.kind === 'anonymous' ? '' : caller.username;
  return answer(
    operation,
    { ...services.api, caller, origin: originOf(request.raw, services.origin) },
    {
      params: request.params,
      query: request.query,
      body: request.body ?? {},
      headers: request.headers,
      url: request.url,
    },
  );
}

async function callerOf(request: FastifyRequest, authenticator: Authenticator): Promise<Caller> {
  const credential = readCredential(request.headers);
  if (credential === null) return anonymous;
  const result = await authenticator.authenticate(credential);
  if ('caller' in result) return result.caller;
  throw problem('unauthenticated');
}

function send(exchange: Exchange, given: ApiAnswer, services: ApiMountServices): Promise<void> | void {
  if (!('file' in given)) return sendPlain(exchange, given);
  return sendFile(exchange, { ...given, mutable: false }, services.sending);
}
