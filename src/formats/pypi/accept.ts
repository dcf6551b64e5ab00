/** The forms of the simple API: https://packaging.python.org/en/latest/specifications/simple-repository-api/. */
export type SimpleForm = 'json' | 'html' | 'legacy-html';

/** What each form's answer is called. */
export const mediaTypes: Readonly<Record<SimpleForm, string>> = {
  json: 'application/vnd.pypi.simple.v1+json',
  html: 'application/vnd.pypi.simple.v1+html',
  'legacy-html': 'text/html',
};

const forms: ReadonlyMap<string, SimpleForm> = new Map([
  ['application/vnd.pypi.simple.v1+json', 'json'],
  ['application/vnd.pypi.simple.latest+json', 'json'],
  ['application/vnd.pypi.simple.v1+html', 'html'],
  ['application/vnd.pypi.simple.latest+html', 'html'],
  ['text/html', 'legacy-html'],
]);

/** What a range such as `*\/*` gets: browsers, curl and old clients read HTML. */
const ranges: ReadonlySet<string> = new Set(['*/*', 'text/*']);

interface Offer {
  readonly form: SimpleForm;
  readonly q: number;
  readonly isNamed: boolean;
}

const preference: readonly SimpleForm[] = ['json', 'html', 'legacy-html'];

/**
 * The form that an `Accept` header asks for: the highest weight; of equal weights a named one before a range, JSON first.
 * `null` when it takes none of them.
 */
export function acceptedForm(accept: string | undefined): SimpleForm | null {
  if (accept === undefined || accept.trim() === '') return 'legacy-html';
  const entries = accept.slice(0, 4_096).split(',').map(readEntry);
  const refused = new Set(entries.filter(({ q }) => q === 0).map(({ type }) => forms.get(type)));
  const offers = entries.flatMap(({ type, q }): Offer[] => {
    const named = forms.get(type);
    if (named !== undefined) return [{ form: named, q, isNamed: true }];
    if (ranges.has(type)) return [{ form: 'legacy-html', q, isNamed: false }];
    return type === 'application/*' ? [{ form: 'json', q, isNamed: false }] : [];
  });
  const [best] = offers.filter(({ q, form, isNamed }) => q > 0 && (isNamed || !refused.has(form))).sort(byPreference);
  return best?.form ?? null;
}

/** The form that `?format=` names; `null` when it names none. */
export function namedForm(format: string): SimpleForm | null {
  return forms.get(format.trim().toLowerCase()) ?? null;
}

function byPreference(a: Offer, b: Offer): number {
  if (a.q !== b.q) return b.q - a.q;
  if (a.isNamed !== b.isNamed) return a.isNamed ? -1 : 1;
  return preference.indexOf(a.form) - preference.indexOf(b.form);
}

function readEntry(entry: string): { type: string; q: number } {
  const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const q = weight === undefined ? 1 : Number(weight);
  return { type, q: Number.isFinite(q) ? Math.min(Math.max(q, 0), 1) : 0 };
}
