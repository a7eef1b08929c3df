const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  ' ': 'Space',
  Delete: 'Del',
  Mod: 'Ctrl',
};
const ON_MAC: Readonly<Record<string, string>> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' };

/**
 * The keys to press for a shortcut, as people know them: `Mod+ArrowLeft` is `Ctrl` and `←`, on a Mac `⌘` and
 * `←`.
 */
export function keyNames(shortcut: string, mac: boolean): string[] {
  return shortcut
    .split(/\+(?=.)/)
    .map(
      (part) =>
        (mac ? ON_MAC[part] : undefined) ?? NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part),
    );
}
