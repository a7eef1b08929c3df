import type { Member } from '@noema/contracts/noema/workspace/v1/member';

type Named = Pick<Member, 'id' | 'displayName'>;

/** The start of a mention that is being written before the caret, such as `@an`; undefined elsewhere. */
export function findMentionStart(
  text: string,
  caret: number,
): { readonly at: number; readonly typed: string } | undefined {
  const [, typed] = /(?:^|[\s(])@([^\s@]{0,60})$/.exec(text.slice(0, caret)) ?? [];
  return typed === undefined ? undefined : { at: caret - typed.length - 1, typed };
}

/** Members whose name contains what was typed, at most 6. */
export const matchMembers = (members: readonly Named[], typed: string): Named[] =>
  members.filter(({ displayName }) => displayName.toLowerCase().includes(typed.toLowerCase())).slice(0, 6);

/** Ids of the members that a text mentions by `@` and their name; of two names the longer one counts. */
export function findMentions(text: string, members: readonly Named[]): string[] {
  const byLength = [...members].sort((a, b) => b.displayName.length - a.displayName.length);
  const found = new Set<string>();
  for (const { index } of text.matchAll(/(?<=^|[\s(])@/g)) {
    const rest = text.slice(index + 1);
    const member = byLength.find(
      ({ displayName }) =>
        rest.startsWith(displayName) && !/^[\p{L}\p{N}_]/u.test(rest.slice(displayName.length)),
    );
    if (member !== undefined) found.add(member.id);
  }
  return [...found];
}
