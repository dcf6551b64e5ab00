import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Problem, problem } from '../problems/problem.ts';
import { type Exchange, safeHeaders } from './exchange.ts';
import { gitlabProblem, type ProblemLog, toProblem } from './problems.ts';

/** Largest body of the management API and of forms. */
const bodyLimit = 2 ** 20;

/**
 * The web framework, for everything with a schema or a page. It has no server of its own: `routing` is called with
 * requests that ours took. Routes are registered by the caller.
 */
export function createWebApp(
  exchangeOf: (request: FastifyRequest) => Exchange | undefined,
  log: ProblemLog,
): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit,
    routerOptions: { maxParamLength: 1_024 },
    // A URL that can't be decoded, or is too long, never reaches the error handler.
    frameworkErrors: (error, request, reply) => {
      void refuse(error, request, reply);
    },
    // GitLab's parameters come as text in queries and forms.
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false, allErrors: true, useDefaults: true } },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(safeHeaders);
    // Before the body is read, whose type is nobody's business where there is nothing.
    if (request.is404) throw problem('not-found');
  });
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply));
  app.setNotFoundHandler((request, reply) => refuse(problem('not-found'), request, reply));
  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const exchange = exchangeOf(request);
    const refused = toProblem(frameworkProblem(error) ?? error, exchange ?? emptyExchange(request, reply), log);
    const { status, headers, body } = gitlabProblem(refused);
    return reply
      .code(status)
      .headers({ ...safeHeaders, ...refused.headers, ...headers })
      .send(body);
  }
  return app;
}

function emptyExchange(request: FastifyRequest, reply: FastifyReply): Exchange {
  return { request: request.raw, response: reply.raw, requestId: '', route: '', caller: '', repeatable: null };
}

/** The framework's own refusals (body too large, wrong media type, broken JSON) in our words. */
function frameworkProblem(error: unknown): Error | null {
  // The framework marks our own refusals of parameters with a status and more.
  if (error instanceof Problem) return null;
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return null;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem('body-too-large', `The body is larger than ${bodyLimit} bytes.`);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem('unsupported-media-type', 'Send JSON, or a URL-encoded form: curl -d, not -F or --form.');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return problem('incomplete-body', 'The body is not as long as Content-Length says.');
    default:
  }
  const status = Number(error.statusCode);
  return status >= 400 && status < 500 ? problem('invalid-request', 'The request cannot be understood.') : null;
}
