import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dependencies } from '../clients/nuget-machine.ts';
import { nupkg, type NupkgParts, portablePdb } from '../nuget/nupkg.ts';
import type { Command, Scenario } from './scenarios.ts';

const lace = { id: 'Acme.Lace', version: '1.0.0', metadata: '<tags>shoes tie</tags>' };
const shoe = { id: 'Acme.Shoe', version: '2.1.0', metadata: dependencies({ 'Acme.Lace': '[1.0,2.0)' }) };
const beta = { id: 'Acme.Lace', version: '1.1.0-Beta.2' };
const packages: readonly NupkgParts[] = [lace, shoe, beta];
const names = packages.map(({ id, version }) => `${id}.${version}.nupkg`);

async function files(folder: string): Promise<void> {
  for (const [index, parts] of packages.entries()) await writeFile(join(folder, names[index] ?? ''), nupkg(parts));
  const symbols = {
    ...lace,
    metadata: '<packageTypes><packageType name="SymbolsPackage"/></packageTypes>',
    files: { 'lib/net45/Acme.Lace.pdb': portablePdb(Buffer.alloc(16, 7)) },
  };
  await writeFile(join(folder, 'Acme.Lace.1.0.0.snupkg'), nupkg(symbols));
}

/** Words as a shell splits them; a placeholder is one. */
const split = (words: string): string[] => words.match(/<[^>]*>|\S+/g) ?? [];
const nuget = (words: string): Command => ({ argv: ['nuget@5', ...split(words)] });
const old = (words: string): Command => ({ argv: ['nuget@2', ...split(words)] });
const key = '-ApiKey <root token>';
const pushes: readonly Command[] = names.map((name) => ({
  prepare: files,
  argv: split(`nuget@5 push ${name} -NoSymbols -Source acme ${key}`),
}));

const root = `Authorization: Basic ${Buffer.from('root:root-token-for-tests-only').toString('base64')}`;
const feed = 'Accept: application/atom+xml,application/xml';
const asks = (client: string, accept: string, paths: readonly string[]): Command[] =>
  paths.map((path) => ({
    argv: ['ask', 'GET', `<packages>/nuget${encoded(path)}`, accept, `User-Agent: ${client}`, root],
  }));

/** As these clients' HTTP library writes a URL. */
function encoded(path: string): string {
  return path.replaceAll(' ', '%20');
}

/** https://github.com/PowerShell/PSResourceGet, `V2ServerAPICalls.cs`. */
const psResourceGet = [
  "/v2/FindPackagesById()?$inlinecount=allpages&id='Acme.Lace'&$filter=IsLatestVersion eq true and Id eq 'Acme.Lace'",
  "/v2/FindPackagesById()?$inlinecount=allpages&id='Acme.Lace'&semVerLevel=2.0.0&$filter=IsAbsoluteLatestVersion eq true and Id eq 'Acme.Lace'",
  "/v2/FindPackagesById()?$inlinecount=allpages&id='Acme.Lace'&$filter=NormalizedVersion eq '1.0.0' and Id eq 'Acme.Lace'",
  "/v2/FindPackagesById()?$inlinecount=allpages&$skip=0&$orderby=NormalizedVersion desc&id='Acme.Lace'&$filter=NormalizedVersion ge '1.0.0' and NormalizedVersion le '2.0.0' and IsPrerelease eq false and Id eq 'Acme.Lace'",
  '/v2/Search()?$inlinecount=allpages&$skip=0&$top=6000&$filter=IsLatestVersion',
  "/v2/Search()?$inlinecount=allpages&$skip=0&$top=100&$filter=IsLatestVersion and startswith(Id, 'Acme.S')",
  "/v2/Search()?$inlinecount=allpages&$skip=0&$top=6000&$filter=IsLatestVersion and substringof('PSModule', Tags) eq true and substringof('tie', Tags) eq true",
  "/v2/Search()?$inlinecount=allpages&$skip=0&$top=6000&includePrerelease=true&searchTerm='tag:PSCommand_Tie'&$filter=IsAbsoluteLatestVersion",
  '/v2/package/Acme.Lace/1.0.0',
];

/** https://github.com/chocolatey/NuGet.Client: V2 through `V2FeedQueryBuilder.cs`. */
const chocolatey = [
  '/v2/',
  '/v2/$metadata',
  "/v2/Search()?$filter=IsLatestVersion&$orderby=Id&searchTerm='lace'&targetFramework=''&includePrerelease=false&$skip=0&$top=30&semVerLevel=2.0.0",
  "/v2/Packages()?$filter=(tolower(Id) eq 'acme.shoe') and IsLatestVersion&semVerLevel=2.0.0",
  "/v2/FindPackagesById()?id='Acme.Shoe'&semVerLevel=2.0.0",
  "/v2/Packages(Id='Acme.Shoe',Version='2.1.0')",
  '/v2/package/Acme.Shoe/2.1.0',
  "/v2/FindPackagesById()?id='Acme.Lace'&semVerLevel=2.0.0",
];

