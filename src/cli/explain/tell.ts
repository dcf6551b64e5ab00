import type { presentExplanation, presentTrace } from '../../api/virtual-registries/present-explanation.ts';
import { printRows, visible } from '../table.ts';
import type { Terminal } from '../terminal.ts';

type Explained = ReturnType<typeof presentExplanation>;
type Traced = ReturnType<typeof presentTrace>;

/** Of very many the newest: `--json` has all. */
const mostRows = 50;

/** What each member said, what rules hide, and what is left. `version`: only this one. */
export function tellExplanation(terminal: Terminal, explained: Explained, version: string | null): void {
  terminal.print(visible(version === null ? explained.package : `${explained.package} ${version}`));
  if (explained.claimed !== null) terminal.print(visible(explained.claimed));
  tellMembers(terminal, explained.members, version);
  if (explained.error !== null)
    terminal.print(visible(`The answer is ${explained.error.code}: ${explained.error.reason}`));
  const shown = (explained.versions ?? []).filter((each) => version === null || each.version === version);
  terminal.print('');
  if (hasNoList(explained)) {
    terminal.print('Packages of this format have no list of versions: ask for a file, and explain its trace.');
    return;
  }
  if (shown.length === 0) {
    terminal.print(version === null ? 'Nothing of it is shown.' : 'This version is not shown.');
    return;
  }
  terminal.print('Shown:');
  const rows = shown.slice(-mostRows).map(({ version: shownVersion, published_at: published, license, member }) => {
    return { version: shownVersion, published: brief(published), license, from: member };
  });
  printRows(terminal, rows, { columns: ['version', 'published', 'license', 'from'] });
  if (shown.length > mostRows) terminal.print(`… and ${shown.length - mostRows} before these.`);
}

/** Nobody was asked: there is nothing that lists versions. */
export function hasNoList({ claimed, members, versions, error }: Explained): boolean {
  return members.length === 0 && claimed === null && versions === null && error === null;
}

export function tellTrace(terminal: Terminal, { asked, answered_at: answered, members }: Traced): void {
  terminal.print(visible(`${asked}, answered ${brief(answered)}`));
  tellMembers(terminal, members, null);
}

function tellMembers(terminal: Terminal, members: Explained['members'], version: string | null): void {
  terminal.print('');
  const rows = members.map((each) => {
    const { member, kind, outcome, versions, stale, detail, age_seconds: age } = each;
    return { member, kind, answer: outcome, versions, age: age === null ? null : `${age} s`, stale, detail };
  });
  printRows(terminal, rows, { columns: ['member', 'kind', 'answer', 'versions', 'age', 'stale', 'detail'] });
  const dry = members.some((each) => each.dry_run);
  tellJudged(
    terminal,
    dry ? 'Policy would hide (dry run):' : 'Hidden by policy:',
    judgedIn(members, 'hidden', version),
  );
  tellJudged(terminal, 'Warned of:', judgedIn(members, 'warnings', version));
}

function judgedIn(members: Explained['members'], list: 'hidden' | 'warnings', version: string | null) {
  return members.flatMap((each) =>
    each[list]
      .filter((judged) => version === null || judged.version === version)
      .map((judged) => {
        const rule = 'rule' in judged ? judged.rule : judged.advisory;
        return { version: judged.version, member: each.member, rule, reason: judged.reason };
      }),
  );
}

function tellJudged(terminal: Terminal, title: string, rows: ReturnType<typeof judgedIn>): void {
  if (rows.length === 0) return;
  terminal.print('');
  terminal.print(title);
  printRows(terminal, rows.slice(-mostRows), { columns: ['version', 'member', 'rule', 'reason'] });
  if (rows.length > mostRows) terminal.print(`… and ${rows.length - mostRows} before these.`);
}

function brief(time: string | null): string | null {
  return time === null ? null : time.slice(0, 16).replace('T', ' ');
}
