import { type Fact, ratio } from './results.ts';

const headings = ['', 'Packyard', 'nginx', 'Verdaccio', '÷ nginx', '÷ Verdaccio'] as const;
const widths = [62, 12, 12, 12, 9, 12] as const;

export function head(): string {
  return row(headings);
}

/** One line for each fact. Ratios are turned so that a larger one is always better for Packyard. */
export function lines(facts: readonly Fact[]): string {
  return facts.map(line).join('\n');
}

function line(fact: Fact): string {
  const unit = fact.unit === '' ? '' : `, ${fact.unit.replace('/s', 'per s')}`;
  const { packyard, nginx, verdaccio } = fact.of;
  const values = [packyard, nginx, verdaccio].map((value) => (value === undefined ? '' : figure(value)));
  const ratios = (['nginx', 'verdaccio'] as const).map((peer) => {
    const times = ratio(fact, peer);
    return times === null ? '' : figure(times);
  });
  return row([`  ${fact.what}${unit}`, ...values, ...ratios]);
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[index] ?? 0)))
    .join('')
    .trimEnd();
}

/** Three digits say all that is known. */
function figure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(value < 1 ? 2 : 3)).toString();
}
