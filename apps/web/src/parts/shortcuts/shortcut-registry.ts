/** One key of the page and what it does. */
export interface Shortcut {
  /**
   * As `KeyboardEvent.key` says it, modifiers in front: `e`, `?`, `ArrowLeft`, `Shift+ArrowLeft`, `Mod+s`
   * (Mod = Ctrl, or Cmd on a Mac).
   */
  readonly key: string;
  /** The action, as the help describes it: `Next epoch`. */
  readonly description: string;
  /** Whether it is of the frame of every page: a page that uses the key has it, whichever was shown first. */
  readonly isGlobal?: boolean;
  readonly run: (event: KeyLike) => void;
}

/** The fields of a keyboard event that decide which shortcut is meant. */
export interface KeyLike {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  /** True where the key is held down, and the keyboard repeats it. */
  readonly repeat?: boolean;
}

/** The shortcuts of what is on the screen; of two for one key the page wins over its frame, else the younger. */
export class ShortcutRegistry {
  private shown: readonly Shortcut[] = [];
  private readonly listeners = new Set<() => void>();

  /** Adds a shortcut until the returned function is called. */
  add(shortcut: Shortcut): () => void {
    this.change(shortcut.isGlobal === true ? [shortcut, ...this.shown] : [...this.shown, shortcut]);
    return () => {
      this.change(this.shown.filter((other) => other !== shortcut));
    };
  }

  /** All shortcuts now, first the global ones, then the oldest; the same array until something changes. */
  readonly list = (): readonly Shortcut[] => this.shown;

  /** Calls back at each change until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Runs the shortcut of the key; says whether there was one. */
  press(event: KeyLike): boolean {
    const found = this.shown.findLast(({ key }) => matches(key, event));
    found?.run(event);
    return found !== undefined;
  }

  private change(next: readonly Shortcut[]): void {
    this.shown = next;
    for (const listener of this.listeners) listener();
  }
}

/**
 * Shift counts only where the key is named (`Shift+ArrowLeft`, `Shift+e`): in `?` or `E` it is part of the
 * character.
 */
function matches(key: string, event: KeyLike): boolean {
  const parts = key.split(/\+(?=.)/);
  const name = parts.pop() ?? '';
  const wants = new Set(parts);
  const shifts = wants.has('Shift');
  const written = name.length === 1 && !shifts;
  const same =
    shifts || wants.has('Mod') ? event.key.toLowerCase() === name.toLowerCase() : event.key === name;
  return (
    same &&
    (written || event.shiftKey === shifts) &&
    event.altKey === wants.has('Alt') &&
    (event.ctrlKey || event.metaKey) === wants.has('Mod')
  );
}
