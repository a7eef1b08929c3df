import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { type KeyLike, type Shortcut, ShortcutRegistry } from './shortcut-registry.js';

const registry = new ShortcutRegistry();

/**
 * A key does something while the component is shown, and stands in the help that `?` opens. `key` is as
 * `KeyboardEvent.key` says it, with `Shift+`, `Alt+` or `Mod+` (Ctrl, or Cmd on a Mac) in front: `e`,
 * `ArrowLeft`, `Shift+ArrowLeft`, `Mod+s`. It is not heard while somebody types or while a dialog is open; of
 * two components that use one key the later shown wins, and a page over its frame, which is `isGlobal`: both may be
 * shown at once, and then their order is not known. `enabled: false` takes it away.
 */
export function useShortcut(
  key: string,
  description: string,
  handler: (event: KeyLike) => void,
  { enabled = true, isGlobal = false }: { enabled?: boolean; isGlobal?: boolean } = {},
): void {
  const run = useEffectEvent(handler);
  useEffect(
    () =>
      enabled
        ? registry.add({
            key,
            description,
            isGlobal,
            run: (event) => {
              run(event);
            },
          })
        : undefined,
    [key, description, enabled, isGlobal],
  );
}

/** The shortcuts of what is on the screen, for the help. */
export const useShortcuts = (): readonly Shortcut[] =>
  useSyncExternalStore(registry.subscribe, registry.list);

/** Hears the keys for all shortcuts; the shell calls it once. */
export function useShortcutKeys(): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || claimed(event)) return;
      if (registry.press(event)) event.preventDefault();
    };
    window.addEventListener('keydown', hear);
    return () => {
      window.removeEventListener('keydown', hear);
    };
  }, []);
}

/**
 * Whether the key belongs to a field or a dialog, or to a control that uses it itself. A list with `data-shortcuts`
 * takes no letters.
 */
function claimed({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest(FIELDS) !== null) return true;
  return MOVES.test(key) && target.closest(MOVED) !== null;
}

const FIELDS =
  'input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [role=dialog], ' +
  '[role=menu], [role=listbox]:not([data-shortcuts])';
/** Controls in which arrows and their like choose something. */
const MOVED = '[role=slider], [role=tablist], [role=radiogroup], [role=tree], [role=grid], input';
const MOVES = /^(Arrow.*|Home|End|PageUp|PageDown| |Enter)$/;
