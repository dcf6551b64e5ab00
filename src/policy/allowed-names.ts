import { type Hidden, type Law, meansName, type Subject } from './upstream-policy.ts';

/** What allowing rules have against every version that a name could have; `null` = nothing, or there are none. */
export function outsideAllowed(name: Subject['name'], { rules, spelling }: Omit<Law, 'policy'>): Hidden | null {
  const allowing = rules.filter(({ kind }) => kind === 'allow');
  if (allowing.length === 0 || allowing.some((rule) => meansName(rule.name, name, spelling))) return null;
  return {
    rule: 'not-allowed',
    reason: 'The upstream has rules that allow, none of them allows this name, and it was not asked.',
  };
}
