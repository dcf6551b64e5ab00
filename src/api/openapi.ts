/** The OpenAPI 3.1 document, printed from the operations: https://spec.openapis.org/oas/v3.1.1.html */
import { apiProblem } from './openapi-problems.ts';
import { protocolOperations, type ProtocolFormat } from './openapi-protocols.ts';
import { type JsonSchema, SchemaBook } from './openapi-schemas.ts';
import type { Operation } from './operation.ts';
import { scopesOf } from './answer.ts';

export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export interface OpenApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  };
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** Token scopes of which one is enough. */
  readonly 'x-scopes'?: readonly string[];
}

export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

const credentials = [{ privateToken: [] }, { bearer: [] }, { basic: [] }, { deployToken: [] }];

/** `formats` are listed in short form below the management API, for those who look for a package client's URL. */
export function openApiDocument(of: {
  readonly operations: readonly Operation[];
  readonly formats: readonly ProtocolFormat[];
  readonly version: string;
  readonly origin: string;
}): OpenApiDocument {
  const schemas = new SchemaBook();
  const paths = new PathTable();
  for (const operation of of.operations) paths.add(operation.path, operation.method, describe(operation, schemas));
  const tags = [...new Set(of.operations.map((operation) => operation.tag))].map((name) => ({ name }));
  for (const format of of.formats) {
    tags.push({ name: `${format.id} protocol` });
    for (const route of protocolOperations(format)) paths.add(route.path, route.method, route.operation);
  }
  schemas.reference(apiProblem);
  return {
    openapi: '3.1.1',
    info: { title: 'Packyard API', version: of.version, description: introduction },
    servers: [{ url: `${of.origin}/api/v4` }],
    tags,
    paths: paths.byPath,
    components: { schemas: schemas.named(), securitySchemes },
  };
}

const introduction =
  "The URLs, parameters and answers are GitLab's, so that tools written for GitLab's REST API work unchanged. " +
  'An `id` in a path is a number or a full path with its slashes written as `%2F`. ' +
  'Parameters that an operation does not list are ignored.';

const securitySchemes = {
  privateToken: { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN' },
  bearer: { type: 'http', scheme: 'bearer' },
  basic: { type: 'http', scheme: 'basic' },
  deployToken: { type: 'apiKey', in: 'header', name: 'DEPLOY-TOKEN' },
};

/** Keeps templates unique: two that differ only in the names of their parameters are one path to OpenAPI. */
class PathTable {
  readonly byPath: Record<string, Record<string, OpenApiOperation>> = {};
  readonly #spelling = new Map<string, string>();

  add(path: string, method: string, operation: OpenApiOperation): void {
    const template = path.replace(/:(\w+)/g, '{$1}').replace(/\*/, '{rest}');
    const shape = template.replace(/\{\w+\}/g, '{}');
    const spelled = this.#spelling.get(shape) ?? template;
    this.#spelling.set(shape, spelled);
    const methods = (this.byPath[spelled] ??= {});
    methods[method.toLowerCase()] ??= spelled === template ? operation : renamed(operation, template, spelled);
  }
}

function renamed(operation: OpenApiOperation, from: string, to: string): OpenApiOperation {
  const names = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const newNames = names(to);
  const change = new Map(names(from).map((name, index) => [name, newNames[index] ?? name]));
  const parameters = (operation.parameters ?? []).map((parameter) =>
    parameter.in === 'path' ? { ...parameter, name: change.get(parameter.name) ?? parameter.name } : parameter,
  );
  return { ...operation, parameters };
}

function describe(operation: Operation, schemas: SchemaBook): OpenApiOperation {
  const parameters = [...pathParameters(operation, schemas), ...queryParameters(operation, schemas)];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === undefined ? {} : { requestBody: requestBody(operation.body, schemas) }),
    responses: { ...responses(operation, schemas), ...refusals(operation, schemas) },
    security: operation.needs === 'nothing' ? [{}, ...credentials] : credentials,
    'x-scopes': scopesOf(operation),
  };
}

function pathParameters(operation: Operation, schemas: SchemaBook): OpenApiParameter[] {
  const properties = operation.params?.properties ?? {};
  return [...operation.path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const schema = properties[name];
    return parameter('path', name, true, schema === undefined ? { type: 'string' } : schemas.reference(schema));
  });
}

function queryParameters(operation: Operation, schemas: SchemaBook): OpenApiParameter[] {
  const required = new Set(operation.query?.required ?? []);
  return Object.entries(operation.query?.properties ?? {}).map(([name, schema]) =>
    parameter('query', name, required.has(name), schemas.reference(schema)),
  );
}

function parameter(place: 'path' | 'query', name: string, required: boolean, schema: JsonSchema): OpenApiParameter {
  const { description, ...rest } = schema;
  return { name, in: place, required, ...(typeof description === 'string' ? { description } : {}), schema: rest };
}

function requestBody(body: object, schemas: SchemaBook): NonNullable<OpenApiOperation['requestBody']> {
  const schema = schemas.reference(body);
  const required = Array.isArray(schema['required']) && schema['required'].length > 0;
  return { required, content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } } };
}

function responses(operation: Operation, schemas: SchemaBook): Record<string, OpenApiResponse> {
  const described = Object.entries(operation.responses).map(([status, response]) => {
    const headers = Object.entries(response.headers ?? {}).map(
      ([name, description]) => [name, { description, schema: { type: 'string' } }] as const,
    );
    return [
      status,
      {
        description: response.description,
        ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
        ...(response.schema === undefined
          ? {}
          : { content: { 'application/json': { schema: schemas.reference(response.schema) } } }),
      },
    ] as const;
  });
  return Object.fromEntries(described);
}

/** What every operation of its kind may answer, unless it says something of its own. */
function refusals(operation: Operation, schemas: SchemaBook): Record<string, OpenApiResponse> {
  const content = { 'application/json': { schema: schemas.reference(apiProblem) } };
  const usual: Record<string, string> = {
    ...(operation.query === undefined && operation.body === undefined ? {} : { 400: 'A parameter is not valid.' }),
    401: operation.needs === 'caller' ? 'No valid credential.' : 'A credential was sent and is not valid.',
    403: 'The token lacks the scope, or the account the role.',
    ...(operation.path.includes(':') ? { 404: 'It does not exist, or the caller may not see it.' } : {}),
  };
  const missing = Object.entries(usual).filter(([status]) => operation.responses[Number(status)] === undefined);
  return Object.fromEntries(missing.map(([status, description]) => [status, { description, content }]));
}
