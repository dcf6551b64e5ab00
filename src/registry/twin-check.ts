import { setTimeout as wait } from 'node:timers/promises';
import { claimedKeys, claimedNamespaces } from '../catalog/claimed-names.ts';
import { removeTwin } from '../catalog/name-twins.ts';
import { reservationsOf } from '../catalog/reserved-names.ts';
import { findTwinCheck, putTwinCheck, registriesToCheck, type TwinCheckState } from '../catalog/twin-checks.ts';
import { type Upstream, upstreamsOf } from '../catalog/upstreams.ts';
import type { VirtualRegistry } from '../catalog/virtual-registries.ts';
import type { Format } from '../formats/format.ts';
import { meansName, readPolicy } from '../policy/upstream-policy.ts';
import type { RegistryFoundation } from './foundation.ts';
import { beginningOf, explained, lookForUnnoticedTwins, raiseTwin, versionsIn } from './known-twins.ts';
import { runSteps } from './upstream-steps.ts';

const hour = 3_600_000;
/** An answer is what the upstream says now, but for addresses that each name needs (a service index). */
const validity = 10 * 60_000;

export interface TwinCheckLimits {
  /** Milliseconds after each question. */
  readonly pause: number;
  /** Questions of one run, all registries taken together. */
  readonly most: number;
  /** Milliseconds from the beginning of a round to the next one. */
  readonly every: number;
}

const usual: TwinCheckLimits = { pause: 250, most: 200, every: 24 * hour };

interface Round {
  readonly registry: VirtualRegistry;
  readonly format: Format;
  readonly upstreams: readonly Upstream[];
  readonly state: { -readonly [Key in keyof TwinCheckState]: TwinCheckState[Key] };
}

/**
 * Asks the upstreams of virtual registries that want it for each name of their group: what they have under it is a twin.
 * That tells them the names, so it is off unless switched on. A portion a run, slowly; a round a day.
 */
export class TwinCheck {
  readonly #services: RegistryFoundation;
  readonly #formats: readonly Format[];
  readonly #limits: TwinCheckLimits;
  #left = 0;
  #lookedAt = 0;

  constructor(services: RegistryFoundation, formats: readonly Format[], limits: TwinCheckLimits = usual) {
    this.#services = services;
    this.#formats = formats;
    this.#limits = limits;
  }

