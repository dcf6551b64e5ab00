/** Bytes that aren't the JSON document they should be; the message says why. */
export class InvalidJson extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidJson';
  }
}

/** What was to be kept of a document exceeds its limit. */
export class JsonTooLarge extends Error {
  readonly limit: number;
  constructor(limit: number) {
    super(`the document has more than ${limit} bytes`);
    this.name = 'JsonTooLarge';
    this.limit = limit;
  }
}
