import { problem } from '../../problems/problem.ts';

/** The digests that an upload may promise: form field, algorithm, length in hex. */
const digestFields = [
  ['md5_digest', 'md5', 32],
  ['sha256_digest', 'sha256', 64],
  ['blake2_256_digest', 'blake2b256', 64],
] as const;

export type PromisedDigest = (typeof digestFields)[number][1];

/** The text fields of an upload; what a client leaves out and what it sends empty are the same. */
export class UploadFields {
  readonly #fields: ReadonlyMap<string, readonly string[]>;

  constructor(fields: ReadonlyMap<string, readonly string[]>) {
    this.#fields = fields;
  }

  /** `null` when it is missing or empty; refused when it is given twice. */
  one(field: string): string | null {
    const values = this.#fields.get(field) ?? [];
    if (values.length > 1) throw problem('invalid-request', `The form field ${field} is given twice.`);
    const value = values[0]?.trim() ?? '';
    return value === '' ? null : value;
  }

  needed(field: string): string {
    const value = this.one(field);
    // GitLab's words.
    if (value === null) throw problem('invalid-parameter', `${field} is missing`);
    return value;
  }

  /** In lower case; empty when nothing is promised. */
  promised(): ReadonlyMap<PromisedDigest, string> {
    const promised = new Map<PromisedDigest, string>();
    for (const [field, algorithm, length] of digestFields) {
      const value = this.one(field)?.toLowerCase() ?? null;
      if (value === null) continue;
      if (value.length !== length || !/^[0-9a-f]+$/.test(value)) {
        throw problem('invalid-request', `${field} is not a digest of ${length} hexadecimal digits.`);
      }
      promised.set(algorithm, value);
    }
    return promised;
  }
}
