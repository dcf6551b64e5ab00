import { isObject, member, type JsonObject } from './json-body.ts';

const names = ['preinstall', 'install', 'postinstall'] as const;

/** What npm drops from the front of a script when it publishes. */
const binPrefix = /^(\.[/\\])?node_modules[/\\]\.bin[/\\]/;

/** The scripts of a manifest that run when it is installed, in npm's spelling. */
export function installScripts(manifest: JsonObject): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const scripts = member(manifest, 'scripts');
  if (!isObject(scripts)) return found;
  for (const name of names) {
    const script = member(scripts, name);
    if (typeof script === 'string' && script.trim() !== '') found.set(name, script.trim().replace(binPrefix, ''));
  }
  return found;
}