  async run(signal: AbortSignal): Promise<void> {
    if (this.#services.now() - this.#lookedAt >= this.#limits.every) {
      this.#lookedAt = this.#services.now();
      await lookForUnnoticedTwins(this.#services, signal);
    }
    this.#left = this.#limits.most;
    for (const registry of await registriesToCheck(this.#services.database, '"checkPublicTwins":true')) {
      const round = await this.#roundOf(registry);
      if (round !== null) await this.#goOn(round, signal);
      if (signal.aborted || this.#left <= 0) return;
    }
  }

  /** `null` = it isn't time, or the format has no documents to ask for. */
  async #roundOf(registry: VirtualRegistry): Promise<Round | null> {
    const { database, now } = this.#services;
    const format = this.#formats.find(({ id }) => id === registry.format);
    if (format?.upstream?.explains === undefined || !readPolicy(registry.policy).checkPublicTwins) return null;
    const last = await findTwinCheck(database, registry.id);
    const isDone = last === undefined || last.finishedAt !== null;
    if (last !== undefined && isDone && now() - last.begunAt < this.#limits.every) return null;
    const fresh = { registryId: registry.id, begunAt: now(), finishedAt: null, afterKey: null, asked: 0, failed: 0 };
    const upstreams = (await upstreamsOf(database, registry.id)).filter(({ url }) => url !== null);
    return { registry, format, upstreams, state: isDone ? fresh : { ...last } };
  }

  async #goOn(round: Round, signal: AbortSignal): Promise<void> {
    const { registry, format, upstreams, state } = round;
    const of = { rootId: registry.namespaceId, format: format.id, after: state.afterKey ?? '' };
    const limit = Math.max(1, Math.ceil(this.#left / Math.max(1, upstreams.length)));
    const keys = await claimedKeys(this.#services.database, of, limit);
    for (const key of keys) {
      await this.#askAll(round, key, signal);
      if (signal.aborted) break;
      state.afterKey = key;
    }
    if (!signal.aborted && keys.length < limit) {
      await this.#askForReserved(round, signal);
      if (!signal.aborted) state.finishedAt = this.#services.now();
    }
    await this.#services.database.transaction((tx) => putTwinCheck(tx, state));
  }

  /** Single names that are reserved, and what lies below beginnings that are ours. */
  async #askForReserved(round: Round, signal: AbortSignal): Promise<void> {
    const { registry, format } = round;
    const { database } = this.#services;
    const of = { rootIds: [registry.namespaceId], format: format.id };
    const keys = (await reservationsOf(database, of)).map(({ patternKey }) => patternKey);
    const owned =
      format.upstream?.claims === 'namespace'
        ? (await claimedNamespaces(database, registry.namespaceId, format.id)).map(beginningOf)
        : [];
    for (const key of keys) if (!key.endsWith('*')) await this.#askAll(round, key, signal);
    const beginnings = [...owned, ...keys.filter((key) => key.endsWith('*')).map((key) => key.slice(0, -1))];
    for (const beginning of new Set(beginnings)) await this.#askBelow(round, beginning, signal);
  }

  async #askAll(round: Round, nameKey: string, signal: AbortSignal): Promise<void> {
    const { registry, format, upstreams } = round;
    const about = explained(format, nameKey);
    if (about === null) return;
    const { sharedNames } = readPolicy(registry.policy);
    if (sharedNames.some((glob) => meansName(glob, about.name, format.upstream?.spelling))) return;
    for (const upstream of upstreams) {
      await this.#ask(round, signal, async () => {
        const found = await this.#documentOf(format, upstream, about);
        const twin = { namespaceId: registry.namespaceId, upstreamId: upstream.id, format: format.id, nameKey };
        if (found === 'failed') return false;
        if (found === null) await this.#services.database.transaction((tx) => removeTwin(tx, twin));
        else await raiseTwin(this.#services, { ...twin, name: about.name.display, foundBy: 'check', ...found });
        return true;
      });
    }
  }

  async #documentOf(format: Format, upstream: Upstream, { name, kind }: NonNullable<ReturnType<typeof explained>>) {
    const { upstreams } = this.#services;
    const base = new URL(upstream.url ?? '');
    const site = await upstreams.siteOf(upstream, format.upstream?.trustedOrigins?.(base) ?? []);
    const steps = format.upstream?.document({ kind, name, dates: false }, base);
    if (steps === undefined) return 'failed';
    const outcome = await runSteps(upstreams.resources, { site, validity }, steps);
    if (outcome.outcome !== 'found' || outcome.value.staleAbsence !== null) return 'failed';
    return outcome.value.value === null ? null : versionsIn(format, kind, outcome.value.value);
  }

  async #askBelow(round: Round, beginning: string, signal: AbortSignal): Promise<void> {
    const { registry, format, upstreams } = round;
    const protocol = format.upstream;
    if (protocol?.namesBelow === undefined) return;
    for (const upstream of upstreams) {
      await this.#ask(round, signal, async () => {
        const base = new URL(upstream.url ?? '');
        const site = await this.#services.upstreams.siteOf(upstream, protocol.trustedOrigins?.(base) ?? []);
        const where = { site, validity };
        const steps = protocol.namesBelow?.(beginning);
        const outcome = steps && (await runSteps(this.#services.upstreams.resources, where, steps));
        if (outcome?.outcome !== 'found' || outcome.value.value === null) return false;
        for (const name of outcome.value.value) {
          const nameKey = explained(format, name)?.name.key ?? name;
          const twin = { namespaceId: registry.namespaceId, upstreamId: upstream.id, format: format.id, nameKey, name };
          const unknown = { newestVersion: null, versions: null };
          await raiseTwin(this.#services, { ...twin, ...unknown, foundBy: 'check' });
        }
        return true;
      });
    }
  }

  /** One question, counted, with a pause after it. What can't be asked is a failure of this one alone. */
  async #ask({ state }: Round, signal: AbortSignal, question: () => Promise<boolean>): Promise<void> {
    if (signal.aborted) return;
    const isAnswered = await question().catch(() => false);
    state.asked += 1;
    if (!isAnswered) state.failed += 1;
    this.#left -= 1;
    await wait(this.#limits.pause, undefined, { signal }).catch(() => undefined);
  }
}
