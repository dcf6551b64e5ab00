/**
 * Stored manifests name no host: a URL below the mount is kept as `"\u002fname/-/name-1.0.0.tgz"`, the opening quote with
 * an escaped slash. That is JSON like any other (a path, once parsed), and no text of a user can look like it, since
 * `JSON.stringify` never escapes a slash. Rendering puts the mount's URL in, without parsing.
 */
const marker = '"\\u002f';

/** JSON text of a link to `path` (no slash in front) below whichever mount a document is rendered for. */
export function mountLink(path: string): string {
  return marker + JSON.stringify(path).slice(1);
}

/** Stored JSON with the links of one mount; `base` as in `RenderContext`. */
export function withMountLinks(json: string, base: string): string {
  return json.replaceAll(marker, () => `${JSON.stringify(base).slice(0, -1)}/`);
}
