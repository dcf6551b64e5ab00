/** One failure as a JSON Schema validator reports it (ajv's error object). */
export interface ValidationFailure {
  readonly keyword: string;
  /** `/per_page`, `/scopes/0`; empty for the object itself. */
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * GitLab's sentence for a parameter that failed: `per_page is invalid` (wrong type), `sort does not have a valid value`
 * (out of range), `name is missing`. Several are joined by commas, each parameter named once.
 */
export function validationMessage(failures: readonly ValidationFailure[]): string {
  const sentences = new Map<string, string>();
  for (const failure of failures) {
    const [parameter, sentence] = describe(failure);
    if (!sentences.has(parameter)) sentences.set(parameter, sentence);
  }
  if (sentences.size === 0) return 'the request is invalid';
  return [...sentences].map(([parameter, sentence]) => `${parameter} ${sentence}`).join(', ');
}

function describe(failure: ValidationFailure): [parameter: string, sentence: string] {
  const [parameter = ''] = failure.instancePath.split('/').slice(1);
  if (failure.keyword === 'required' && parameter === '') {
    const missing = failure.params['missingProperty'];
    return [typeof missing === 'string' ? missing : 'a parameter', 'is missing'];
  }
  if (parameter === '') return ['the request', 'is invalid'];
  if (failure.keyword === 'type') return [parameter, 'is invalid'];
  return [parameter, 'does not have a valid value'];
}
