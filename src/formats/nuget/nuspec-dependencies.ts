import type { Dependency, DependencyGroup, FrameworkAssembly } from './manifest.ts';
import { isPackageId } from './names.ts';
import { attributeOf, childOf, childrenOf, type NuspecElement, refused } from './nuspec-xml.ts';
import { anyVersion, parseRange, rangeIsSemVer2, rangeText } from './version-range.ts';

export interface ReadDependencies {
  readonly groups: readonly DependencyGroup[];
  readonly frameworkAssemblies: readonly FrameworkAssembly[];
  /** Whether one of the bounds can't be read by clients before NuGet 4.3. */
  readonly semVer2: boolean;
}

const longestRange = 256;
const longestFramework = 256;
const mostDependencies = 10_000;

/** `<dependencies>`, flat or in groups by target framework; a group without any says that the framework is supported. */
export function readDependencies(metadata: NuspecElement): ReadDependencies {
  const list = childOf(metadata, 'dependencies');
  const elements = list === null ? [] : dependenciesBelow(list);
  if (elements.length > mostDependencies) throw refused(`has more than ${mostDependencies} dependencies`);
  return {
    groups: list === null ? [] : groupsOf(list),
    frameworkAssemblies: frameworkAssembliesOf(metadata),
    semVer2: elements.some((element) => needsSemVer2(attributeOf(element, 'version'))),
  };
}

function dependenciesBelow(list: NuspecElement): readonly NuspecElement[] {
  return [list, ...childrenOf(list, 'group')].flatMap((element) => childrenOf(element, 'dependency'));
}

/** The bound as it is written: metadata isn't kept, and can't be read by old clients. */
function needsSemVer2(text: string): boolean {
  const range = parseRange(text);
  return range !== null && rangeIsSemVer2(range);
}

function groupsOf(list: NuspecElement): readonly DependencyGroup[] {
  const groups = childrenOf(list, 'group').map((group) => ({
    ...framework(attributeOf(group, 'targetFramework')),
    dependencies: dependenciesOf(group),
  }));
  const flat = dependenciesOf(list);
  return flat.length === 0 ? groups : [{ dependencies: flat }, ...groups];
}

function dependenciesOf(element: NuspecElement): readonly Dependency[] {
  return childrenOf(element, 'dependency').map((dependency) => {
    const id = attributeOf(dependency, 'id');
    if (!isPackageId(id)) throw refused(`has a dependency without a proper id: ${JSON.stringify(id.slice(0, 120))}`);
    const include = attributeOf(dependency, 'include');
    const exclude = attributeOf(dependency, 'exclude');
    return {
      id,
      range: rangeOf(id, attributeOf(dependency, 'version')),
      ...(include === '' ? {} : { include }),
      ...(exclude === '' ? {} : { exclude }),
    };
  });
}

function rangeOf(id: string, text: string): string {
  if (text === '') return rangeText(anyVersion);
  const range = text.length > longestRange ? null : parseRange(text);
  if (range === null) throw refused(`has a dependency on ${id} with a range that is none: ${text.slice(0, 80)}`);
  return rangeText(range);
}

function frameworkAssembliesOf(metadata: NuspecElement): readonly FrameworkAssembly[] {
  const list = childOf(metadata, 'frameworkAssemblies');
  return (list === null ? [] : childrenOf(list, 'frameworkAssembly')).map((assembly) => ({
    name: attributeOf(assembly, 'assemblyName').slice(0, longestFramework),
    ...framework(attributeOf(assembly, 'targetFramework')),
  }));
}

function framework(text: string): { readonly targetFramework?: string } {
  return text === '' ? {} : { targetFramework: text.slice(0, longestFramework) };
}
