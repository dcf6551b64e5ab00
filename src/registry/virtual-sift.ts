import type { DocumentKind } from '../formats/format.ts';
import { outsideAllowed } from '../policy/allowed-names.ts';
import {
  type Hidden,
  judge,
  judgeAge,
  type Law,
  needsDates,
  type Subject,
  type Warned,
  warningAbout,
} from '../policy/upstream-policy.ts';
import type { Sighting } from './hidden-log.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import type { RemoteMember, VirtualMount } from './virtual-mount.ts';

/** What policy says of the versions in the document of one source. */
export interface Sifted<Doc> {
  readonly kept: ReadonlySet<string>;
  readonly hidden: readonly (Hidden & { readonly version: string })[];
  readonly warnings: readonly (Warned & { readonly version: string })[];
  /** The document without files that are too young for their version; `hidden` names these. */
  readonly files: { readonly doc: Doc; readonly hidden: readonly string[] };
}

/** Policy looks at each source before they are merged. */
export async function sift<Doc>(
  binding: Binding,
  { policy }: VirtualMount,
  member: RemoteMember,
  kind: DocumentKind<Doc>,
  name: Name,
  doc: Doc,
): Promise<Sifted<Doc>> {
  const { services, format } = binding;
  const law = lawFor(binding, policy, member);
  const findingsOf = await services.advised.about(format, name.key, policy);
  const now = services.now();
  const kept = new Set<string>();
  const hidden: (Hidden & { version: string })[] = [];
  const warnings: (Warned & { version: string })[] = [];
  for (const listed of kind.versions(doc)) {
    const { version } = listed;
    const subject: Subject = { name, ...listed, findings: findingsOf(version) };
    const against = judge(subject, law, now);
    if (against === null) kept.add(version);
    else hidden.push({ ...against, version });
    const warned = against === null ? warningAbout(subject, law, now) : null;
    if (warned !== null) warnings.push({ ...warned, version });
  }
  return { kept, hidden, warnings, files: siftFiles(law, kind, name, doc, now) };
}

/** For the list of what policy hides. */
export function noteHidden(
  { services }: Binding,
  { registryId, policy: { dryRun } }: VirtualMount,
  sighting: Pick<Sighting, 'upstreamId' | 'name' | 'state' | 'hidden'>,
): void {
  if (registryId === null || sighting.hidden.length === 0) return;
  services.hiddenLog.note({ ...sighting, registryId, dryRun });
}

/** Why a member isn't asked for a name at all. */
export function notToBeAsked(
  { format }: Pick<Binding, 'format'>,
  policy: Law['policy'],
  member: RemoteMember,
  name: Name,
): Hidden | null {
  if (policy.dryRun || format.upstream?.refusesForeign !== true) return null;
  return outsideAllowed(name, lawFor({ format }, policy, member));
}

export function lawFor({ format }: Pick<Binding, 'format'>, policy: Law['policy'], { rules }: RemoteMember): Law {
  return { policy, rules, spelling: format.upstream?.spelling };
}

/** A file that came later than its version is as young as it is: what is hidden as a file isn't named by the document. */
function siftFiles<Doc>(
  law: Law,
  kind: DocumentKind<Doc>,
  name: Name,
  doc: Doc,
  now: number,
): { readonly doc: Doc; readonly hidden: readonly string[] } {
  if (kind.keepFiles === undefined || !needsDates(law.policy)) return { doc, hidden: [] };
  return kind.keepFiles(doc, (file) => judgeAge({ name, ...file }, law, now) === null);
}
