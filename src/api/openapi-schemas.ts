/** Plain JSON Schema, as the document holds it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Collects the schemas that carry a `title`: each is printed once, under that name, and referred to elsewhere. */
export class SchemaBook {
  readonly #named = new Map<string, JsonSchema>();

  /** The schema itself, or a reference to it when it is named; what it holds likewise. */
  reference(schema: object): JsonSchema {
    // TypeBox keeps its own marks in properties that JSON leaves out.
    return this.#hoist(JSON.parse(JSON.stringify(schema)) as JsonSchema) as JsonSchema;
  }

  named(): Record<string, JsonSchema> {
    return Object.fromEntries(this.#named);
  }

  #hoist(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#hoist(item));
    if (typeof value !== 'object' || value === null) return value;
    const inner = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#hoist(item)]));
    const { title, description } = inner;
    // A property may be called `title` as well; then it is a schema and no string.
    if (typeof title !== 'string') return inner;
    this.#keep(title, inner);
    const reference = { $ref: `#/components/schemas/${title}` };
    return typeof description === 'string' ? { ...reference, description } : reference;
  }

  #keep(title: string, schema: JsonSchema): void {
    const known = this.#named.get(title);
    if (known === undefined) this.#named.set(title, schema);
    else if (JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two different schemas are titled ${title}`);
    }
  }
}
