import { problem } from '../../problems/problem.ts';
import type { Nuspec } from './nuspec.ts';

export function isSymbolsPackage({ packageTypes }: Nuspec): boolean {
  return packageTypes.some(({ name }) => name.toLowerCase() === 'symbolspackage');
}

/** A symbol package has the id and version of its package: here it would stand in its place. */
export function refuseSymbols(nuspec: Nuspec): void {
  if (isSymbolsPackage(nuspec)) {
    throw problem('invalid-archive', 'This is a symbol package: push it as .snupkg to /symbolpackage.');
  }
}
