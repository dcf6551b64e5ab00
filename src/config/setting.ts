/** One setting: how it is called, what it means, and how its text becomes a value. */
export interface Setting<T = unknown> {
  /** Name in the environment. `<FORMAT>` in it stands for the id of any format in capitals. */
  readonly key: `PACKYARD_${string}`;
  /** Text taken when it is not set; `null` when there is none, or when it follows from other settings. */
  readonly default: string | null;
  /** What the documentation says in the column "default" where `default` is `null`. */
  readonly defaultNote?: string;
  /** One or two sentences for the documentation and `config show`. */
  readonly meaning: string;
  /** Never shown, neither when it is wrong nor by `config show`. */
  readonly secret?: boolean;
  /** Throws an `Error` whose message completes `PACKYARD_X …`: `must be a whole number from 0 to 65535`. */
  parse(text: string, context: ParseContext): T;
}

export interface ParseContext {
  /** Relative paths start here: the working folder, or the folder of the settings file. */
  readonly folder: string;
}

/** What `parse` returns for each setting of a record; a setting without a default may be `null`. */
export type Values<Record_ extends Record<string, Setting>> = {
  readonly [Name in keyof Record_]:
    | ReturnType<Record_[Name]['parse']>
    | (Record_[Name]['default'] extends null ? null : never);
};

/** Keeps the literal type of `default`, from which `Values` tells whether a value is always there. */
export function setting<T, const Default extends string | null>(
  declared: Setting<T> & { readonly default: Default },
): Setting<T> & { readonly default: Default } {
  return declared;
}