/** https://learn.microsoft.com/nuget/api/overview: what a PackageReference needs, and `dotnet add package`, `list --outdated`. */
const dotnet = [
  '/index.json',
  '/download/acme.shoe/index.json',
  '/download/acme.shoe/2.1.0/acme.shoe.2.1.0.nupkg',
  '/download/acme.lace/index.json',
  '/download/acme.lace/1.0.0/acme.lace.1.0.0.nupkg',
  '/download/acme.nothing/index.json',
  '/metadata-semver2/acme.lace/index.json',
  '/query?q=shoe&skip=0&take=20&prerelease=false&semVerLevel=2.0.0',
  '/autocomplete?id=acme.lace&prerelease=true&semVerLevel=2.0.0',
];

export const nugetScenarios: readonly Scenario[] = [
  {
    file: 'nuget/nuget-5',
    title: 'nuget.exe 5.8 push, again, symbols, list, install, restore by version, delete',
    commands: [
      ...pushes,
      nuget(`push Acme.Lace.1.0.0.nupkg -NoSymbols -Source acme ${key}`),
      nuget(`push Acme.Lace.1.0.0.snupkg -Source acme ${key}`),
      nuget('push Acme.Lace.1.0.0.nupkg -NoSymbols -Source acme -ApiKey wrong'),
      nuget('list acme -Source acme'),
      nuget('search shoe -Source acme -PreRelease'),
      nuget('install Acme.Shoe -Source acme -OutputDirectory out -NoCache'),
      nuget('install acme.lace -Version 1.1.0-beta.2 -Source acme -OutputDirectory beta -NoCache'),
      nuget('install Acme.Nothing -Source acme -OutputDirectory none -NoCache'),
      nuget(`delete Acme.Shoe 2.1.0 -Source acme ${key}`),
      nuget(`delete Acme.Shoe 9.9.9 -Source acme ${key}`),
    ],
  },
  {
    file: 'nuget/nuget-5-v2',
    title: 'nuget.exe 5.8 on the V2 feed: push, list, install, delete',
    commands: [
      ...pushes.map(({ argv, prepare }) => ({
        ...(prepare && { prepare }),
        argv: argv.map((word) => (word === 'acme' ? 'acme2' : word)),
      })),
      nuget('list acme -Source acme2'),
      nuget('list lace -AllVersions -Prerelease -Source acme2'),
      nuget('install Acme.Shoe -Source acme2 -OutputDirectory out -NoCache'),
      nuget('install acme.lace -Version 1.1.0-beta.2 -Source acme2 -OutputDirectory beta -NoCache'),
      nuget(`delete Acme.Shoe 2.1.0 -Source acme2 ${key}`),
    ],
  },
  {
    file: 'nuget/nuget-2',
    title: 'nuget.exe 2.8 push, again, list, install, delete',
    commands: [
      ...pushes.slice(2),
      { prepare: files, argv: split('nuget@2 push Acme.Lace.1.0.0.nupkg <root token> -Source acme2') },
      old('push Acme.Shoe.2.1.0.nupkg <root token> -Source acme2'),
      old('push Acme.Lace.1.0.0.nupkg <root token> -Source acme2'),
      old('list lace -Source acme2'),
      old('list acme -AllVersions -Prerelease -Source acme2'),
      old('install Acme.Shoe -Source acme2 -OutputDirectory out -NoCache'),
      old('delete Acme.Shoe 2.1.0 <root token> -Source acme2'),
    ],
  },
  {
    file: 'nuget/dotnet-restore',
    title: 'dotnet restore, add package, list package --outdated',
    written: true,
    commands: [...pushes, ...asks('NuGet .NET Core MSBuild Task/6.12.0', 'Accept: */*', dotnet)],
  },
  {
    file: 'nuget/chocolatey',
    title: 'choco search, info, install, outdated',
    written: true,
    commands: [...pushes, ...asks('Chocolatey Command Line/2.4.0', feed, chocolatey)],
  },
  {
    file: 'nuget/psresourceget',
    title: 'Find-PSResource by name, version, range, wildcard, tag and command; Save-PSResource',
    written: true,
    commands: [...pushes, ...asks('PSResourceGet/1.1.0', 'Accept: */*', psResourceGet)],
  },
];
