/**
 * The base score of CVSS 3.0 and 3.1 from its vector, 0.0 to 10.0; `null` for anything else.
 * https://www.first.org/cvss/v3.1/specification-document#CVSS-v3-1-Equations
 */
export function cvssBaseScore(vector: string): number | null {
  if (!/^CVSS:3\.[01]\//.test(vector)) return null;
  const metrics = new Map(vector.split('/').slice(1).map(pairOf));
  const changed = metrics.get('S') === 'C';
  const weights = Object.fromEntries(
    Object.entries(changed ? { ...metricWeights, PR: changedPrivileges } : metricWeights).map(([metric, values]) => [
      metric,
      values[metrics.get(metric) ?? ''] ?? Number.NaN,
    ]),
  ) as Record<keyof typeof metricWeights, number>;
  const lost = 1 - (1 - weights.C) * (1 - weights.I) * (1 - weights.A);
  const impact = changed ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost;
  const ease = 8.22 * weights.AV * weights.AC * weights.PR * weights.UI;
  if (Number.isNaN(impact) || Number.isNaN(ease)) return null;
  if (impact <= 0) return 0;
  return roundUp(Math.min(changed ? 1.08 * (impact + ease) : impact + ease, 10));
}

const loss: Readonly<Record<string, number>> = { H: 0.56, L: 0.22, N: 0 };
const changedPrivileges: Readonly<Record<string, number>> = { N: 0.85, L: 0.68, H: 0.5 };
const metricWeights = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 } as Readonly<Record<string, number>>,
  AC: { L: 0.77, H: 0.44 } as Readonly<Record<string, number>>,
  PR: { N: 0.85, L: 0.62, H: 0.27 } as Readonly<Record<string, number>>,
  UI: { N: 0.85, R: 0.62 } as Readonly<Record<string, number>>,
  C: loss,
  I: loss,
  A: loss,
};

function pairOf(text: string): [string, string] {
  const at = text.indexOf(':');
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The smallest number with one decimal that is not below: appendix A of the specification. */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}
