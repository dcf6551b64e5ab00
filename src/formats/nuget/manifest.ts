/** What is kept of a version, as JSON text: what its nuspec says, without a host name. Left out is what it doesn't say. */

export interface NuGetManifest {
  /** As the nuspec spells it. */
  readonly id: string;
  /** In normal form, with its metadata (`1.0.0-Beta+build5`). */
  readonly version: string;
  /** A name that clients before NuGet 4.3 can't read, its own or one that a dependency is bounded by. */
  readonly semVer2: boolean;
  /** Separated by commas. */
  readonly authors: string;
  readonly description: string;
  readonly title?: string;
  readonly summary?: string;
  readonly releaseNotes?: string;
  readonly copyright?: string;
  readonly language?: string;
  readonly tags: readonly string[];
  readonly projectUrl?: string;
  readonly licenseUrl?: string;
  readonly licenseExpression?: string;
  readonly iconUrl?: string;
  readonly requireLicenseAcceptance?: true;
  readonly developmentDependency?: true;
  readonly minClientVersion?: string;
  readonly repository?: NuGetRepository;
  readonly packageTypes: readonly PackageType[];
  readonly dependencyGroups: readonly DependencyGroup[];
  readonly frameworkAssemblies?: readonly FrameworkAssembly[];
  /** Bytes of the `.nupkg`. */
  readonly size: number;
  /** Of the `.nupkg`, hex. */
  readonly sha512: string;
  /** What of the package is served on its own. */
  readonly embedded: readonly EmbeddedFile[];
}

/** Files inside a package that have a URL of their own. */
export type EmbeddedFile = 'readme' | 'icon' | 'license';

export interface NuGetRepository {
  readonly type?: string;
  readonly url?: string;
  readonly branch?: string;
  readonly commit?: string;
}

/** `Dependency` when the nuspec names none. */
export interface PackageType {
  readonly name: string;
  readonly version?: string;
}

export interface DependencyGroup {
  /** As the nuspec spells it, `.NETFramework4.5` or `net8.0`; left out = every framework. */
  readonly targetFramework?: string;
  readonly dependencies: readonly Dependency[];
}

export interface Dependency {
  readonly id: string;
  /** `[1.0.0, 2.0.0)`, as `rangeText` writes it. */
  readonly range: string;
  readonly include?: string;
  readonly exclude?: string;
}

export interface FrameworkAssembly {
  readonly name: string;
  readonly targetFramework?: string;
}

/** The short form, for documents of many versions: what may be long and only V2 feeds show is left out. */
export function summaryOf(manifest: NuGetManifest): Omit<NuGetManifest, 'releaseNotes' | 'copyright' | 'repository'> {
  const { releaseNotes: _notes, copyright: _copyright, repository: _repository, ...summary } = manifest;
  return summary;
}

export function readManifest(fragment: string): NuGetManifest {
  return JSON.parse(fragment) as NuGetManifest;
}
