import { expect, it } from 'vitest';
import { type KeyLike, ShortcutRegistry } from './shortcut-registry.js';

const press = (key: string, ...modifiers: ('shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey')[]): KeyLike => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...Object.fromEntries(modifiers.map((m) => [m, true])),
});

it.each([
  ['?', press('?', 'shiftKey'), true],
  ['e', press('e'), true],
  ['e', press('E', 'shiftKey'), false],
  ['E', press('E', 'shiftKey'), true],
  ['Shift+e', press('E', 'shiftKey'), true],
  ['e', press('e', 'ctrlKey'), false],
  ['Mod+s', press('s', 'metaKey'), true],
  ['Mod+s', press('s', 'ctrlKey'), true],
  ['ArrowLeft', press('ArrowLeft'), true],
  ['ArrowLeft', press('ArrowLeft', 'shiftKey'), false],
  ['Shift+ArrowLeft', press('ArrowLeft', 'shiftKey'), true],
  ['+', press('+', 'shiftKey'), true],
  ['Mod++', press('+', 'ctrlKey', 'shiftKey'), true],
])('%s hears %o: %s', (key, event, heard) => {
  const registry = new ShortcutRegistry();
  registry.add({ key, description: '', run: () => undefined });
  expect(registry.press(event)).toBe(heard);
});

it('gives a key to the youngest, and back when that one leaves', () => {
  const registry = new ShortcutRegistry();
  const ran: string[] = [];
  registry.add({ key: 'e', description: 'old', run: () => ran.push('old') });
  const remove = registry.add({ key: 'e', description: 'young', run: () => ran.push('young') });
  registry.press(press('e'));
  remove();
  registry.press(press('e'));
  expect(ran).toEqual(['young', 'old']);
});

it('gives a key to the page, also when its frame is shown later', () => {
  const registry = new ShortcutRegistry();
  const ran: string[] = [];
  const remove = registry.add({ key: 'g', description: 'page', run: () => ran.push('page') });
  registry.add({ key: 'g', description: 'frame', isGlobal: true, run: () => ran.push('frame') });
  registry.press(press('g'));
  expect(registry.list().map(({ description }) => description)).toEqual(['frame', 'page']);
  remove();
  registry.press(press('g'));
  expect(ran).toEqual(['page', 'frame']);
});
