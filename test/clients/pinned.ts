/** The package managers that the tests drive, each in one version. Raise them here. */

export interface Pinned {
  /** npm package that holds the client, and its version. */
  readonly package: string;
  readonly version: string;
  /** Program inside the package. */
  readonly program: string;
  /** `true` for a program of its own, `false` for a script that Node runs. */
  readonly binary?: boolean;
  /** What runs the program instead of Node, and the arguments with which that tells the program's version. */
  readonly runner?: { readonly program: string; readonly asks: readonly string[]; readonly version: RegExp };
  /** Node versions the script runs on, where that isn't every supported one. */
  readonly node?: string;
  /** Versions of dependencies that it doesn't name itself, or only by a tag that moves. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** `x64` in Node's words; bun says `aarch64` where Node says `arm64`. */
const { platform, arch } = process;

export const pinned = {
  'npm@12': {
    package: 'npm',
    version: '12.2.0',
    program: 'bin/npm-cli.js',
    node: '^22.22.2 || ^24.15.0 || >=26.0.0',
  },
  'pnpm@10': { package: 'pnpm', version: '10.34.8', program: 'bin/pnpm.cjs' },
  'pnpm@12': { package: `@pnpm/exe.${platform}-${arch}`, version: '12.21.0', program: 'pnpm', binary: true },
  'yarn@1': { package: 'yarn', version: '1.22.22', program: 'bin/yarn.js' },
  'yarn@4': { package: '@yarnpkg/cli-dist', version: '4.18.1', program: 'bin/yarn.js' },
  'bun@1': {
    package: `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}`,
    version: '1.4.5',
    program: 'bin/bun',
    binary: true,
  },
  // The newest that is published as an npm package. Needs Mono, see `.ci/run`.
  'nuget@5': {
    package: 'nuget-exe',
    version: '5.8.0',
    program: 'nuget-5.8.0.exe',
    runner: { program: 'mono', asks: ['help'], version: /^NuGet Version: (\S+)/ },
  },
} as const satisfies Record<string, Pinned>;

/** A newer Node for clients that refuse the one that runs the tests. */
export const newerNode: Pinned = {
  package: `node-${platform}-${arch}`,
  version: '24.21.0',
  program: 'bin/node',
  binary: true,
};

/** Clients that come with the machine. */
export const installed = {
  'npm@machine': { program: 'npm', version: /^(\d+\.\d+\.\d+)/ },
  curl: { program: 'curl', version: /^curl (\S+)/ },
  'mvn@machine': { program: 'mvn', version: /Apache Maven (\d[\w.-]*)/ },
  'gradle@machine': { program: 'gradle', version: /Gradle (\d[\w.]*)/ },
  wget: { program: 'wget', version: /^GNU Wget (\S+)/ },
  // Without a terminal of some width its help has no end.
  'nuget@2': {
    program: 'nuget',
    version: /NuGet Version: (\S+)/,
    asks: ['script', '-qec', 'stty cols 150; nuget help', '/dev/null'],
  },
} as const satisfies Record<string, Installed>;

export interface Installed {
  readonly program: string;
  readonly version: RegExp;
  /** The command that makes it tell its version, where that isn't `--version`. */
  readonly asks?: readonly [program: string, ...args: string[]];
}

export type ClientId = keyof typeof pinned | keyof typeof installed;
