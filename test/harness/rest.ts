/** One call of the REST API with everything it answered, for tests that look at refusals too. */
export interface RestAnswer {
  readonly status: number;
  /** Parsed JSON, or the text where it is none; `null` for an empty body. */
  readonly body: unknown;
  readonly headers: Headers;
}

export interface RestRequest {
  readonly token?: string | undefined;
  readonly deployToken?: string | undefined;
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Rest = (method: string, path: string, request?: RestRequest) => Promise<RestAnswer>;

/** `path` is below `/api/v4`. */
export function restOf(server: { readonly url: string }): Rest {
  return async (method, path, request = {}) => {
    const headers: Record<string, string> = { ...request.headers };
    if (request.token !== undefined) headers['private-token'] = request.token;
    if (request.deployToken !== undefined) headers['deploy-token'] = request.deployToken;
    if (request.json !== undefined) headers['content-type'] = 'application/json';
    if (request.form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    const body = request.json === undefined ? request.form : JSON.stringify(request.json);
    const response = await fetch(`${server.url}/api/v4${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, body: parsed(await response.text()), headers: response.headers };
  };
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
