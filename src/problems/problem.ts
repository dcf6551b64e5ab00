/**
 * Every error a client can be told, made here and nowhere else. `http/problems.ts` and each format's `problem` render
 * them. `docs/errors.md` lists the codes; a test compares both.
 */

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  /** GitLab's status line without the number: `Forbidden`, `Package Not Found`. */
  readonly title: string;
  /** What happened and what to do, a sentence; empty when the title says it all. */
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    status: number,
    title: string,
    reason = '',
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(reason === '' ? `${status} ${title}` : `${status} ${title} - ${reason}`);
    this.name = 'Problem';
    this.code = code;
    this.status = status;
    this.title = title;
    this.reason = reason;
    this.headers = headers;
  }
}

const titles = {
  unauthenticated: [401, 'Unauthorized'],
  forbidden: [403, 'Forbidden'],
  'registry-disabled': [403, 'Forbidden'],
  'not-found': [404, 'Not Found'],
  'project-not-found': [404, 'Project Not Found'],
  'group-not-found': [404, 'Group Not Found'],
  'package-not-found': [404, 'Package Not Found'],
  'version-not-found': [404, 'Package Version Not Found'],
  'file-not-found': [404, 'Not Found'],
  'tag-not-found': [404, 'Package Tag Not Found'],
  'user-not-found': [404, 'User Not Found'],
  'token-not-found': [404, 'Token Not Found'],
  'method-not-allowed': [405, 'Method Not Allowed'],
  'not-acceptable': [406, 'Not Acceptable'],
  'invalid-request': [400, 'Bad request'],
  'invalid-parameter': [400, 'Bad request'],
  'invalid-json': [400, 'Bad request'],
  'invalid-name': [400, 'Bad request'],
  'invalid-version': [400, 'Bad request'],
  'invalid-path': [400, 'Bad request'],
  'invalid-archive': [400, 'Bad request'],
  'manifest-mismatch': [400, 'Bad request'],
  'digest-mismatch': [400, 'Bad request'],
  'length-mismatch': [400, 'Bad request'],
  'incomplete-body': [400, 'Bad request'],
  'partial-upload': [400, 'Bad request'],
  'version-exists': [403, 'Forbidden'],
  'name-taken': [403, 'Forbidden'],
  'name-reserved': [403, 'Forbidden'],
  'package-protected': [403, 'Forbidden'],
  'file-exists': [400, 'Bad request'],
  'already-exists': [409, 'Conflict'],
  'revision-conflict': [409, 'Conflict'],
  'precondition-failed': [412, 'Precondition Failed'],
  'file-too-large': [400, 'Bad request'],
  'body-too-large': [413, 'Payload Too Large'],
  'unsupported-media-type': [415, 'Unsupported Media Type'],
  unprocessable: [422, 'Unprocessable Entity'],
  'too-many-requests': [429, 'Too Many Requests'],
  'blocked-by-policy': [403, 'Forbidden'],
  'not-relayed': [501, 'Not Implemented'],
  'upstream-failed': [502, 'Bad Gateway'],
  'upstream-timeout': [504, 'Gateway Timeout'],
  'shutting-down': [503, 'Service Unavailable'],
  'storage-full': [507, 'Insufficient Storage'],
  'storage-unavailable': [503, 'Service Unavailable'],
  internal: [500, 'Internal Server Error'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof titles;

export const problemCodes = Object.keys(titles) as readonly ProblemCode[];

/** `throw problem('version-exists', '…')`: status and title follow from the code. */
export function problem(code: ProblemCode, reason = '', headers: Readonly<Record<string, string>> = {}): Problem {
  const [status, title] = titles[code];
  return new Problem(code, status, title, reason, headers);
}
